package io.thalweg.connectors.http.egress;

/** An answer was longer than the request allowed, and was not read on. */
public final class AnswerTooLongException extends RuntimeException {
    private static final long serialVersionUID = 1;

    AnswerTooLongException(String message) {
        super(message);
    }
}
