package io.thalweg.log;

import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.journal.EntryKind;
import io.thalweg.log.recovery.RestartPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What changes a log and is no append: it is announced in the journal, carried out, and told to the checkpoint, while
 * nothing is appended. Each method blocks and takes the directory's locks and the log's file lock.
 */
final class LogChanges {

    private final LogHost host;
    private final DirectoryLocks locks;
    private final DirectoryFiles directoryFiles;
    private final LogHandles handles;
    private final DirectoryJournal journal;
    private final GroupCommit commits;
    private final LogCompactor compactor;

    LogChanges(
            LogHost host,
            DirectoryLocks locks,
            DirectoryFiles directoryFiles,
            LogHandles handles,
            DirectoryJournal journal,
            GroupCommit commits,
            LogCompactor compactor) {
        this.host = host;
        this.locks = locks;
        this.directoryFiles = directoryFiles;
        this.handles = handles;
        this.journal = journal;
        this.commits = commits;
        this.compactor = compactor;
    }

    /** Something about a log that is asked while nothing is appended. */
    interface Condition {
        boolean holds();
    }

    /** Writes an entry durably if {@code condition} holds. Takes the commit lock only. */
    void journaled(PartitionLog log, EntryKind kind, long offset, Condition condition) throws IOException {
        locks.commit().lock();
        try {
            if (condition.holds()) {
                journal.writeEntry(log, kind, offset, DirectoryJournal.NOTHING);
            }
        } finally {
            locks.commit().unlock();
        }
    }

    /**
     * Announces the truncations, makes sure that no checkpoint claims more, cuts the files, and says that it is done.
     * Nothing is appended in between, so that replaying the announcements alone cuts nothing else. One checkpoint for all:
     * it names every log of the directory. The cuts are flushed together: until all are durable the announcements hold.
     *
     * @param group of different logs, which are open
     * @throws ThalwegException OFFSET_OUT_OF_RANGE of any; all are unchanged
     */
    void truncate(List<Truncation> group) throws IOException {
        List<PartitionLog> logs = group.stream().map(Truncation::log).toList();
        locks.lockAll(logs);
        try {
            group.forEach(one -> one.log().cut.check(one.offset()));
            List<Truncation> needed = group.stream()
                    .filter(one -> one.log().cut.isNeeded(one.offset()))
                    .toList();
            if (needed.isEmpty()) {
                return;
            }
            journal.writeTruncations(needed, EntryKind.TRUNCATE);
            for (Truncation one : needed) {
                one.log().cut.expect(one.offset());
            }
            journal.writeCheckpoint();
            for (Truncation one : needed) {
                one.log().cut.cut(one.offset());
                compactor.onTruncated(one.log().id(), one.offset());
                commits.forget(one.log());
            }
            SharedFlushes.flush(
                    needed.stream().map(Truncation::log).toList(), "logs were cut off", log -> log.flush.force());
            journal.writeTruncations(needed, EntryKind.TRUNCATED);
        } catch (IOException failure) {
            host.health()
                    .offline("logs cannot be truncated: first=" + logs.get(0).id() + " count=" + logs.size(), failure);
            throw failure;
        } finally {
            locks.unlockAll(logs);
        }
    }

    /**
     * Announces the new beginning, deletes the files, lets the checkpoint know, and says that it is done. Nothing is
     * appended in between. From the announcement on what the journal held before is void, and a start after a crash does
     * it all again.
     */
    void restart(PartitionLog log, RestartPoint point) throws IOException {
        locks.lockAll(log);
        try {
            log.checkNotDeleted();
            if (journal.exists()) {
                journal.writeEntry(log, EntryKind.RESTART, point.start().offset(), point.encode());
            } else {
                log.cut.announceRestart(point);
            }
            log.cut.restart(point);
            compactor.onRestarted(log.id());
            commits.forget(log);
            journal.writeCheckpoint();
            if (journal.exists()) {
                journal.writeEntry(log, EntryKind.RESTARTED, point.start().offset(), DirectoryJournal.NOTHING);
            } else {
                log.cut.forgetAnnouncedRestart();
            }
        } catch (IOException failure) {
            host.health().offline("log cannot begin anew: log=" + log.id(), failure);
            throw failure;
        } finally {
            locks.unlockAll(log);
        }
    }

    /** Deletes the log for good; its files go in the background. Durable when it returns. */
    void delete(PartitionLog log) throws IOException {
        locks.lockAll(log);
        try {
            if (log.isDeleted()) {
                return;
            }
            journal.writeEntry(log, EntryKind.DELETE, 0, DirectoryJournal.NOTHING);
            commits.forget(log);
            compactor.onDeleted(log.id());
            Path hidden = takeAway(log);
            if (hidden != null) {
                host.removeLater(hidden, log.config().fileDeleteDelayMillis(), null);
            }
        } finally {
            locks.unlockAll(log);
        }
    }

    /** The journal says that the log was deleted: nobody can be reading its files. For the start. */
    void replayDeletion(PartitionLog log) throws IOException {
        Path hidden = takeAway(log);
        if (hidden != null) {
            directoryFiles.removeTree(hidden);
        }
    }

    private @Nullable Path takeAway(PartitionLog log) throws IOException {
        log.cut.markDeleted();
        handles.forget(log.id());
        return directoryFiles.hide(log.id());
    }
}
