package io.thalweg.connectors.runtime.store;

/** A producer id has had every epoch that there is: the next claim takes a new one. */
public final class EpochsExhaustedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EpochsExhaustedException(String message) {
        super(message);
    }
}
