package io.thalweg.log;

import io.thalweg.environment.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Which logs have a directory on the disk, and whether the names of those directories are durable. Any thread. */
final class LogNames {

    private final FileSystem files;
    private final Path root;
    private final Set<LogId> stored = ConcurrentHashMap.newKeySet();

    /**
     * Counts the logs created, and the start that found others; its monitor guards {@link #synced}, up to where their names are
     * durable.
     */
    private final AtomicLong changed = new AtomicLong();

    private long synced;

    LogNames(FileSystem files, Path root) {
        this.files = files;
        this.root = root;
    }

    /** Not a copy: it changes. */
    Set<LogId> stored() {
        return stored;
    }

    /** The directories that a start found; after a crash their names may not be durable. */
    void found(Collection<LogId> all) {
        stored.addAll(all);
        changed.incrementAndGet();
    }

    void created(LogId id) {
        changed.incrementAndGet();
        stored.add(id);
    }

    void removed(LogId id) {
        stored.remove(id);
    }

    /** Makes the names of all logs that were found or created by now durable; all who ask share one flush. Blocks. */
    void sync() throws IOException {
        long wanted = changed.get();
        synchronized (changed) {
            if (synced < wanted) {
                long covered = changed.get();
                files.syncDirectory(root);
                synced = covered;
            }
        }
    }
}
