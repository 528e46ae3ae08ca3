package io.thalweg.log;

import io.thalweg.log.file.DiskFull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a log directory needs done from time to time, by one background worker: journal files freed, segments closed by age,
 * retention, checkpoints, files removed. Everything here is guarded by the reclaim lock.
 */
final class DirectoryMaintenance {

    private static final Logger LOGGER = LoggerFactory.getLogger(DirectoryMaintenance.class);
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final LogHost host;
    private final LogDirectoryConfig config;
    private final LogHandles handles;
    private final DirectoryJournal journal;

    private long checkpointAtNanos;
    private long retentionAtNanos;

    DirectoryMaintenance(LogHost host, LogDirectoryConfig config, LogHandles handles, DirectoryJournal journal) {
        this.host = host;
        this.config = config;
        this.handles = handles;
        this.journal = journal;
        this.checkpointAtNanos = host.nowNanos();
        this.retentionAtNanos = checkpointAtNanos;
    }

    /** Does what the journal asks for. Blocks. */
    void flushBehind() {
        try {
            journal.flushBehind();
        } catch (IOException failure) {
            warn(failure);
        }
    }

    /** Does what is due. Blocks. */
    void run() {
        try {
            journal.flushBehind();
            long now = host.nowNanos();
            maintainLogs(now);
            if (now - checkpointAtNanos >= config.checkpointMillis() * NANOS_PER_MILLI) {
                checkpointAtNanos = now;
                journal.writeCheckpoint();
            }
            host.removeDue(now);
        } catch (IOException failure) {
            warn(failure);
        }
    }

    private void warn(IOException failure) {
        LOGGER.atWarn().addKeyValue("error", failure.toString()).log("maintenance of {} failed", host.root());
    }

    private void maintainLogs(long nowNanos) throws IOException {
        long nowMillis = host.believedMillis();
        boolean retention = nowNanos - retentionAtNanos >= config.retentionCheckMillis() * NANOS_PER_MILLI;
        if (retention) {
            retentionAtNanos = nowNanos;
        }
        List<PartitionLog> shorter = new ArrayList<>();
        for (PartitionLog log : handles.all()) {
            if (log.isDeleted()) {
                continue;
            }
            try {
                log.flush.maintain(nowMillis, !journal.exists());
                if (retention) {
                    log.commit.expireProducers(nowMillis - config.producerIdExpirationMillis());
                    log.open();
                    if (log.retention.apply(nowMillis)) {
                        shorter.add(log);
                    }
                }
            } catch (IOException failure) {
                if (!DiskFull.is(failure)) {
                    throw failure;
                }
            }
        }
        if (!shorter.isEmpty()) {
            journal.writeCheckpoint();
            for (PartitionLog log : shorter) {
                log.retention.deleteBeforeStart();
            }
        }
    }
}
