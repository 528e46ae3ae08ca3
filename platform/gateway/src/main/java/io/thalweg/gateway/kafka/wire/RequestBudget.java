package io.thalweg.gateway.kafka.wire;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes of requests that are held at one time, over all connections: being received, and handed to the broker
 * without an answer yet. Whoever finds it full stops reading its socket and waits here.
 */
public final class RequestBudget {

    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    public RequestBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Whether a new frame may be begun. */
    public boolean open() {
        return usedBytes.get() < limitBytes;
    }

    /**
     * Whether a frame under way may take more. The margin lets frames that began finish when the budget is full, so that
     * half frames cannot keep each other waiting.
     */
    public boolean openForGrowth() {
        return usedBytes.get() < 2 * limitBytes;
    }

    public void take(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    /** Gives back what was taken, and wakes those that wait if there is room again. */
    public void giveBack(long bytes) {
        long before = usedBytes.getAndAdd(-bytes);
        if (before >= limitBytes && before - bytes < limitBytes) {
            wake();
        } else if (!waiting.isEmpty() && open()) {
            wake();
        }
    }

    /** Runs {@code resume} once, on any thread, when there may be room: at once if there is already. */
    public void await(Runnable resume) {
        waiting.add(resume);
        if (open()) {
            wake();
        }
    }

    public long usedBytes() {
        return usedBytes.get();
    }

    private void wake() {
        Runnable resume;
        while ((resume = waiting.poll()) != null) {
            resume.run();
        }
    }
}
