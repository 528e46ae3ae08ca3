package io.thalweg.log.record;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The 61 bytes in front of the records of a batch, big-endian:
 *
 * <pre>
 *  0 baseOffset        i64        27 baseTimestamp i64
 *  8 length            i32        35 maxTimestamp  i64
 * 12 leaderEpoch       i32        43 producerId    i64
 * 16 magic             i8         51 producerEpoch i16
 * 17 crc               u32        53 baseSequence  i32
 * 21 attributes        i16        57 recordCount   i32
 * 23 lastOffsetDelta   i32        61 records
 * </pre>
 *
 * {@code length} counts what follows it; the checksum (CRC-32C) covers everything from the attributes on, so the base
 * offset and the leader epoch are assigned without recomputing it. The static methods read and write one field of the
 * batch that begins at index {@code at} and leave position and limit alone; {@link #read} takes all fields at once.
 *
 * @param sizeInBytes of the whole batch, this header included
 * @param attributes see {@link #codec()}, {@link #isLogAppendTime()}, {@link #isTransactional()}, {@link #isControl()}
 * @param baseTimestamp milliseconds; the delete horizon when {@link #hasDeleteHorizon()}
 * @param producerId -1 for none
 */
public record BatchHeader(
        long baseOffset,
        int sizeInBytes,
        int leaderEpoch,
        byte magic,
        int crc,
        short attributes,
        int lastOffsetDelta,
        long baseTimestamp,
        long maxTimestamp,
        long producerId,
        short producerEpoch,
        int baseSequence,
        int recordCount) {

    public static final int BASE_OFFSET = 0;
    public static final int LENGTH = 8;
    public static final int LEADER_EPOCH = 12;
    public static final int MAGIC = 16;
    public static final int CRC = 17;
    public static final int ATTRIBUTES = 21;
    public static final int LAST_OFFSET_DELTA = 23;
    public static final int BASE_TIMESTAMP = 27;
    public static final int MAX_TIMESTAMP = 35;
    public static final int PRODUCER_ID = 43;
    public static final int PRODUCER_EPOCH = 51;
    public static final int BASE_SEQUENCE = 53;
    public static final int RECORD_COUNT = 57;

    /** Bytes of the header; the first record begins here. */
    public static final int BYTES = 61;

    /** Bytes that {@code length} does not count: the base offset and the length itself. */
    public static final int LOG_OVERHEAD = 12;

    /** The only format that is stored. */
    public static final byte CURRENT_MAGIC = 2;

    public static final long NO_PRODUCER_ID = -1;
    public static final short NO_PRODUCER_EPOCH = -1;
    public static final int NO_SEQUENCE = -1;
    public static final long NO_TIMESTAMP = -1;

    static final int CODEC_MASK = 0x07;
    static final int LOG_APPEND_TIME_FLAG = 0x08;
    static final int TRANSACTIONAL_FLAG = 0x10;
    static final int CONTROL_FLAG = 0x20;
    static final int DELETE_HORIZON_FLAG = 0x40;

    /** All fields of the batch that begins at {@code at}; needs {@link #BYTES} bytes from there. */
    public static BatchHeader read(ByteBuffer buffer, int at) {
        return new BatchHeader(
                baseOffset(buffer, at),
                sizeInBytes(buffer, at),
                leaderEpoch(buffer, at),
                magic(buffer, at),
                buffer.getInt(at + CRC),
                attributes(buffer, at),
                lastOffsetDelta(buffer, at),
                baseTimestamp(buffer, at),
                maxTimestamp(buffer, at),
                producerId(buffer, at),
                producerEpoch(buffer, at),
                baseSequence(buffer, at),
                recordCount(buffer, at));
    }

    public static long baseOffset(ByteBuffer buffer, int at) {
        return buffer.getLong(at + BASE_OFFSET);
    }

    /** Of the whole batch; negative or tiny in damaged bytes, so check it before use. */
    public static int sizeInBytes(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LENGTH) + LOG_OVERHEAD;
    }

    public static int leaderEpoch(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LEADER_EPOCH);
    }

    public static byte magic(ByteBuffer buffer, int at) {
        return buffer.get(at + MAGIC);
    }

    public static short attributes(ByteBuffer buffer, int at) {
        return buffer.getShort(at + ATTRIBUTES);
    }

    public static int lastOffsetDelta(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LAST_OFFSET_DELTA);
    }

    public static long lastOffset(ByteBuffer buffer, int at) {
        return baseOffset(buffer, at) + lastOffsetDelta(buffer, at);
    }

    public static long baseTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + BASE_TIMESTAMP);
    }

    public static long maxTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + MAX_TIMESTAMP);
    }

    public static long producerId(ByteBuffer buffer, int at) {
        return buffer.getLong(at + PRODUCER_ID);
    }

    public static short producerEpoch(ByteBuffer buffer, int at) {
        return buffer.getShort(at + PRODUCER_EPOCH);
    }

    public static int baseSequence(ByteBuffer buffer, int at) {
        return buffer.getInt(at + BASE_SEQUENCE);
    }

    public static int recordCount(ByteBuffer buffer, int at) {
        return buffer.getInt(at + RECORD_COUNT);
    }

    public static boolean isTransactional(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & TRANSACTIONAL_FLAG) != 0;
    }

    public static boolean isControl(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & CONTROL_FLAG) != 0;
    }

    /** Assigns the base offset; the checksum stays right. */
    public static void writeBaseOffset(ByteBuffer buffer, int at, long baseOffset) {
        buffer.putLong(at + BASE_OFFSET, baseOffset);
    }

    /** Assigns the leader epoch; the checksum stays right. */
    public static void writeLeaderEpoch(ByteBuffer buffer, int at, int leaderEpoch) {
        buffer.putInt(at + LEADER_EPOCH, leaderEpoch);
    }

    /** Sets the timestamp type and the largest timestamp, and recomputes the checksum over the whole batch. */
    public static void writeMaxTimestamp(ByteBuffer buffer, int at, boolean logAppendTime, long maxTimestamp) {
        int attributes = attributes(buffer, at) & ~LOG_APPEND_TIME_FLAG;
        buffer.putShort(at + ATTRIBUTES, (short) (logAppendTime ? attributes | LOG_APPEND_TIME_FLAG : attributes));
        buffer.putLong(at + MAX_TIMESTAMP, maxTimestamp);
        buffer.putInt(at + CRC, checksum(buffer, at, sizeInBytes(buffer, at)));
    }

    /** CRC-32C of the batch of {@code size} bytes at {@code at}, computed from its bytes. */
    public static int checksum(ByteBuffer buffer, int at, int size) {
        CRC32C crc = new CRC32C();
        if (buffer.hasArray()) {
            crc.update(buffer.array(), buffer.arrayOffset() + at + ATTRIBUTES, size - ATTRIBUTES);
        } else {
            crc.update(buffer.slice(at + ATTRIBUTES, size - ATTRIBUTES));
        }
        return (int) crc.getValue();
    }

    /** Whether the stored checksum is that of the bytes; {@code size} is at least {@link #BYTES} and lies in the buffer. */
    public static boolean checksumMatches(ByteBuffer buffer, int at, int size) {
        return buffer.getInt(at + CRC) == checksum(buffer, at, size);
    }

    /** Whether {@code buffer} reads multi-byte fields as the format wants them. */
    static boolean readable(ByteBuffer buffer) {
        return buffer.order() == ByteOrder.BIG_ENDIAN;
    }

    public long lastOffset() {
        return baseOffset + lastOffsetDelta;
    }

    public long nextOffset() {
        return lastOffset() + 1;
    }

    /** The sequence of the last record, which wraps from the largest int to 0; {@link #NO_SEQUENCE} without a producer. */
    public int lastSequence() {
        return baseSequence == NO_SEQUENCE ? NO_SEQUENCE : incrementSequence(baseSequence, lastOffsetDelta);
    }

    /** {@code sequence + increment} as sequences count: from the largest int to 0. */
    public static int incrementSequence(int sequence, int increment) {
        if (sequence > Integer.MAX_VALUE - increment) {
            return increment - (Integer.MAX_VALUE - sequence) - 1;
        }
        return sequence + increment;
    }

    public boolean hasProducerId() {
        return producerId > NO_PRODUCER_ID;
    }

    /** Throws IllegalStateException for a number that no codec has; check {@link #codecKnown()} on foreign bytes. */
    public CompressionCodec codec() {
        if (!codecKnown()) {
            throw new IllegalStateException("unknown codec: attributes=" + attributes);
        }
        return CompressionCodec.of(attributes & CODEC_MASK);
    }

    public boolean codecKnown() {
        return CompressionCodec.known(attributes & CODEC_MASK);
    }

    /** Every record then has {@link #maxTimestamp} as its timestamp. */
    public boolean isLogAppendTime() {
        return (attributes & LOG_APPEND_TIME_FLAG) != 0;
    }

    public boolean isTransactional() {
        return (attributes & TRANSACTIONAL_FLAG) != 0;
    }

    /** The records are markers for the log and its readers, not data of an application. */
    public boolean isControl() {
        return (attributes & CONTROL_FLAG) != 0;
    }

    /** The base timestamp is the time from which compaction drops the batch's tombstones and markers (KIP-534). */
    public boolean hasDeleteHorizon() {
        return (attributes & DELETE_HORIZON_FLAG) != 0;
    }
}
