package io.thalweg.broker.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the appends that are accepted and not yet answered. Above three quarters of the bound doors are asked to stop
 * reading until half is free again; at the bound appends are refused, except that one is always let in when there is
 * none. Safe for any thread.
 */
public final class InFlightBytes {

    /** What an append costs beside its batch: its objects and its share of the frame it came in. */
    private static final int OVERHEAD_BYTES = 512;

    private final long maximum;
    private final long congestedAbove;
    private final long relievedBelow;
    private final AtomicLong bytes = new AtomicLong();
    /** Whoever waits for relief; guarded by itself. */
    private final Queue<Delivery> waiting = new ArrayDeque<>();
    /** Whether {@link #waiting} may hold somebody, so that release needs no lock otherwise. */
    private volatile boolean someoneWaits;

    public InFlightBytes(long maximum) {
        this.maximum = maximum;
        this.congestedAbove = maximum / 4 * 3;
        this.relievedBelow = maximum / 2;
    }

    /** @return what to give back to {@link #release}, or 0 if there is no room */
    public long tryAdmit(int batchBytes) {
        long cost = (long) batchBytes + OVERHEAD_BYTES;
        while (true) {
            long current = bytes.get();
            if (current > 0 && current + cost > maximum) {
                return 0;
            }
            if (bytes.compareAndSet(current, current + cost)) {
                return cost;
            }
        }
    }

    public void release(long cost) {
        long left = bytes.addAndGet(-cost);
        if (someoneWaits && left < relievedBelow) {
            relieve();
        }
    }

    public long current() {
        return bytes.get();
    }

    public boolean congested() {
        return bytes.get() > congestedAbove;
    }

    /** Completes on the caller's context when half of the bound is free. */
    public Future<Void> relief(Vertx vertx) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        if (!congested()) {
            return context.succeededFuture();
        }
        Relief relief = new Relief(context);
        synchronized (waiting) {
            waiting.add(relief);
            someoneWaits = true;
        }
        // What was released between the look above and the registration woke nobody.
        if (bytes.get() < relievedBelow) {
            relieve();
        }
        return relief.promise.future();
    }

    private void relieve() {
        Deliveries deliveries = new Deliveries();
        synchronized (waiting) {
            @Nullable Delivery next;
            while ((next = waiting.poll()) != null) {
                deliveries.add(next);
            }
            someoneWaits = false;
        }
        deliveries.flush();
    }

    private static final class Relief implements Delivery {
        private final ContextInternal context;
        private final io.vertx.core.internal.PromiseInternal<Void> promise;

        Relief(ContextInternal context) {
            this.context = context;
            this.promise = context.promise();
        }

        @Override
        public ContextInternal context() {
            return context;
        }

        @Override
        public void deliver() {
            promise.complete();
        }
    }
}
