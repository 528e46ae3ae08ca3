package io.thalweg.gateway.kafka.handler;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns failures of the broker into what a client is told. */
final class Failures {

    private static final Logger LOGGER = LoggerFactory.getLogger(Failures.class);
    private static final LogRate RATE = new LogRate();

    private Failures() {}

    /** The code of a failure. A failure without one is a defect: logged here, and not shown to the client. */
    static ErrorCode error(Throwable failure) {
        if (!(failure instanceof ThalwegException) && RATE.passes()) {
            LOGGER.atError()
                    .setCause(failure)
                    .addKeyValue("leftOut", RATE.takeLeftOut())
                    .log("the broker failed without an error code");
        }
        return ThalwegException.codeOf(failure);
    }

    static short code(Throwable failure) {
        return error(failure).code();
    }

    /** The message for the client, or null where it would show our inside. */
    static @Nullable String message(Throwable failure) {
        return failure instanceof ThalwegException ? failure.getMessage() : null;
    }
}
