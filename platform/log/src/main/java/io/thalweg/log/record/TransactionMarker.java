package io.thalweg.log.record;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The one record of a control batch that ends a transaction on a partition.
 *
 * @param commit false aborts
 * @param coordinatorEpoch of the coordinator that decided; monotonic for a producer id
 */
public record TransactionMarker(boolean commit, int coordinatorEpoch) {

    private static final short ABORT = 0;
    private static final short COMMIT = 1;
    private static final int KEY_BYTES = 4;
    private static final int VALUE_BYTES = 6;

    /** The key of the control record: version and type. */
    byte[] key() {
        return ByteBuffer.allocate(KEY_BYTES)
                .putShort((short) 0)
                .putShort(commit ? COMMIT : ABORT)
                .array();
    }

    /** The value of the control record: version and coordinator epoch. */
    byte[] value() {
        return ByteBuffer.allocate(VALUE_BYTES)
                .putShort((short) 0)
                .putInt(coordinatorEpoch)
                .array();
    }

    /**
     * Reads the marker of the control batch that begins at {@code at}; null if it is a control batch of another kind.
     *
     * @throws ThalwegException INVALID_RECORD if it is not readable as one
     */
    public static @Nullable TransactionMarker read(ByteBuffer buffer, int at) {
        Reader reader = new Reader();
        RecordReader.forEachOf(buffer, at, ReadLimits.trusted(), reader);
        return reader.marker;
    }

    /** The marker in a control record's key and value; null if it is of another kind. */
    public static @Nullable TransactionMarker of(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        if (key == null || key.remaining() < KEY_BYTES) {
            throw new ThalwegException(ErrorCode.INVALID_RECORD, "a control record has no type in its key");
        }
        short type = key.getShort(key.position() + Short.BYTES);
        if (type != ABORT && type != COMMIT) {
            return null;
        }
        if (value == null || value.remaining() < VALUE_BYTES) {
            throw new ThalwegException(
                    ErrorCode.INVALID_RECORD, "a transaction marker has no coordinator epoch in its value");
        }
        return new TransactionMarker(type == COMMIT, value.getInt(value.position() + Short.BYTES));
    }

    private static final class Reader implements RecordVisitor {
        private @Nullable TransactionMarker marker;

        @Override
        public boolean onBatch(BatchHeader batch) {
            return batch.isControl();
        }

        @Override
        public boolean onRecord(DecodedRecord record) {
            marker = of(record.key(), record.value());
            return false;
        }
    }
}
