package io.thalweg.log;

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
        commit.lock();
        reclaim.lock();
        log.lockFiles();
    }

    void unlockAll(PartitionLog log) {
        log.unlockFiles();
        reclaim.unlock();
        commit.unlock();
    }
}
