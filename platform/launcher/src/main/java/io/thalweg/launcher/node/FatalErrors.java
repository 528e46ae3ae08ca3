package io.thalweg.launcher.node;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process on errors after which it cannot be trusted, as {@code -XX:+ExitOnOutOfMemoryError} would, which a jar's
 * manifest cannot ask for. What is on disk is as safe as after a kill -9.
 */
public final class FatalErrors {

    /** As the JVM itself exits with for ExitOnOutOfMemoryError. */
    private static final int EXIT_CODE = 3;

    private static final Logger LOGGER = LoggerFactory.getLogger(FatalErrors.class);

    private FatalErrors() {}

    /** Covers threads that are not Vert.x's. */
    public static void install() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> report(failure));
    }

    /** Logs what nobody handled; does not return if the heap is exhausted. */
    public static void report(Throwable failure) {
        if (failure instanceof OutOfMemoryError && !isDirectMemoryLimit(failure)) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
        LOGGER.atError().setCause(failure).log("nobody handled this failure");
    }

    /** Netty's own limit on direct memory: one request failed, the heap is sound. */
    private static boolean isDirectMemoryLimit(Throwable failure) {
        return failure.getClass().getName().equals("io.netty.util.internal.OutOfDirectMemoryError");
    }
}
