package io.thalweg.log;

import io.thalweg.environment.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/** The logs of one directory: opened, appended to in groups, maintained and closed together. */
public final class LogDirectory implements AutoCloseable {

    private LogDirectory() {}

    /**
     * Locks the directory, creating it if it is absent, and replays its journal. Blocks.
     *
     * @throws IOException if it is locked, belongs to another cluster or node, or is of a newer format; nothing was
     *     written then
     */
    public static LogDirectory open(Environment environment, Path root, LogDirectoryConfig config) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }

    /** The cluster that the directory belongs to. */
    public Uuid clusterId() {
        throw new UnsupportedOperationException("not yet");
    }

    /** The partitions that exist on this disk. */
    public Set<LogId> stored() {
        throw new UnsupportedOperationException("not yet");
    }

    /** The log of {@code id}; touches no disk until it is used. The same instance for the same id. */
    public PartitionLog log(LogId id, LogConfig config) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Deletes a log for good; its files go in the background. Durable when it returns. Blocks. */
    public void delete(LogId id) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Commits a group: one journal write and one flush in FSYNC mode, then the segments. Sets the outcome of every
     * append and never throws for one append's sake. Order in the list is order in each log. The writer thread only;
     * blocks.
     */
    public void append(List<Append> group) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Whether an input or output error took the directory offline; restart the node after mending the disk. */
    public boolean offline() {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Calls {@code task} on the writer thread whenever the journal wants {@link #maintain()} soon, so that appends need
     * not wait for the disk; the task hands over to a background worker and returns at once.
     */
    public void onMaintenanceWanted(Runnable task) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Flushes segments behind the journal, closes segments by age, applies retention, writes checkpoints. One
     * background worker calls it about every second and when {@link #onMaintenanceWanted} asks. Blocks.
     */
    public void maintain() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Flushes everything and leaves the mark of a clean shutdown. Appends and reads must have ended. Blocks. */
    @Override
    public void close() throws IOException {
        throw new UnsupportedOperationException("not yet");
    }
}
