package io.thalweg.broker.partition;

import io.thalweg.broker.storage.Deliveries;
import io.thalweg.environment.Clock;
import io.thalweg.environment.Timers;
import io.thalweg.environment.Timers.Timer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Fails appends that wait for replicas longer than their request allows: one timer for the node, none for an append. Partitions
 * are added by any thread; the rest is confined to the context of the timers.
 */
public final class AckTimeouts {

    private static final int INTERVAL_MILLIS = 50;

    private final Clock clock;
    private final Timers timers;
    /** Those in which something waits, and some in which it waited a moment ago. */
    private final Set<Partition> waiting = ConcurrentHashMap.newKeySet();

    private @Nullable Timer timer;
    private boolean closed;

    public AckTimeouts(Clock clock, Timers timers) {
        this.clock = clock;
        this.timers = timers;
    }

    public void start() {
        schedule();
    }

    public void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    long nowNanos() {
        return clock.monotonicNanos();
    }

    void add(Partition partition) {
        waiting.add(partition);
    }

    private void schedule() {
        timer = timers.schedule(INTERVAL_MILLIS, () -> {
            if (!closed) {
                sweep();
                schedule();
            }
        });
    }

    private void sweep() {
        if (waiting.isEmpty()) {
            return;
        }
        long now = clock.monotonicNanos();
        Deliveries deliveries = new Deliveries();
        // Of a copy: the set's own iterator meets again what was put back behind another one of the same hash bin, for
        // ever.
        for (Partition partition : List.copyOf(waiting)) {
            // Out before the look: whoever adds the first append after it puts the partition in again.
            waiting.remove(partition);
            if (!partition.expire(now, deliveries)) {
                waiting.add(partition);
            }
        }
        deliveries.flush();
    }
}
