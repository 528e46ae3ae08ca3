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

    /** Counts the logs created; its monitor guards {@link #synced}, up to where their names are durable. */
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

    /** The directories that a start found. */
    void found(Collection<LogId> all) {
        stored.addAll(all);
    }

    void created(LogId id) {
        changed.incrementAndGet();
        stored.add(id);
    }

    void removed(LogId id) {
        stored.remove(id);
    }

    /**
     * Makes the names of all logs that were created by now durable; those who ask at once share one flush. Blocks.
     *
     * @param always even if none was created since the last time
     */
    void sync(boolean always) throws IOException {
        long wanted = changed.get();
        synchronized (changed) {
            if (synced < wanted || always) {
                long covered = changed.get();
                files.syncDirectory(root);
                synced = covered;
            }
        }
    }
}
