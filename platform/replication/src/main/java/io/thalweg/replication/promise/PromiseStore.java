package io.thalweg.replication.promise;

import io.thalweg.environment.FileSystem;
import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The promises of all replicas of one log directory, in one file. All that is waiting shares one write and one flush.
 */
public final class PromiseStore {

    /** The file's name in the log directory. */
    public static final String FILE = "thalweg-promises";

    private PromiseStore() {}

    /**
     * Reads what was promised and flushes it again before anybody acts on it. Blocks. If the machine went down since, and the
     * logs were not flushed with every append, every replica is marked as untrusted, durably (safety rule 6).
     *
     * @param disk runs tasks that block; one at a time is asked of it
     * @param loop runs tasks on the replication loop
     * @throws PromisesDamaged if the file holds less than was made durable
     */
    public static PromiseStore open(FileSystem fileSystem, Path directory, Boot boot, Executor disk, Executor loop)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Whether there was no file: the directory is new, or its promises were lost with a disk. */
    public boolean created() {
        throw new UnsupportedOperationException();
    }

    /** Whether replicas lost their trust at this start, since the machine went down. */
    public boolean lostTrust() {
        throw new UnsupportedOperationException();
    }

    /** The state of a replica as it was last asked for, durable or on its way there; null if nothing is kept. */
    public @Nullable ReplicaState state(LogId id) {
        throw new UnsupportedOperationException();
    }

    /** Every replica of which something is kept. */
    public Map<LogId, ReplicaState> states() {
        throw new UnsupportedOperationException();
    }

    /** Keeps a replica's first state. Completes, like all that follow, when it is durable. */
    public Future<Void> put(LogId id, ReplicaState state) {
        throw new UnsupportedOperationException();
    }

    public Future<Void> promise(LogId id, EpochPromise promise) {
        throw new UnsupportedOperationException();
    }

    public Future<Void> trusted(LogId id, boolean trusted) {
        throw new UnsupportedOperationException();
    }

    /** Keeps nothing of a replica any more: it was deleted or moved away. */
    public Future<Void> forget(LogId id) {
        throw new UnsupportedOperationException();
    }

    /**
     * After what is waiting.
     *
     * @param logsFlushed whether everything in the logs is flushed, so that a machine that goes down from now on loses nothing
     */
    public Future<Void> close(boolean logsFlushed) {
        throw new UnsupportedOperationException();
    }
}
