package io.thalweg.launcher.command;

import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waiting on the main thread for what Vert.x does. */
final class Blocking {

    private Blocking() {}

    /** Blocks until the future completes. */
    static <T> T await(Future<T> future) throws InterruptedException {
        return await(future.toCompletionStage().toCompletableFuture());
    }

    /** Blocks until the future completes. */
    static <T> T await(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new Failed(Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    /** The future failed. */
    static final class Failed extends RuntimeException {
        Failed(Throwable cause) {
            super(cause.getMessage(), cause, false, false);
        }

        /** One line. */
        String reason() {
            Throwable cause = Objects.requireNonNullElse(getCause(), this);
            return Objects.requireNonNullElse(cause.getMessage(), cause.toString());
        }
    }
}
