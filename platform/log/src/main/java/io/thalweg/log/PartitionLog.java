package io.thalweg.log;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The log of one partition: one writer, reads from any thread. */
public final class PartitionLog {

    private final LogId id;

    PartitionLog(LogId id) {
        this.id = id;
    }

    public LogId id() {
        return id;
    }

    /** Changes the settings; they apply from the next append and the next maintenance on. */
    public void config(LogConfig changed) {
        throw new UnsupportedOperationException("not yet");
    }

    public LogConfig config() {
        throw new UnsupportedOperationException("not yet");
    }

    public long logStartOffset() {
        throw new UnsupportedOperationException("not yet");
    }

    public long logEndOffset() {
        throw new UnsupportedOperationException("not yet");
    }

    public long highWatermark() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Moves the high watermark up to {@code offset}, at most to the log end offset; never back. */
    public void advanceHighWatermark(long offset) {
        throw new UnsupportedOperationException("not yet");
    }

    public long lastStableOffset() {
        throw new UnsupportedOperationException("not yet");
    }

    /** The largest epoch that something was appended in, -1 if there is none. */
    public int leaderEpoch() {
        throw new UnsupportedOperationException("not yet");
    }

    public long sizeBytes() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Where acknowledged data is missing or unreadable and what to do; null for a sound log. */
    public @Nullable String damage() {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Reads from memory; never blocks.
     *
     * @param maxBytes soft limit
     * @param upTo nothing from this offset on: the high watermark or the last stable offset
     * @param minOneBatch return the first batch even if it alone is larger than {@code maxBytes}
     * @return null when {@code offset} is not in memory: then call {@link #read} where blocking is allowed
     */
    public @Nullable LogRead readTail(long offset, int maxBytes, long upTo, boolean minOneBatch) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Reads from memory or locates a region of a file; may block.
     *
     * @throws io.thalweg.log.error.ThalwegException OFFSET_OUT_OF_RANGE, KAFKA_STORAGE_ERROR
     */
    public LogRead read(long offset, int maxBytes, long upTo, boolean minOneBatch) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }

    /** The first record whose timestamp is at least {@code timestamp}. Blocks. */
    public TimestampOffset offsetForTimestamp(long timestamp) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }

    public TimestampOffset earliest() throws IOException {
        throw new UnsupportedOperationException("not yet");
    }

    public TimestampOffset latest() {
        throw new UnsupportedOperationException("not yet");
    }

    /** The first record with the largest timestamp. Blocks. */
    public TimestampOffset maxTimestamp() throws IOException {
        throw new UnsupportedOperationException("not yet");
    }

    public EpochEnd endOfEpoch(int epoch) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Makes {@code offset} the log start offset; durable when it returns in FSYNC mode. Blocks.
     *
     * @throws io.thalweg.log.error.ThalwegException OFFSET_OUT_OF_RANGE beyond the high watermark
     */
    public void deleteRecordsBefore(long offset) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }

    /** Makes {@code offset} the next one to be written; durable when it returns. Blocks. */
    public void truncateTo(long offset) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }

    /** The aborted transactions with records or markers in {@code [from, upTo)}, by first offset. */
    public List<AbortedTxn> abortedTransactions(long from, long upTo) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }
}
