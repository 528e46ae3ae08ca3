package io.thalweg.log.record;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.InvalidRecordException;
import io.thalweg.log.error.InvalidRecordException.RecordError;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.RecordCursor.MalformedException;
import io.thalweg.log.record.RecordCursor.TooLargeException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a batch may be appended, as Kafka's leader does: sizes, magic, checksum, header, then each record.
 * Compressed batches are inflated as a stream that is walked and thrown away. The bytes are never changed.
 */
public final class BatchValidator {

    /** Further bad records of a batch are not named: an answer stays small whatever was sent. */
    static final int RECORD_ERRORS_MAX = 100;

    private BatchValidator() {}

    /** {@link #validate(ByteBuffer, ValidationRules, AppendOrigin, long)} for what a client sent. */
    public static ValidatedBatches validate(ByteBuffer records, ValidationRules rules, long nowMillis) {
        return validate(records, rules, AppendOrigin.CLIENT, nowMillis);
    }

    /**
     * Checks the one batch that fills {@code records} from its position to its limit.
     *
     * @param nowMillis wall time that timestamps are compared with
     * @throws InvalidRecordException INVALID_RECORD or INVALID_TIMESTAMP, when single records are to blame
     * @throws ThalwegException MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, CORRUPT_MESSAGE,
     *     UNSUPPORTED_FOR_MESSAGE_FORMAT, UNSUPPORTED_COMPRESSION_TYPE or INVALID_RECORD
     */
    public static ValidatedBatches validate(
            ByteBuffer records, ValidationRules rules, AppendOrigin origin, long nowMillis) {
        ByteBuffer bytes = records.slice();
        checkFrame(bytes, rules);
        checkHeader(bytes, origin);
        RecordCheck check = new RecordCheck(bytes, rules, origin, nowMillis);
        CompressionCodec codec = CompressionCodec.of(BatchHeader.attributes(bytes, 0) & BatchHeader.CODEC_MASK);
        try {
            if (codec == CompressionCodec.NONE) {
                check.walk(new BufferCursor(bytes, BatchHeader.BYTES, bytes.limit()));
            } else {
                walkInflating(check, codec, bytes, rules.inflatedBytesMax());
            }
        } catch (MalformedException malformed) {
            throw new ThalwegException(ErrorCode.INVALID_RECORD, "batch refused: " + malformed.getMessage());
        } catch (TooLargeException tooLarge) {
            throw new ThalwegException(
                    ErrorCode.MESSAGE_TOO_LARGE, "batch refused: " + tooLarge.getMessage() + "; send smaller batches");
        }
        check.throwIfAnyRecordIsBad();
        ByteBuffer stored = bytes;
        if (rules.codec() != null && rules.codec() != codec && !BatchHeader.isControl(bytes, 0)) {
            stored = Recompression.recompress(bytes, codec, rules.codec(), rules.inflatedBytesMax());
        }
        return new ValidatedBatches(stored, check.maxTimestamp, rules.logAppendTime());
    }

    /**
     * Checks the one batch that fills {@code batch} from its position to its limit as a follower does: that it is what the
     * leader has, not whether it should be there. Its offset, its leader epoch and its timestamps stay. The records are
     * not looked at: the checksum covers them.
     *
     * @throws ThalwegException CORRUPT_MESSAGE or UNSUPPORTED_FOR_MESSAGE_FORMAT; fetch it again
     */
    public static ValidatedBatches validateReplicated(ByteBuffer batch) {
        ByteBuffer bytes = batch.slice();
        int size = bytes.limit();
        if (size < BatchHeader.BYTES || BatchHeader.sizeInBytes(bytes, 0) != size) {
            throw corrupt("bytes=" + size + ", its header says "
                    + (size < BatchHeader.BYTES ? "nothing whole" : BatchHeader.sizeInBytes(bytes, 0)));
        }
        if (BatchHeader.magic(bytes, 0) != BatchHeader.CURRENT_MAGIC) {
            throw new ThalwegException(
                    ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT,
                    "replicated batch refused: magic=" + BatchHeader.magic(bytes, 0) + "; only 2 is stored");
        }
        if (!BatchHeader.checksumMatches(bytes, 0, size)) {
            throw corrupt("its checksum is not that of its bytes: bytes=" + size);
        }
        int count = BatchHeader.recordCount(bytes, 0);
        int lastOffsetDelta = BatchHeader.lastOffsetDelta(bytes, 0);
        // After compaction a batch has fewer records than offsets, perhaps none.
        if (count < 0 || lastOffsetDelta < 0 || count > lastOffsetDelta + 1L) {
            throw corrupt("recordCount=" + count + " lastOffsetDelta=" + lastOffsetDelta);
        }
        long baseOffset = BatchHeader.baseOffset(bytes, 0);
        if (baseOffset < 0
                || baseOffset > Long.MAX_VALUE - lastOffsetDelta - 1
                || BatchHeader.leaderEpoch(bytes, 0) < 0) {
            throw corrupt("baseOffset=" + baseOffset + " leaderEpoch=" + BatchHeader.leaderEpoch(bytes, 0));
        }
        return new ValidatedBatches(bytes, BatchHeader.maxTimestamp(bytes, 0), false);
    }

    private static ThalwegException corrupt(String found) {
        return new ThalwegException(
                ErrorCode.CORRUPT_MESSAGE, "replicated batch refused: " + found + "; fetch it again");
    }

    private static void walkInflating(RecordCheck check, CompressionCodec codec, ByteBuffer bytes, int bytesMax) {
        Inflation inflation = Inflation.ofThread();
        InputStream stream = inflation.open(codec, bytes, BatchHeader.BYTES, bytes.limit(), bytesMax);
        try {
            check.walk(new StreamCursor(stream, inflation.window(), bytesMax));
        } finally {
            Inflation.close(stream);
        }
    }

    private static void checkFrame(ByteBuffer bytes, ValidationRules rules) {
        int size = bytes.limit();
        if (size < BatchHeader.BYTES) {
            throw new ThalwegException(
                    size == 0 ? ErrorCode.INVALID_RECORD : ErrorCode.CORRUPT_MESSAGE,
                    "batch refused: bytes=" + size + "; a batch has at least " + BatchHeader.BYTES);
        }
        if (BatchHeader.magic(bytes, 0) != BatchHeader.CURRENT_MAGIC) {
            throw new ThalwegException(
                    ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT,
                    "batch refused: magic=" + BatchHeader.magic(bytes, 0) + "; only 2 is stored");
        }
        int batchBytes = BatchHeader.sizeInBytes(bytes, 0);
        if (batchBytes < BatchHeader.BYTES || batchBytes > size) {
            throw new ThalwegException(
                    ErrorCode.CORRUPT_MESSAGE,
                    "batch refused: its header says bytes=" + batchBytes + ", found " + size);
        }
        if (batchBytes < size) {
            throw new ThalwegException(
                    ErrorCode.INVALID_RECORD,
                    "batch refused: " + (size - batchBytes) + " bytes follow it; send one batch for a partition");
        }
        if (size > rules.maxMessageBytes()) {
            throw new ThalwegException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "batch refused: bytes=" + size + " max.message.bytes=" + rules.maxMessageBytes());
        }
        if (size > rules.segmentBytes()) {
            throw new ThalwegException(
                    ErrorCode.RECORD_LIST_TOO_LARGE,
                    "batch refused: bytes=" + size + " segment.bytes=" + rules.segmentBytes());
        }
        if (!BatchHeader.checksumMatches(bytes, 0, size)) {
            throw new ThalwegException(
                    ErrorCode.CORRUPT_MESSAGE, "batch refused: its checksum is not that of its bytes: bytes=" + size);
        }
    }

    private static void checkHeader(ByteBuffer bytes, AppendOrigin origin) {
        short attributes = BatchHeader.attributes(bytes, 0);
        if (!CompressionCodec.known(attributes & BatchHeader.CODEC_MASK)) {
            throw new ThalwegException(
                    ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                    "batch refused: codec=" + (attributes & BatchHeader.CODEC_MASK) + " is not known");
        }
        int count = BatchHeader.recordCount(bytes, 0);
        int lastOffsetDelta = BatchHeader.lastOffsetDelta(bytes, 0);
        if (count <= 0 || lastOffsetDelta != count - 1) {
            throw invalid("recordCount=" + count + " lastOffsetDelta=" + lastOffsetDelta
                    + "; the count is at least 1 and one more than the delta");
        }
        long producerId = BatchHeader.producerId(bytes, 0);
        if (producerId == BatchHeader.NO_PRODUCER_ID && (attributes & BatchHeader.TRANSACTIONAL_FLAG) != 0) {
            throw invalid("it is transactional and has no producer id");
        }
        if ((attributes & BatchHeader.DELETE_HORIZON_FLAG) != 0) {
            throw invalid("it has a delete horizon, which only compaction sets");
        }
        if (origin == AppendOrigin.CLIENT) {
            checkClientHeader(bytes, attributes, producerId);
        }
    }

    private static void checkClientHeader(ByteBuffer bytes, short attributes, long producerId) {
        if (BatchHeader.baseOffset(bytes, 0) != 0) {
            throw invalid("baseOffset=" + BatchHeader.baseOffset(bytes, 0) + "; clients send 0");
        }
        if ((attributes & BatchHeader.CONTROL_FLAG) != 0) {
            throw invalid("clients may not write control batches");
        }
        if (producerId != BatchHeader.NO_PRODUCER_ID
                && (producerId < 0
                        || BatchHeader.producerEpoch(bytes, 0) < 0
                        || BatchHeader.baseSequence(bytes, 0) < 0)) {
            throw invalid("producerId=" + producerId + " producerEpoch=" + BatchHeader.producerEpoch(bytes, 0)
                    + " baseSequence=" + BatchHeader.baseSequence(bytes, 0) + "; none may be negative");
        }
        if ((attributes & BatchHeader.LOG_APPEND_TIME_FLAG) != 0) {
            throw new ThalwegException(
                    ErrorCode.INVALID_TIMESTAMP,
                    "batch refused: its timestamp type is LogAppendTime, which only the broker sets");
        }
    }

    private static ThalwegException invalid(String why) {
        return new ThalwegException(ErrorCode.INVALID_RECORD, "batch refused: " + why);
    }

    /** The walk over the records of one batch. Allocates nothing for a record that is right. */
    private static final class RecordCheck {

        private final int count;
        private final long baseTimestamp;
        private final long earliest;
        private final long latest;
        private final boolean keyRequired;
        private final boolean timestampsChecked;
        private long maxTimestamp = BatchHeader.NO_TIMESTAMP;
        private @Nullable List<RecordError> recordErrors;
        private boolean timestampWrong;

        RecordCheck(ByteBuffer bytes, ValidationRules rules, AppendOrigin origin, long nowMillis) {
            this.count = BatchHeader.recordCount(bytes, 0);
            this.baseTimestamp = BatchHeader.baseTimestamp(bytes, 0);
            this.earliest = rules.timestampBeforeMaxMillis() > nowMillis
                    ? Long.MIN_VALUE
                    : nowMillis - rules.timestampBeforeMaxMillis();
            this.latest = rules.timestampAfterMaxMillis() > Long.MAX_VALUE - nowMillis
                    ? Long.MAX_VALUE
                    : nowMillis + rules.timestampAfterMaxMillis();
            boolean client = origin == AppendOrigin.CLIENT;
            this.keyRequired = rules.compacted();
            this.timestampsChecked = client && !rules.logAppendTime();
        }

        void walk(RecordCursor cursor) {
            for (int index = 0; index < count; index++) {
                int length = cursor.readVarint();
                if (length < 0) {
                    throw new MalformedException("a record has a negative length: index=" + index);
                }
                long begin = cursor.consumed();
                cursor.readByte(); // attributes: none are defined
                checkTimestamp(index, baseTimestamp + cursor.readVarlong());
                int offsetDelta = cursor.readVarint();
                if (offsetDelta != index) {
                    throw new MalformedException(
                            "offset deltas are not consecutive: index=" + index + " offsetDelta=" + offsetDelta);
                }
                int keyBytes = cursor.readVarint();
                if (keyBytes >= 0) {
                    cursor.skip(keyBytes);
                } else if (keyRequired) {
                    blame(index, "A compacted topic does not take a record without a key.");
                }
                int valueBytes = cursor.readVarint();
                if (valueBytes > 0) {
                    cursor.skip(valueBytes);
                }
                int headers = cursor.readVarint();
                if (headers != 0) {
                    skipHeaders(cursor, headers);
                }
                if (cursor.consumed() - begin != length) {
                    throw new MalformedException("a record's length is wrong: index=" + index + " length=" + length
                            + " found=" + (cursor.consumed() - begin));
                }
            }
            if (!cursor.atEnd()) {
                throw new MalformedException("more bytes follow the last record: recordCount=" + count);
            }
        }

        private static void skipHeaders(RecordCursor cursor, int headers) {
            if (headers < 0) {
                throw new MalformedException("a record has a negative number of headers");
            }
            for (int i = 0; i < headers; i++) {
                int keyBytes = cursor.readVarint();
                if (keyBytes < 0) {
                    throw new MalformedException("a header has no key");
                }
                cursor.skip(keyBytes);
                int valueBytes = cursor.readVarint();
                if (valueBytes > 0) {
                    cursor.skip(valueBytes);
                }
            }
        }

        private void checkTimestamp(int index, long timestamp) {
            if (timestamp > maxTimestamp) {
                maxTimestamp = timestamp;
            }
            if (timestampsChecked
                    && (timestamp < earliest || timestamp > latest)
                    && timestamp != BatchHeader.NO_TIMESTAMP) {
                timestampWrong = true;
                blame(index, "Timestamp " + timestamp + " is out of range [" + earliest + ", " + latest + "].");
            }
        }

        private void blame(int index, String why) {
            if (recordErrors == null) {
                recordErrors = new ArrayList<>();
            }
            if (recordErrors.size() < RECORD_ERRORS_MAX) {
                recordErrors.add(new RecordError(index, why));
            }
        }

        void throwIfAnyRecordIsBad() {
            if (recordErrors == null) {
                return;
            }
            throw new InvalidRecordException(
                    timestampWrong ? ErrorCode.INVALID_TIMESTAMP : ErrorCode.INVALID_RECORD,
                    "batch refused: record " + recordErrors.get(0).batchIndex() + " of " + count + ": "
                            + recordErrors.get(0).message(),
                    recordErrors);
        }
    }
}
