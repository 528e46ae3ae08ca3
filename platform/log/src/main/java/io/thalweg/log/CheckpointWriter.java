package io.thalweg.log;

import io.thalweg.log.checkpoint.DirectoryCheckpoint;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/** Writes what is known of all logs of a directory into its checkpoint. The caller holds the reclaim lock. */
final class CheckpointWriter {

    private final DirectoryFiles files;
    private final LogNames names;
    private final LogHandles handles;
    private final Uuid clusterId;
    private final int nodeId;

    CheckpointWriter(DirectoryFiles files, LogNames names, LogHandles handles, Uuid clusterId, int nodeId) {
        this.files = files;
        this.names = names;
        this.handles = handles;
        this.clusterId = clusterId;
        this.nodeId = nodeId;
    }

    /**
     * Durable when it returns; then the logs hear which start offset of theirs is. Blocks.
     *
     * @param clean everything is flushed and nothing will be written before the next start
     * @param journalFloor groups of the journal before this one are durable in segments
     */
    void write(boolean clean, long journalFloor) throws IOException {
        Set<LogId> stored = names.stored();
        Map<LogId, DirectoryCheckpoint.Entry> entries = new HashMap<>(2 * stored.size());
        for (LogId id : stored) {
            DirectoryCheckpoint.Entry entry = handles.checkpoint(id);
            if (entry != null) {
                entries.put(id, entry);
            }
        }
        files.writeCheckpoint(new DirectoryCheckpoint(clean, journalFloor, clusterId, nodeId, entries));
        entries.forEach((id, written) -> {
            PartitionLog log = handles.known(id);
            if (log != null) {
                log.retention.startIsDurable(written.logStartOffset());
            }
        });
    }
}
