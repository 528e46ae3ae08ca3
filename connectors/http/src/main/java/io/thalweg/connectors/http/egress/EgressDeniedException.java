package io.thalweg.connectors.http.egress;

/** The operator does not allow this URL, this address or this redirect; trying again does not help. */
public final class EgressDeniedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EgressDeniedException(String message) {
        super(message);
    }
}
