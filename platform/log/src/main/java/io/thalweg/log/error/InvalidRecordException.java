package io.thalweg.log.error;

import java.util.List;

/** A batch was refused because of some of its records; nothing of it was appended. */
public final class InvalidRecordException extends ThalwegException {

    private final List<RecordError> recordErrors;

    /** @param error INVALID_RECORD or INVALID_TIMESTAMP */
    public InvalidRecordException(ErrorCode error, String message, List<RecordError> recordErrors) {
        super(error, message);
        this.recordErrors = List.copyOf(recordErrors);
    }

    public List<RecordError> recordErrors() {
        return recordErrors;
    }

    /** @param batchIndex 0-based place of the record in the batch */
    public record RecordError(int batchIndex, String message) {}
}
