package io.thalweg.connectors.runtime;

import org.jspecify.annotations.Nullable;

/** A request that is refused or fails, with the HTTP status that Kafka Connect answers. */
public final class ConnectException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    public ConnectException(int status, String message) {
        this(status, message, null);
    }

    public ConnectException(int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
