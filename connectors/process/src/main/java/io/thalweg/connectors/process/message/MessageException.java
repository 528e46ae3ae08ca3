package io.thalweg.connectors.process.message;

/** A line that is not what the protocol says. Carries nothing of its content. */
public final class MessageException extends Exception {
    private static final long serialVersionUID = 1;

    public MessageException(String message) {
        super(message);
    }

    static MessageException notAMessage(long bytes) {
        return new MessageException("a line of stdout is not a JSON object: bytes=" + bytes
                + "; write messages alone to stdout, and whatever else there is to say to stderr");
    }
}
