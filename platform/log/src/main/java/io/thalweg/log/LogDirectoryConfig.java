package io.thalweg.log;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one log directory.
 *
 * @param durability what a successful append survives
 * @param journalBytes disk space of the journal; allocated in files as it is needed and kept. Larger means fewer flushes
 *     of segments under load and a longer replay after a crash. At least {@link #JOURNAL_BYTES_MIN}
 * @param openFilesMax segment and index files that are kept open at once; those in use do not count against it
 * @param tailBytes memory (direct) for recently appended batches, which readers get without touching the disk
 * @param checkpointMillis offsets of all logs are written at most this often
 * @param retentionCheckMillis how often retention is applied
 * @param producerIdExpirationMillis a producer that was silent for so long is forgotten
 * @param upkeep verification of closed segments, and what the wall clock is believed
 * @param clusterId the cluster that the directory must belong to; null accepts any, and takes a random one for a new
 *     directory
 * @param nodeId the node that the directory must belong to
 */
public record LogDirectoryConfig(
        Durability durability,
        long journalBytes,
        int openFilesMax,
        long tailBytes,
        long checkpointMillis,
        long retentionCheckMillis,
        long producerIdExpirationMillis,
        LogUpkeep upkeep,
        @Nullable Uuid clusterId,
        int nodeId) {

    public static final long JOURNAL_BYTES_MIN = 64 << 10;

    public LogDirectoryConfig {
        if (journalBytes < JOURNAL_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "journalBytes=" + journalBytes + "; must be at least " + JOURNAL_BYTES_MIN);
        }
        if (openFilesMax < 8) {
            throw new IllegalArgumentException("openFilesMax=" + openFilesMax + "; must be at least 8");
        }
        if (tailBytes < 0 || checkpointMillis < 0 || retentionCheckMillis < 0 || producerIdExpirationMillis < 1) {
            throw new IllegalArgumentException("negative limit: tailBytes=" + tailBytes + " checkpointMillis="
                    + checkpointMillis + " retentionCheckMillis=" + retentionCheckMillis
                    + " producerIdExpirationMillis="
                    + producerIdExpirationMillis);
        }
    }

    /** fsync; 512 MiB of journal, 1,024 open files, 64 MiB of tail; checkpoint each 5 s, retention each 5 minutes. */
    public static LogDirectoryConfig defaults() {
        return new LogDirectoryConfig(
                Durability.FSYNC,
                512L << 20,
                1024,
                64L << 20,
                5_000,
                300_000,
                86_400_000L,
                LogUpkeep.defaults(),
                null,
                0);
    }

    public LogDirectoryConfig withDurability(Durability changed) {
        return new LogDirectoryConfig(
                changed,
                journalBytes,
                openFilesMax,
                tailBytes,
                checkpointMillis,
                retentionCheckMillis,
                producerIdExpirationMillis,
                upkeep,
                clusterId,
                nodeId);
    }

    public LogDirectoryConfig withBounds(long changedJournalBytes, int changedOpenFilesMax, long changedTailBytes) {
        return new LogDirectoryConfig(
                durability,
                changedJournalBytes,
                changedOpenFilesMax,
                changedTailBytes,
                checkpointMillis,
                retentionCheckMillis,
                producerIdExpirationMillis,
                upkeep,
                clusterId,
                nodeId);
    }

    public LogDirectoryConfig withIntervals(long changedCheckpointMillis, long changedRetentionCheckMillis) {
        return new LogDirectoryConfig(
                durability,
                journalBytes,
                openFilesMax,
                tailBytes,
                changedCheckpointMillis,
                changedRetentionCheckMillis,
                producerIdExpirationMillis,
                upkeep,
                clusterId,
                nodeId);
    }

    public LogDirectoryConfig withUpkeep(LogUpkeep changed) {
        return new LogDirectoryConfig(
                durability,
                journalBytes,
                openFilesMax,
                tailBytes,
                checkpointMillis,
                retentionCheckMillis,
                producerIdExpirationMillis,
                changed,
                clusterId,
                nodeId);
    }

    public LogDirectoryConfig withOwner(@Nullable Uuid changedClusterId, int changedNodeId) {
        return new LogDirectoryConfig(
                durability,
                journalBytes,
                openFilesMax,
                tailBytes,
                checkpointMillis,
                retentionCheckMillis,
                producerIdExpirationMillis,
                upkeep,
                changedClusterId,
                changedNodeId);
    }
}
