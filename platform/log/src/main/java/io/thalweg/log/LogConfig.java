package io.thalweg.log;

import io.thalweg.log.record.CompressionCodec;
import io.thalweg.log.record.ValidationRules;
import org.jspecify.annotations.Nullable;

/**
 * A topic's settings as its logs see them; names and defaults are Kafka's topic configuration.
 *
 * @param segmentBytes a segment is closed before it grows beyond this
 * @param segmentMillis a segment is closed when its first record is older than this
 * @param segmentJitterMillis at most this much is taken off {@code segmentMillis}, at random for each segment
 * @param retentionBytes the oldest segments go while the log is larger; -1 for no bound
 * @param retentionMillis segments go when their largest timestamp is older; -1 for no bound
 * @param maxMessageBytes largest batch
 * @param indexIntervalBytes about one index entry for so many bytes of log
 * @param indexBytesMax a segment is closed when its index is full
 * @param compact keep the last record for each key
 * @param delete apply retention by time and size
 * @param minCompactionLagMillis a record stays uncompacted at least this long
 * @param maxCompactionLagMillis a record is compacted at the latest after this long
 * @param deleteRetentionMillis how long tombstones stay after they were first compacted
 * @param minCleanableDirtyRatio share of uncompacted bytes that makes a log worth compacting, 0 to 1
 * @param timestampBeforeMaxMillis how far in the past a record's timestamp may lie
 * @param timestampAfterMaxMillis how far in the future a record's timestamp may lie
 * @param compression what batches are stored in; null keeps what the producer chose
 * @param fileDeleteDelayMillis files of deleted segments are removed after this long
 */
public record LogConfig(
        int segmentBytes,
        long segmentMillis,
        long segmentJitterMillis,
        long retentionBytes,
        long retentionMillis,
        int maxMessageBytes,
        int indexIntervalBytes,
        int indexBytesMax,
        boolean compact,
        boolean delete,
        long minCompactionLagMillis,
        long maxCompactionLagMillis,
        long deleteRetentionMillis,
        double minCleanableDirtyRatio,
        TimestampType timestampType,
        long timestampBeforeMaxMillis,
        long timestampAfterMaxMillis,
        @Nullable CompressionCodec compression,
        long fileDeleteDelayMillis) {

    private static final long DAY_MILLIS = 86_400_000L;
    private static final LogConfig DEFAULTS = new LogConfig(
            1 << 30,
            7 * DAY_MILLIS,
            0,
            -1,
            7 * DAY_MILLIS,
            1048588,
            4096,
            10 << 20,
            false,
            true,
            0,
            Long.MAX_VALUE,
            DAY_MILLIS,
            0.5,
            TimestampType.CREATE_TIME,
            Long.MAX_VALUE,
            3_600_000,
            null,
            60_000);

    public LogConfig {
        check(segmentBytes >= 128, "segmentBytes", segmentBytes, "at least 128");
        check(segmentMillis >= 1, "segmentMillis", segmentMillis, "at least 1");
        check(segmentJitterMillis >= 0, "segmentJitterMillis", segmentJitterMillis, "at least 0");
        check(retentionBytes >= -1, "retentionBytes", retentionBytes, "at least -1");
        check(retentionMillis >= -1, "retentionMillis", retentionMillis, "at least -1");
        check(maxMessageBytes >= 0, "maxMessageBytes", maxMessageBytes, "at least 0");
        check(indexIntervalBytes >= 0, "indexIntervalBytes", indexIntervalBytes, "at least 0");
        check(indexBytesMax >= 24, "indexBytesMax", indexBytesMax, "at least 24");
        check(minCompactionLagMillis >= 0, "minCompactionLagMillis", minCompactionLagMillis, "at least 0");
        check(maxCompactionLagMillis >= 1, "maxCompactionLagMillis", maxCompactionLagMillis, "at least 1");
        check(deleteRetentionMillis >= 0, "deleteRetentionMillis", deleteRetentionMillis, "at least 0");
        check(
                minCleanableDirtyRatio >= 0 && minCleanableDirtyRatio <= 1,
                "minCleanableDirtyRatio",
                minCleanableDirtyRatio,
                "0 to 1");
        check(timestampBeforeMaxMillis >= 0, "timestampBeforeMaxMillis", timestampBeforeMaxMillis, "at least 0");
        check(timestampAfterMaxMillis >= 0, "timestampAfterMaxMillis", timestampAfterMaxMillis, "at least 0");
        check(fileDeleteDelayMillis >= 0, "fileDeleteDelayMillis", fileDeleteDelayMillis, "at least 0");
    }

    private static void check(boolean valid, String name, Object found, String allowed) {
        if (!valid) {
            throw new IllegalArgumentException(name + "=" + found + "; must be " + allowed);
        }
    }

    /** Kafka's defaults. */
    public static LogConfig defaults() {
        return DEFAULTS;
    }

    /** How old a growing segment gets: what must be compacted in time must be closed in time. */
    public long rollMillis() {
        return compact ? Math.min(segmentMillis, maxCompactionLagMillis) : segmentMillis;
    }

    /** What a batch must fulfil to be appended under these settings. */
    public ValidationRules validationRules() {
        return new ValidationRules(
                maxMessageBytes,
                segmentBytes,
                compact,
                timestampType == TimestampType.LOG_APPEND_TIME,
                timestampBeforeMaxMillis,
                timestampAfterMaxMillis,
                compression);
    }

    /** A builder that begins with these settings. */
    public Builder with() {
        return new Builder(this);
    }

    /** Changes some settings of a {@link LogConfig}. */
    public static final class Builder {
        private int segmentBytes;
        private long segmentMillis;
        private long segmentJitterMillis;
        private long retentionBytes;
        private long retentionMillis;
        private int maxMessageBytes;
        private int indexIntervalBytes;
        private int indexBytesMax;
        private boolean compact;
        private boolean delete;
        private long minCompactionLagMillis;
        private long maxCompactionLagMillis;
        private long deleteRetentionMillis;
        private double minCleanableDirtyRatio;
        private TimestampType timestampType;
        private long timestampBeforeMaxMillis;
        private long timestampAfterMaxMillis;
        private @Nullable CompressionCodec compression;
        private long fileDeleteDelayMillis;

        private Builder(LogConfig from) {
            segmentBytes = from.segmentBytes;
            segmentMillis = from.segmentMillis;
            segmentJitterMillis = from.segmentJitterMillis;
            retentionBytes = from.retentionBytes;
            retentionMillis = from.retentionMillis;
            maxMessageBytes = from.maxMessageBytes;
            indexIntervalBytes = from.indexIntervalBytes;
            indexBytesMax = from.indexBytesMax;
            compact = from.compact;
            delete = from.delete;
            minCompactionLagMillis = from.minCompactionLagMillis;
            maxCompactionLagMillis = from.maxCompactionLagMillis;
            deleteRetentionMillis = from.deleteRetentionMillis;
            minCleanableDirtyRatio = from.minCleanableDirtyRatio;
            timestampType = from.timestampType;
            timestampBeforeMaxMillis = from.timestampBeforeMaxMillis;
            timestampAfterMaxMillis = from.timestampAfterMaxMillis;
            compression = from.compression;
            fileDeleteDelayMillis = from.fileDeleteDelayMillis;
        }

        public Builder segmentBytes(int segmentBytes) {
            this.segmentBytes = segmentBytes;
            return this;
        }

        public Builder segmentMillis(long segmentMillis) {
            this.segmentMillis = segmentMillis;
            return this;
        }

        public Builder segmentJitterMillis(long segmentJitterMillis) {
            this.segmentJitterMillis = segmentJitterMillis;
            return this;
        }

        public Builder retentionBytes(long retentionBytes) {
            this.retentionBytes = retentionBytes;
            return this;
        }

        public Builder retentionMillis(long retentionMillis) {
            this.retentionMillis = retentionMillis;
            return this;
        }

        public Builder maxMessageBytes(int maxMessageBytes) {
            this.maxMessageBytes = maxMessageBytes;
            return this;
        }

        public Builder indexIntervalBytes(int indexIntervalBytes) {
            this.indexIntervalBytes = indexIntervalBytes;
            return this;
        }

        public Builder indexBytesMax(int indexBytesMax) {
            this.indexBytesMax = indexBytesMax;
            return this;
        }

        public Builder compact(boolean compact) {
            this.compact = compact;
            return this;
        }

        public Builder delete(boolean delete) {
            this.delete = delete;
            return this;
        }

        public Builder minCompactionLagMillis(long minCompactionLagMillis) {
            this.minCompactionLagMillis = minCompactionLagMillis;
            return this;
        }

        public Builder maxCompactionLagMillis(long maxCompactionLagMillis) {
            this.maxCompactionLagMillis = maxCompactionLagMillis;
            return this;
        }

        public Builder deleteRetentionMillis(long deleteRetentionMillis) {
            this.deleteRetentionMillis = deleteRetentionMillis;
            return this;
        }

        public Builder minCleanableDirtyRatio(double minCleanableDirtyRatio) {
            this.minCleanableDirtyRatio = minCleanableDirtyRatio;
            return this;
        }

        public Builder timestampType(TimestampType timestampType) {
            this.timestampType = timestampType;
            return this;
        }

        public Builder timestampBeforeMaxMillis(long timestampBeforeMaxMillis) {
            this.timestampBeforeMaxMillis = timestampBeforeMaxMillis;
            return this;
        }

        public Builder timestampAfterMaxMillis(long timestampAfterMaxMillis) {
            this.timestampAfterMaxMillis = timestampAfterMaxMillis;
            return this;
        }

        public Builder compression(@Nullable CompressionCodec compression) {
            this.compression = compression;
            return this;
        }

        public Builder fileDeleteDelayMillis(long fileDeleteDelayMillis) {
            this.fileDeleteDelayMillis = fileDeleteDelayMillis;
            return this;
        }

        public LogConfig build() {
            return new LogConfig(
                    segmentBytes,
                    segmentMillis,
                    segmentJitterMillis,
                    retentionBytes,
                    retentionMillis,
                    maxMessageBytes,
                    indexIntervalBytes,
                    indexBytesMax,
                    compact,
                    delete,
                    minCompactionLagMillis,
                    maxCompactionLagMillis,
                    deleteRetentionMillis,
                    minCleanableDirtyRatio,
                    timestampType,
                    timestampBeforeMaxMillis,
                    timestampAfterMaxMillis,
                    compression,
                    fileDeleteDelayMillis);
        }
    }
}
