package io.thalweg.streams.runtime;

import io.thalweg.streams.store.StateBudget;
import io.thalweg.streams.store.StateBudgetException;
import java.util.concurrent.atomic.AtomicLong;

/** What the stores of an application hold on this instance, under a limit. Any thread. */
final class StateBytes implements StateBudget {

    private final long bytesMax;
    private final AtomicLong held = new AtomicLong();

    StateBytes(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public void reserve(long bytes) {
        long now = held.addAndGet(bytes);
        if (bytes > 0 && now > bytesMax) {
            held.addAndGet(-bytes);
            throw new StateBudgetException("no room for state: heldBytes=" + (now - bytes) + " wantedBytes=" + bytes
                    + " stateBytesMax=" + bytesMax
                    + "; allow more, keep windows for less time, or share the application among more nodes");
        }
    }

    long held() {
        return held.get();
    }
}
