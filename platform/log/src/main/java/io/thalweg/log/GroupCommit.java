package io.thalweg.log;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.file.DiskFull;
import io.thalweg.log.journal.JournalFormat;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.tail.Staging;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits appends to many logs as one group: staged in memory, shown to who replicates them, written into the journal and flushed
 * there at once, then written into each log's segments. Everything here is guarded by the commit lock.
 */
final class GroupCommit {

    private static final Logger LOGGER = LoggerFactory.getLogger(GroupCommit.class);
    private static final long DRAIN_RETRY_NANOS = 100_000_000L;

    private final LogHost host;
    private final DirectoryLocks locks;
    private final DirectoryJournal journal;
    private final Staging staging;

    /** The logs of the group in hand. */
    private final List<PartitionLog> touched = new ArrayList<>();

    /** Logs with batches that wait in memory for space on the disk. */
    private final Set<PartitionLog> stalled = new HashSet<>();

    private long drainNotBeforeNanos;

    /** Read from any thread. */
    private volatile boolean full;

    /** Whether groups are on their way to the disk, and how much was done of them: who watches sees whether it answers. */
    private volatile boolean appending;

    private volatile long steps;

    /** Set from any thread. */
    private volatile Runnable flushWanted = () -> {};

    GroupCommit(LogHost host, DirectoryLocks locks, DirectoryJournal journal, Staging staging) {
        this.host = host;
        this.locks = locks;
        this.journal = journal;
        this.staging = staging;
        this.drainNotBeforeNanos = host.nowNanos();
    }

    /** See {@link LogDirectory#onFlushWanted}. */
    void onFlushWanted(Runnable task) {
        flushWanted = task;
    }

    /** See {@link LogDirectory#append}. */
    void append(List<Append> appends) {
        locks.commit().lock();
        appending = true;
        try {
            long bytesMax = journal.groupBytesMax();
            long bytes = 0;
            int from = 0;
            for (int i = 0; i < appends.size(); i++) {
                int next = appends.get(i).batches.sizeInBytes();
                if (i > from && bytes + next > bytesMax) {
                    commit(appends, from, i);
                    from = i;
                    bytes = 0;
                }
                bytes += next;
            }
            if (from < appends.size()) {
                commit(appends, from, appends.size());
            }
        } finally {
            appending = false;
            locks.commit().unlock();
        }
    }

    private void commit(List<Append> appends, int from, int to) {
        join(appends, from, to);
        if (touched.isEmpty()) {
            return;
        }
        long now = host.nowMillis();
        staging.begin(JournalFormat.GROUP_HEADER_BYTES);
        int entries = 0;
        for (int i = 0; i < touched.size(); i++) {
            entries += stage(touched.get(i), now);
        }
        if (entries == 0) {
            staging.abandon();
            touched.forEach(log -> log.commit.endGroup());
            return;
        }
        if (!writeJournal(entries)) {
            staging.abandon();
            return;
        }
        for (int i = 0; i < touched.size(); i++) {
            commit(touched.get(i));
        }
        staging.end();
    }

    /** Refuses what cannot be taken now and gathers the logs of the rest. */
    private void join(List<Append> appends, int from, int to) {
        String refusal = refusal();
        // With no space left the journal, which has its space, still takes what the platform itself writes: else nobody
        // could delete a topic to make room. It is bounded by the journal, which is not freed meanwhile.
        boolean internalOnly = refusal != null && !host.health().offline() && journal.exists();
        touched.clear();
        for (int i = from; i < to; i++) {
            Append append = appends.get(i);
            boolean internal = append.origin == AppendOrigin.COORDINATOR || append.log.takesWhenFull();
            if (refusal != null && !(internalOnly && internal)) {
                append.failed(ErrorCode.KAFKA_STORAGE_ERROR, refusal);
            } else if (append.log.commit.join(append)) {
                touched.add(append.log);
            }
        }
    }

    /** Stages one log's appends; a defect there is that log's failure and nobody else's. */
    private int stage(PartitionLog log, long nowMillis) {
        step();
        try {
            return log.commit.stage(staging, nowMillis);
        } catch (RuntimeException defect) {
            LOGGER.atError().addKeyValue("partition", log.id()).setCause(defect).log("append failed");
            log.commit.failGroup(ErrorCode.UNKNOWN_SERVER_ERROR, "append failed: log=" + log.id() + ": " + defect);
            return 0;
        }
    }

    private boolean writeJournal(int entries) {
        try {
            if (journal.place(touched)) {
                for (int i = 0; i < touched.size(); i++) {
                    touched.get(i).commit.show();
                }
                journal.writeGroup(entries);
            }
            step();
            if (journal.wantsFlush()) {
                flushWanted.run();
            }
            full = !stalled.isEmpty();
            return true;
        } catch (IOException failure) {
            full |= DiskFull.is(failure);
            String message = "journal cannot be written: directory=" + host.root() + ": " + failure.getMessage();
            for (int i = 0; i < touched.size(); i++) {
                touched.get(i).commit.failGroup(ErrorCode.KAFKA_STORAGE_ERROR, message);
            }
            return false;
        }
    }

    private void commit(PartitionLog log) {
        step();
        if (!log.commit.hasStaged()) {
            log.commit.endGroup();
            return;
        }
        boolean journaled = journal.exists();
        try {
            log.commit.commit(journaled);
        } catch (IOException failure) {
            if (journaled) {
                stalled.add(log);
                drainNotBeforeNanos = host.nowNanos() + DRAIN_RETRY_NANOS;
            }
            if (DiskFull.is(failure)) {
                full = true;
                LOGGER.atWarn()
                        .addKeyValue("partition", log.id())
                        .addKeyValue("error", failure.getMessage())
                        .log("no space for segments; appends are refused until there is");
            } else {
                host.health().offline("segment cannot be written: log=" + log.id(), failure);
            }
        }
    }

    // ---- a full disk

    /** Why nothing can be appended now, null if it can. Tries to write what waits for space first. */
    private @Nullable String refusal() {
        String offline = host.health().refusal();
        if (offline != null || stalled.isEmpty()) {
            return offline;
        }
        long now = host.nowNanos();
        if (now - drainNotBeforeNanos >= 0) {
            drainNotBeforeNanos = now + DRAIN_RETRY_NANOS;
            drain();
        }
        return stalled.isEmpty() ? null : "no space left: directory=" + host.root() + "; free some and retry";
    }

    /** Writes what waits for space, as far as there is some. */
    void drain() {
        for (PartitionLog log : List.copyOf(stalled)) {
            try {
                log.commit.drain();
                stalled.remove(log);
            } catch (IOException failure) {
                if (!DiskFull.is(failure)) {
                    host.health().offline("segment cannot be written: log=" + log.id(), failure);
                }
                return;
            }
        }
        full = false;
    }

    /** Whether the last attempt to append found no space. Any thread. */
    boolean full() {
        return full;
    }

    /** Whether appends are under way. Any thread. */
    boolean appending() {
        return appending;
    }

    /** One more with each thing that is done for them. Any thread. */
    long steps() {
        return steps;
    }

    /** Whoever has the commit lock counts. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void step() {
        steps++;
    }

    /** Whether batches wait for space. */
    boolean stalled() {
        return !stalled.isEmpty();
    }

    /** Nothing of the log waits for space any more. */
    void forget(PartitionLog log) {
        stalled.remove(log);
    }
}
