package io.thalweg.log;

import io.thalweg.log.checkpoint.DirectoryCheckpoint;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The logs of a directory that somebody asked for, and what the last checkpoint said of the others. Any thread. */
final class LogHandles {

    private final LogDirectory directory;
    private final LogHost host;

    /** Of logs that were not used since the start. */
    private final Map<LogId, DirectoryCheckpoint.Entry> checkpointed;

    private final Map<LogId, PartitionLog> logs = new ConcurrentHashMap<>();

    LogHandles(LogDirectory directory, LogHost host, @Nullable DirectoryCheckpoint checkpoint) {
        this.directory = directory;
        this.host = host;
        this.checkpointed = new ConcurrentHashMap<>(checkpoint == null ? Map.of() : checkpoint.logs());
    }

    /** The log of {@code id}, the same instance each time until it is deleted; touches no disk. */
    PartitionLog log(LogId id) {
        return logs.computeIfAbsent(
                id,
                absent -> new PartitionLog(
                        directory,
                        host,
                        absent,
                        LogConfig.defaults(),
                        host.names().stored().contains(absent),
                        checkpointed.get(absent)));
    }

    /** The log if somebody asked for it. */
    @Nullable
    PartitionLog known(LogId id) {
        return logs.get(id);
    }

    /** Those that somebody asked for; not a copy. */
    Collection<PartitionLog> all() {
        return logs.values();
    }

    /** What a checkpoint says of a log now; null if nothing is known. */
    DirectoryCheckpoint.@Nullable Entry checkpoint(LogId id) {
        PartitionLog log = logs.get(id);
        return log != null && log.isKnown() ? log.checkpoint() : checkpointed.get(id);
    }

    /** The log was deleted. */
    void forget(LogId id) {
        logs.remove(id);
        host.names().removed(id);
        checkpointed.remove(id);
    }
}
