package io.thalweg.log;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The locks of a log directory, to be taken in this order and before any lock of a log.
 *
 * @param commit held by whoever writes the journal or assigns offsets: the writer, truncation, restart, deletion
 * @param reclaim held by whoever frees journal files or writes the checkpoint
 */
record DirectoryLocks(ReentrantLock commit, ReentrantLock reclaim) {

    DirectoryLocks() {
        this(new ReentrantLock(), new ReentrantLock());
    }

    /** Takes both locks and the file lock of {@code log}: nothing is appended, flushed, cut or checkpointed meanwhile. */
    void lockAll(PartitionLog log) {
        lockAll(List.of(log));
    }

    void unlockAll(PartitionLog log) {
        unlockAll(List.of(log));
    }

    /** The same for several logs: whoever has both locks is the only one that takes more than one file lock. */
    void lockAll(List<PartitionLog> logs) {
        commit.lock();
        reclaim.lock();
        logs.forEach(PartitionLog::lockFiles);
    }

    void unlockAll(List<PartitionLog> logs) {
        logs.forEach(PartitionLog::unlockFiles);
        reclaim.unlock();
        commit.unlock();
    }
}
