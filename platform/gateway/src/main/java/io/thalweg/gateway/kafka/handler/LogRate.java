package io.thalweg.gateway.kafka.handler;

import java.util.concurrent.atomic.AtomicLong;

/** Lets one line a second pass and counts the others, for lines that a client can cause. May be used from any thread. */
public final class LogRate {

    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong leftOut = new AtomicLong();

    /** Whether a line may be written now. */
    public boolean passes() {
        long now = System.nanoTime();
        long next = nextNanos.get();
        if (now - next < 0 || !nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
            leftOut.incrementAndGet();
            return false;
        }
        return true;
    }

    /** How many lines were left out since this was asked before. */
    public long takeLeftOut() {
        return leftOut.getAndSet(0);
    }
}
