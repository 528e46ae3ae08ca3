package io.thalweg.connectors.file.write;

/** One record that the format has no place for. The message says why, and never shows the record. */
public final class UnwritableRecordException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnwritableRecordException(String message) {
        super(message);
    }
}
