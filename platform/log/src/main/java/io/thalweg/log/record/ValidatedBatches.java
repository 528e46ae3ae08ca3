package io.thalweg.log.record;

import java.nio.ByteBuffer;

/**
 * One batch that {@link BatchValidator} accepted, over the caller's memory: it stays valid as long as that memory. Only
 * the validator makes one.
 */
public final class ValidatedBatches {

    private final ByteBuffer bytes;
    private final int sizeInBytes;
    private final long maxTimestamp;
    private final boolean logAppendTime;

    ValidatedBatches(ByteBuffer bytes, long maxTimestamp, boolean logAppendTime) {
        this.bytes = bytes;
        this.sizeInBytes = bytes.remaining();
        this.maxTimestamp = maxTimestamp;
        this.logAppendTime = logAppendTime;
    }

    /** The batch as it came, at index 0. Read it with absolute methods: position and limit are shared. */
    public ByteBuffer bytes() {
        return bytes;
    }

    public int sizeInBytes() {
        return sizeInBytes;
    }

    public int recordCount() {
        return BatchHeader.recordCount(bytes, 0);
    }

    /** Last offset minus base offset; one less than {@link #recordCount()} unless compaction took records out. */
    public int lastOffsetDelta() {
        return BatchHeader.lastOffsetDelta(bytes, 0);
    }

    /** The largest timestamp of the records, -1 if they have none; what the header claims is not trusted. */
    public long maxTimestamp() {
        return maxTimestamp;
    }

    /** Whether the topic sets timestamps when it appends. */
    public boolean logAppendTime() {
        return logAppendTime;
    }

    /** As the batch came; the offset of its first record if it is replicated. */
    public long baseOffset() {
        return BatchHeader.baseOffset(bytes, 0);
    }

    /** As the batch came; the epoch that it was first appended in if it is replicated. */
    public int leaderEpoch() {
        return BatchHeader.leaderEpoch(bytes, 0);
    }

    public long producerId() {
        return BatchHeader.producerId(bytes, 0);
    }

    public boolean hasProducerId() {
        return producerId() > BatchHeader.NO_PRODUCER_ID;
    }

    public short producerEpoch() {
        return BatchHeader.producerEpoch(bytes, 0);
    }

    public int baseSequence() {
        return BatchHeader.baseSequence(bytes, 0);
    }

    public boolean isTransactional() {
        return BatchHeader.isTransactional(bytes, 0);
    }

    public boolean isControl() {
        return BatchHeader.isControl(bytes, 0);
    }

    public BatchHeader header() {
        return BatchHeader.read(bytes, 0);
    }

    /**
     * Copies the batch to index {@code at} of {@code target} and assigns offset and epoch there; 12 bytes change and the
     * checksum stays, unless the topic sets timestamps or the header's largest timestamp was wrong.
     *
     * @param logAppendTimeMillis now; used only if {@link #logAppendTime()}
     */
    public void copyTo(ByteBuffer target, int at, long baseOffset, int leaderEpoch, long logAppendTimeMillis) {
        target.put(at, bytes, 0, sizeInBytes);
        BatchHeader.writeBaseOffset(target, at, baseOffset);
        BatchHeader.writeLeaderEpoch(target, at, leaderEpoch);
        if (logAppendTime) {
            BatchHeader.writeMaxTimestamp(target, at, true, logAppendTimeMillis);
        } else if (maxTimestamp != BatchHeader.maxTimestamp(bytes, 0)) {
            BatchHeader.writeMaxTimestamp(target, at, false, maxTimestamp);
        }
    }
}
