package io.thalweg.log.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects records into one batch. Confined to its user. Nothing limits its size but the caller: look at
 * {@link #sizeInBytes()}.
 */
public final class BatchBuilder {

    /** A header of a record to be written. */
    public static final class Header {
        private final String key;
        private final byte @Nullable [] value;

        /** @param value not copied; do not change it */
        public Header(String key, byte @Nullable [] value) {
            this.key = key;
            this.value = value;
        }

        public String key() {
            return key;
        }

        public byte @Nullable [] value() {
            return value;
        }
    }

    private static final int FIRST_BYTES = 1024;
    private static final byte[] NONE = new byte[0];

    private final CompressionCodec codec;
    private byte[] bytes;
    private int size = BatchHeader.BYTES;
    private int count;
    private long baseOffset;
    private int leaderEpoch = -1;
    private long baseTimestamp = BatchHeader.NO_TIMESTAMP;
    private long maxTimestamp = BatchHeader.NO_TIMESTAMP;
    private long producerId = BatchHeader.NO_PRODUCER_ID;
    private short producerEpoch = BatchHeader.NO_PRODUCER_EPOCH;
    private int baseSequence = BatchHeader.NO_SEQUENCE;
    private int flags;
    private @Nullable BatchHeader original;

    private BatchBuilder(CompressionCodec codec) {
        this(codec, FIRST_BYTES);
    }

    private BatchBuilder(CompressionCodec codec, int firstBytes) {
        this.codec = codec;
        this.bytes = new byte[firstBytes];
    }

    public static BatchBuilder of(CompressionCodec codec) {
        return new BatchBuilder(codec);
    }

    public static BatchBuilder uncompressed() {
        return new BatchBuilder(CompressionCodec.NONE);
    }

    /** @param expectedBytes what the batch will about take, so that it need not be moved as it grows */
    public static BatchBuilder uncompressed(int expectedBytes) {
        return new BatchBuilder(CompressionCodec.NONE, Math.max(BatchHeader.BYTES, expectedBytes));
    }

    /** The batch that ends a transaction on a partition; only coordinators may append it. */
    public static ByteBuffer transactionMarker(
            long timestamp, long producerId, short producerEpoch, TransactionMarker marker) {
        BatchBuilder builder = uncompressed().producer(producerId, producerEpoch, BatchHeader.NO_SEQUENCE, true);
        builder.flags |= BatchHeader.CONTROL_FLAG;
        return builder.append(timestamp, marker.key(), marker.value()).build();
    }

    /** A control batch of no producer. */
    static ByteBuffer control(long timestamp, byte[] key, byte[] value) {
        BatchBuilder builder = uncompressed();
        builder.flags |= BatchHeader.CONTROL_FLAG;
        return builder.append(timestamp, key, value).build();
    }

    /**
     * A builder for what compaction keeps of a batch: it has the same place, producer and sequence, so the offsets of
     * records stay and gaps appear. Add the records with {@link #keep}; without any, the batch is empty and only tells
     * of its last offset and its producer.
     *
     * @param deleteHorizonMillis from when on tombstones and markers in it may go; -1 for not set
     */
    public static BatchBuilder like(BatchHeader original, long deleteHorizonMillis) {
        BatchBuilder builder = new BatchBuilder(original.codec());
        builder.position(original.baseOffset(), original.leaderEpoch());
        builder.producer(
                original.producerId(), original.producerEpoch(), original.baseSequence(), original.isTransactional());
        builder.flags = original.attributes() & ~(BatchHeader.CODEC_MASK | BatchHeader.DELETE_HORIZON_FLAG);
        builder.original = original;
        if (deleteHorizonMillis != BatchHeader.NO_TIMESTAMP) {
            builder.flags |= BatchHeader.DELETE_HORIZON_FLAG;
            builder.baseTimestamp = deleteHorizonMillis;
        }
        return builder;
    }

    /** The producer whose sequence this batch continues. */
    public BatchBuilder producer(long id, short epoch, int sequence, boolean transactional) {
        this.producerId = id;
        this.producerEpoch = epoch;
        this.baseSequence = sequence;
        this.flags = transactional ? flags | BatchHeader.TRANSACTIONAL_FLAG : flags & ~BatchHeader.TRANSACTIONAL_FLAG;
        return this;
    }

    /** Where the batch goes; 0 and no epoch unless set, as a client sends it. */
    public BatchBuilder position(long offset, int epoch) {
        this.baseOffset = offset;
        this.leaderEpoch = epoch;
        return this;
    }

    public BatchBuilder append(long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
        return append(timestamp, key, value, List.of());
    }

    /** @param timestamp milliseconds since the epoch, or -1 for none */
    public BatchBuilder append(long timestamp, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
        if (count == 0) {
            baseTimestamp = timestamp;
        }
        maxTimestamp = Math.max(maxTimestamp, timestamp);
        long timestampDelta = timestamp - baseTimestamp;
        byte[][] names = new byte[headers.size()][];
        int body = 1
                + sizeOfVarlong(timestampDelta)
                + sizeOfVarlong(count)
                + sizeOf(key)
                + sizeOf(value)
                + sizeOfVarlong(headers.size());
        for (int i = 0; i < names.length; i++) {
            names[i] = headers.get(i).key().getBytes(StandardCharsets.UTF_8);
            body = Math.addExact(body, sizeOf(names[i]) + sizeOf(headers.get(i).value()));
        }
        ensure(Math.addExact(body, sizeOfVarlong(body)));
        writeVarlong(body);
        bytes[size++] = 0;
        writeVarlong(timestampDelta);
        writeVarlong(count);
        write(key);
        write(value);
        writeVarlong(headers.size());
        for (int i = 0; i < names.length; i++) {
            write(names[i]);
            write(headers.get(i).value());
        }
        count++;
        return this;
    }

    /** Adds a record of the batch that this one is {@link #like}, at its offset. */
    public BatchBuilder keep(DecodedRecord record) {
        if (count == 0 && (flags & BatchHeader.DELETE_HORIZON_FLAG) == 0) {
            baseTimestamp = record.timestamp();
        }
        maxTimestamp = Math.max(maxTimestamp, record.timestamp());
        long timestampDelta = record.timestamp() - baseTimestamp;
        long offsetDelta = record.offset() - baseOffset;
        int body = 1
                + sizeOfVarlong(timestampDelta)
                + sizeOfVarlong(offsetDelta)
                + sizeOf(record.key())
                + sizeOf(record.value())
                + sizeOfVarlong(record.headers().size());
        for (DecodedRecord.Header header : record.headers()) {
            body = Math.addExact(body, sizeOf(header.key()) + sizeOf(header.value()));
        }
        ensure(Math.addExact(body, sizeOfVarlong(body)));
        writeVarlong(body);
        bytes[size++] = 0;
        writeVarlong(timestampDelta);
        writeVarlong(offsetDelta);
        write(record.key());
        write(record.value());
        writeVarlong(record.headers().size());
        for (DecodedRecord.Header header : record.headers()) {
            write(header.key());
            write(header.value());
        }
        count++;
        return this;
    }

    public int recordCount() {
        return count;
    }

    /** What the batch takes before compression. */
    public int sizeInBytes() {
        return size;
    }

    /** An upper bound for what a record adds to {@link #sizeInBytes()}. */
    public static int sizeOfRecord(byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
        int total = 5 + 1 + 10 + 5 + 5 + sizeOf(key) + sizeOf(value);
        for (Header header : headers) {
            total += 5 + 3 * header.key().length() + sizeOf(header.value());
        }
        return total;
    }

    /** The batch, in its own memory, position 0. The builder must not be used afterwards. */
    public ByteBuffer build() {
        if (count == 0) {
            return buildEmpty();
        }
        BatchHeader like = original;
        boolean logAppendTime = like != null && like.isLogAppendTime();
        ByteBuffer batch = codec == CompressionCodec.NONE
                ? ByteBuffer.wrap(bytes, 0, size)
                : Recompression.compress(ByteBuffer.wrap(bytes, BatchHeader.BYTES, size - BatchHeader.BYTES), codec);
        bytes = NONE;
        batch.putLong(BatchHeader.BASE_OFFSET, baseOffset)
                .putInt(BatchHeader.LENGTH, batch.limit() - BatchHeader.LOG_OVERHEAD)
                .putInt(BatchHeader.LEADER_EPOCH, leaderEpoch)
                .put(BatchHeader.MAGIC, BatchHeader.CURRENT_MAGIC)
                .putShort(BatchHeader.ATTRIBUTES, (short) (flags | codec.id()))
                .putInt(BatchHeader.LAST_OFFSET_DELTA, like == null ? count - 1 : like.lastOffsetDelta())
                .putLong(BatchHeader.BASE_TIMESTAMP, baseTimestamp)
                .putLong(BatchHeader.MAX_TIMESTAMP, logAppendTime && like != null ? like.maxTimestamp() : maxTimestamp)
                .putLong(BatchHeader.PRODUCER_ID, producerId)
                .putShort(BatchHeader.PRODUCER_EPOCH, producerEpoch)
                .putInt(BatchHeader.BASE_SEQUENCE, baseSequence)
                .putInt(BatchHeader.RECORD_COUNT, count);
        return batch.putInt(BatchHeader.CRC, BatchHeader.checksum(batch, 0, batch.limit()));
    }

    private ByteBuffer buildEmpty() {
        BatchHeader like = original;
        if (like == null) {
            throw new IllegalStateException("a batch has at least one record");
        }
        ByteBuffer batch = ByteBuffer.allocate(BatchHeader.BYTES)
                .putLong(BatchHeader.BASE_OFFSET, baseOffset)
                .putInt(BatchHeader.LENGTH, BatchHeader.BYTES - BatchHeader.LOG_OVERHEAD)
                .putInt(BatchHeader.LEADER_EPOCH, leaderEpoch)
                .put(BatchHeader.MAGIC, BatchHeader.CURRENT_MAGIC)
                .putShort(BatchHeader.ATTRIBUTES, (short) (flags & ~BatchHeader.DELETE_HORIZON_FLAG))
                .putInt(BatchHeader.LAST_OFFSET_DELTA, like.lastOffsetDelta())
                .putLong(BatchHeader.BASE_TIMESTAMP, BatchHeader.NO_TIMESTAMP)
                .putLong(BatchHeader.MAX_TIMESTAMP, like.maxTimestamp())
                .putLong(BatchHeader.PRODUCER_ID, producerId)
                .putShort(BatchHeader.PRODUCER_EPOCH, producerEpoch)
                .putInt(BatchHeader.BASE_SEQUENCE, baseSequence)
                .putInt(BatchHeader.RECORD_COUNT, 0);
        return batch.putInt(BatchHeader.CRC, BatchHeader.checksum(batch, 0, batch.limit()));
    }

    private void ensure(int more) {
        int needed = Math.addExact(size, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * bytes.length)));
        }
    }

    private void write(byte @Nullable [] field) {
        if (field == null) {
            writeVarlong(-1);
            return;
        }
        writeVarlong(field.length);
        System.arraycopy(field, 0, bytes, size, field.length);
        size += field.length;
    }

    private void write(@Nullable ByteBuffer field) {
        if (field == null) {
            writeVarlong(-1);
            return;
        }
        int length = field.remaining();
        writeVarlong(length);
        field.get(field.position(), bytes, size, length);
        size += length;
    }

    private void writeVarlong(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        while ((zigzag & ~0x7fL) != 0) {
            bytes[size++] = (byte) (zigzag | 0x80);
            zigzag >>>= 7;
        }
        bytes[size++] = (byte) zigzag;
    }

    private static int sizeOf(byte @Nullable [] field) {
        return field == null ? 1 : Math.addExact(sizeOfVarlong(field.length), field.length);
    }

    private static int sizeOf(@Nullable ByteBuffer field) {
        return field == null ? 1 : Math.addExact(sizeOfVarlong(field.remaining()), field.remaining());
    }

    private static int sizeOfVarlong(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        return (70 - Long.numberOfLeadingZeros(zigzag | 1)) / 7;
    }
}
