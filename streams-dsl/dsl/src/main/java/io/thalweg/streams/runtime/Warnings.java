package io.thalweg.streams.runtime;

import org.slf4j.Logger;

/** Warnings that come again and again, logged once in a while. Confined. */
final class Warnings {

    private static final long INTERVAL_NANOS = 10_000_000_000L;

    private final Logger logger;
    private final String stream;
    private boolean logged;
    private long loggedNanos;

    Warnings(Logger logger, String stream) {
        this.logger = logger;
        this.stream = stream;
    }

    void warn(String what, Throwable failure) {
        long now = System.nanoTime();
        if (!logged || now - loggedNanos >= INTERVAL_NANOS) {
            logged = true;
            loggedNanos = now;
            logger.atWarn()
                    .addKeyValue("stream", stream)
                    .addKeyValue("error", String.valueOf(failure.getMessage()))
                    .log(what);
        }
    }
}
