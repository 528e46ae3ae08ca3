package io.thalweg.coordination.group.record;

/** Bytes of a group record that cannot be read: truncated, or of a version that is not known. */
public final class MalformedRecordException extends RuntimeException {
    MalformedRecordException(String message) {
        super(message);
    }
}
