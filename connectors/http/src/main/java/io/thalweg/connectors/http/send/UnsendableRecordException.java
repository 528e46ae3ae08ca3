package io.thalweg.connectors.http.send;

/** One record that no request can be made of, or that the receiver refused. Never shows the record. */
public final class UnsendableRecordException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnsendableRecordException(String message) {
        super(message);
    }
}
