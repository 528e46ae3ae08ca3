package io.thalweg.testkit;

import io.thalweg.environment.Timers;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Timers over a {@link ManualClock}: tasks run when {@link #advance} passes their time, in order of time. */
public final class ManualTimers implements Timers {

    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final ManualClock clock;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::dueNanos).thenComparingLong(Task::order));
    private long scheduled;

    public ManualTimers(ManualClock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Timer schedule(long delayMillis, Runnable task) {
        if (delayMillis < 0) {
            throw new IllegalArgumentException("delayMillis=" + delayMillis + "; at least 0");
        }
        Task added = new Task(clock.monotonicNanos() + delayMillis * NANOS_PER_MILLI, scheduled++, task);
        tasks.add(added);
        return () -> remove(added);
    }

    /** Moves the clock by {@code millis}, stopping at each task that falls due to run it; it may schedule further ones. */
    public void advance(long millis) {
        long endNanos = clock.monotonicNanos() + millis * NANOS_PER_MILLI;
        for (Task task = takeDue(endNanos); task != null; task = takeDue(endNanos)) {
            clock.advance(Math.max(0, (task.dueNanos - clock.monotonicNanos()) / NANOS_PER_MILLI));
            task.run.run();
        }
        clock.advance(Math.max(0, (endNanos - clock.monotonicNanos()) / NANOS_PER_MILLI));
    }

    /** Tasks that have not run and were not cancelled. */
    public synchronized int pending() {
        return tasks.size();
    }

    private synchronized void remove(Task task) {
        tasks.remove(task);
    }

    private synchronized @Nullable Task takeDue(long endNanos) {
        Task next = tasks.peek();
        return next != null && next.dueNanos <= endNanos ? tasks.poll() : null;
    }

    private static final class Task {
        private final long dueNanos;
        private final long order;
        private final Runnable run;

        Task(long dueNanos, long order, Runnable run) {
            this.dueNanos = dueNanos;
            this.order = order;
            this.run = run;
        }

        long dueNanos() {
            return dueNanos;
        }

        long order() {
            return order;
        }
    }
}
