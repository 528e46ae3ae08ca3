package io.thalweg.broker.cluster;

import io.thalweg.environment.Timers;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;

/** Timers of the replication loop: every task runs there, one of 0 ms as soon as what waits there has run. */
final class LoopTimers implements Timers {

    private final Vertx vertx;
    private final ContextInternal loop;

    LoopTimers(Vertx vertx, ContextInternal loop) {
        this.vertx = vertx;
        this.loop = loop;
    }

    @Override
    public Timer schedule(long delayMillis, Runnable task) {
        Task scheduled = new Task(task);
        if (delayMillis <= 0) {
            loop.runOnContext(nothing -> scheduled.run());
            return scheduled;
        }
        long id = loop.setTimer(delayMillis, fired -> scheduled.run());
        return () -> {
            scheduled.cancel();
            vertx.cancelTimer(id);
        };
    }

    /** Confined to the loop. */
    private static final class Task implements Timer {
        private final Runnable task;
        private boolean cancelled;

        Task(Runnable task) {
            this.task = task;
        }

        void run() {
            if (!cancelled) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
