package io.thalweg.connectors.runtime.store;

/** Somebody else has claimed the internal topics since: what this node wanted to write is not written. */
public final class FencedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FencedException(String message) {
        super(message);
    }
}
