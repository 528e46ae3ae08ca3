package io.thalweg.client.publish;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.InvalidRecordException;
import io.thalweg.log.error.InvalidRecordException.RecordError;
import io.thalweg.log.error.NeedsOperatorException;
import io.thalweg.log.error.ThalwegException;

/** What to do with a batch that failed while nothing before it is missing. Pure. */
final class SettlementPlan {

    enum Verdict {
        /** Send it again with the same sequences. */
        RETRY,
        /** It is not in the log, and its sequences do not follow what is: number it anew. */
        SEQUENCE_LOST,
        /** Some of its records were refused, or all of them together are too much: the rest may do. */
        SPLIT,
        /** Tell the callers. */
        FAIL
    }

    private SettlementPlan() {}

    /** @param replicas of the partition; 0 if it does not exist */
    static Verdict verdict(ProduceBatch batch, Throwable failure, int replicas) {
        ErrorCode error = ThalwegException.codeOf(failure);
        if (failure instanceof NeedsOperatorException && replicas <= 1) {
            // Nobody else can take it, and this node will not before its operator has been there.
            return Verdict.FAIL;
        }
        return switch (error) {
            case OUT_OF_ORDER_SEQUENCE_NUMBER,
                    INVALID_PRODUCER_EPOCH,
                    UNKNOWN_PRODUCER_ID,
                    INVALID_PRODUCER_ID_MAPPING -> batch.baseSequence < 0 ? Verdict.FAIL : Verdict.SEQUENCE_LOST;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD, INVALID_TIMESTAMP ->
                batch.count() > 1 && !batch.maybeAppended ? Verdict.SPLIT : Verdict.FAIL;
            case UNKNOWN_TOPIC_OR_PARTITION -> replicas > 0 ? Verdict.RETRY : Verdict.FAIL;
            default -> error.retriable() ? Verdict.RETRY : Verdict.FAIL;
        };
    }

    /** Whether the batch may be in the log although the append failed. */
    static boolean leavesDoubt(Throwable failure) {
        return switch (ThalwegException.codeOf(failure)) {
            case REQUEST_TIMED_OUT,
                    NETWORK_EXCEPTION,
                    NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                    KAFKA_STORAGE_ERROR,
                    UNKNOWN_SERVER_ERROR -> true;
            default -> false;
        };
    }

    /** By place in the batch; all false if the failure does not say which. */
    static boolean[] refusedRecords(ProduceBatch batch, Throwable failure) {
        boolean[] refused = new boolean[batch.count()];
        if (failure instanceof InvalidRecordException invalid) {
            for (RecordError error : invalid.recordErrors()) {
                if (error.batchIndex() >= 0 && error.batchIndex() < refused.length) {
                    refused[error.batchIndex()] = true;
                }
            }
        }
        return refused;
    }

    static Throwable recordFailure(Throwable failure, int index) {
        if (failure instanceof InvalidRecordException invalid) {
            for (RecordError error : invalid.recordErrors()) {
                if (error.batchIndex() == index) {
                    return new ThalwegException(invalid.error(), error.message());
                }
            }
        }
        return failure;
    }
}
