package io.thalweg.connectors.api;

import org.jspecify.annotations.Nullable;

/** Fails now and may succeed later: the runtime tries again within {@code errors.retry.timeout}. */
public final class RetriableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RetriableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
