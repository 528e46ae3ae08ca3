package io.thalweg.streams.topology;

/** The application cannot run as described: its message says which node or topic, and what to change. */
public final class TopologyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TopologyException(String message) {
        super(message);
    }
}
