package io.thalweg.launcher.node;

import io.thalweg.environment.Timers;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;

/** Timers on Vert.x: a task runs on the context that scheduled it, or on one of this class's own. */
final class VertxTimers implements Timers {

    private final Vertx vertx;
    private final Context own;

    VertxTimers(Vertx vertx) {
        this.vertx = vertx;
        this.own = vertx.getOrCreateContext();
    }

    @Override
    public Timer schedule(long delayMillis, Runnable task) {
        ScheduledTask scheduled = new ScheduledTask(task);
        if (Vertx.currentContext() != null) {
            scheduled.start(delayMillis);
        } else {
            own.runOnContext(ready -> scheduled.start(delayMillis));
        }
        return scheduled;
    }

    private final class ScheduledTask implements Timer {
        private final Runnable task;
        private final AtomicBoolean settled = new AtomicBoolean();
        private volatile long timerId = -1;

        ScheduledTask(Runnable task) {
            this.task = task;
        }

        void start(long delayMillis) {
            if (settled.get()) {
                return;
            }
            timerId = vertx.setTimer(Math.max(1, delayMillis), fired -> {
                if (settled.compareAndSet(false, true)) {
                    task.run();
                }
            });
            if (settled.get()) {
                vertx.cancelTimer(timerId);
            }
        }

        @Override
        public void cancel() {
            if (settled.compareAndSet(false, true) && timerId >= 0) {
                vertx.cancelTimer(timerId);
            }
        }
    }
}
