package io.thalweg.streams.processor;

/** A record, a timer or a store made the user's code or a serde fail; the task is not to be used any more. */
public final class StreamTaskException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StreamTaskException(String message, Throwable cause) {
        super(message, cause);
    }
}
