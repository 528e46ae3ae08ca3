package io.thalweg.log.error;

import org.jspecify.annotations.Nullable;

/**
 * A failure that a caller is told about: a code, and a message that says what failed, on what, found against expected,
 * and what to do. Carries no stack trace, because it reports an input or a state and not a defect.
 */
public class ThalwegException extends RuntimeException {

    private final ErrorCode error;

    public ThalwegException(ErrorCode error, String message) {
        this(error, message, null);
    }

    public ThalwegException(ErrorCode error, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.error = error;
    }

    public ErrorCode error() {
        return error;
    }

    /** The code of {@code failure}: its own if it is a ThalwegException, else {@link ErrorCode#UNKNOWN_SERVER_ERROR}. */
    public static ErrorCode codeOf(Throwable failure) {
        return failure instanceof ThalwegException known ? known.error() : ErrorCode.UNKNOWN_SERVER_ERROR;
    }
}
