package io.thalweg.broker;

import io.thalweg.environment.Clock;
import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.environment.Timers;
import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Timers on Vert.x: a task runs on the context that scheduled it, so on the same event loop; a caller outside of Vert.x
 * gets a context of its own.
 */
public final class VertxTimers implements Timers {

    private final Vertx vertx;

    public VertxTimers(Vertx vertx) {
        this.vertx = vertx;
    }

    /** The machine's clock, files and randomness, and timers on {@code vertx}. */
    public static Environment environment(Vertx vertx) {
        return new Environment(
                Clock.system(),
                new VertxTimers(vertx),
                () -> ThreadLocalRandom.current().nextLong(),
                FileSystem.system());
    }

    @Override
    public Timer schedule(long delayMillis, Runnable task) {
        // Vert.x takes no delay of 0.
        long id = vertx.setTimer(Math.max(1, delayMillis), fired -> task.run());
        return () -> vertx.cancelTimer(id);
    }
}
