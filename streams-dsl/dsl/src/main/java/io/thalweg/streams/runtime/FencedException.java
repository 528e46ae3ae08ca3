package io.thalweg.streams.runtime;

/** Another instance has claimed a changelog since: what this one would write there is refused. */
final class FencedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FencedException(String message) {
        super(message);
    }
}
