package io.thalweg.log;

import io.thalweg.log.file.DiskFull;
import io.thalweg.log.journal.EntryKind;
import io.thalweg.log.journal.Journal;
import io.thalweg.log.journal.JournalFile;
import io.thalweg.log.journal.JournalFormat;
import io.thalweg.log.tail.Staging;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A directory's use of its journal: what is written into it, and which files of it may be used again because the logs
 * with data in them were flushed. In OS mode there is no journal, nothing is written, and nothing need be freed.
 */
final class DirectoryJournal implements AutoCloseable {

    private static final int GROUP_BYTES_MAX = 16 << 20;

    /**
     * A log with so much to flush is flushed before the journal file is full. Each group that is written meanwhile waits
     * for the disk, so it must not be much; with less, the flushes cost more than the bytes.
     */
    private static final int AHEAD_BYTES = 2 << 20;

    static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final LogHost host;
    private final DirectoryLocks locks;
    private final CheckpointWriter checkpoints;

    /** Guarded by the commit lock. */
    private final Staging staging;

    /** Set at the end of the start; null in OS mode. */
    private @Nullable Journal journal;

    /** For each journal file, by ordinal, the logs with data in it. */
    private final Map<Long, List<PartitionLog>> logsOfFile = new ConcurrentHashMap<>();

    /** Logs that are to be flushed ahead, each once. */
    private final Queue<PartitionLog> ahead = new ConcurrentLinkedQueue<>();

    DirectoryJournal(LogHost host, DirectoryLocks locks, CheckpointWriter checkpoints, Staging staging) {
        this.host = host;
        this.locks = locks;
        this.checkpoints = checkpoints;
        this.staging = staging;
    }

    /** Begins writing; see {@link Journal#open}. Blocks. */
    void open(Path directory, long journalBytes, long nextSequence, List<Path> inOrder) throws IOException {
        Journal opened = Journal.open(host.files(), directory, journalBytes, nextSequence, inOrder);
        journal = opened;
        host.journal(opened);
    }

    boolean exists() {
        return journal != null;
    }

    /** Bytes that a group should stay below. */
    long groupBytesMax() {
        return journal == null ? GROUP_BYTES_MAX : journal.groupBytesMax();
    }

    // ---- writing: the caller holds the commit lock

    /**
     * Finds room for the staged group, with entries of these logs. Blocks, if it must wait for room.
     *
     * @return false if there is no journal, and nothing to be written
     * @throws IOException if there is no room; the directory is offline unless space was all that was missing
     */
    boolean place(List<PartitionLog> touched) throws IOException {
        Journal to = journal;
        if (to == null) {
            return false;
        }
        try {
            JournalFile file = to.place(staging.groupBytes(), this::reclaimForWriter);
            for (int i = 0; i < touched.size(); i++) {
                mark(touched.get(i), file);
            }
            return true;
        } catch (IOException failure) {
            throw failed(failure);
        }
    }

    /**
     * Writes the staged group, which {@link #place} has found room for; durable when it returns. Blocks.
     *
     * @throws IOException if it was not written; the directory is offline unless space was all that was missing
     */
    void writeGroup(int entryCount) throws IOException {
        Journal to = Objects.requireNonNull(journal, "no place was found");
        try {
            to.write(staging, entryCount);
        } catch (IOException failure) {
            throw failed(failure);
        }
    }

    /** Notes that {@code file} holds data of {@code log}. */
    private void mark(PartitionLog log, JournalFile file) {
        if (!log.commit.hasStaged()) {
            return;
        }
        if (log.commit.journalOrdinal != file.ordinal()) {
            log.commit.journalOrdinal = file.ordinal();
            logsOfFile
                    .computeIfAbsent(file.ordinal(), ordinal -> new ArrayList<>())
                    .add(log);
        }
        if (log.flush.unflushedBytes() >= AHEAD_BYTES && log.flush.queue()) {
            ahead.add(log);
        }
    }

    /** Whether {@link #flushBehind} has something to do at once. Any thread. */
    boolean wantsFlush() {
        return !ahead.isEmpty() || (journal != null && journal.wantsReclaim());
    }

    /** Writes one entry that is no append; durable when it returns. Blocks. */
    void writeEntry(PartitionLog log, EntryKind kind, long offset, ByteBuffer bytes) throws IOException {
        writeEntries(1, () -> stage(log, kind, offset, bytes));
    }

    /** Writes an entry of each truncation, all or none; durable when it returns. Blocks. */
    void writeTruncations(List<Truncation> group, EntryKind kind) throws IOException {
        writeEntries(group.size(), () -> group.forEach(one -> stage(one.log(), kind, one.offset(), NOTHING)));
    }

    private void writeEntries(int count, Runnable stage) throws IOException {
        Journal to = journal;
        if (to == null) {
            return;
        }
        host.health().checkOnline();
        staging.begin(JournalFormat.GROUP_HEADER_BYTES);
        try {
            stage.run();
            to.place(staging.groupBytes(), this::reclaimForWriter);
            to.write(staging, count);
        } catch (IOException failure) {
            throw failed(failure);
        } finally {
            staging.abandon();
            staging.end();
        }
    }

    private void stage(PartitionLog log, EntryKind kind, long offset, ByteBuffer bytes) {
        int at = staging.reserve(JournalFormat.ENTRY_HEADER_BYTES + bytes.limit());
        ByteBuffer memory = staging.current().memory();
        JournalFormat.writeEntryHeader(memory, at, log.id(), kind, offset, bytes.limit());
        memory.put(at + JournalFormat.ENTRY_HEADER_BYTES, bytes, 0, bytes.limit());
    }

    private IOException failed(IOException failure) {
        if (!DiskFull.is(failure) || failure instanceof Journal.FlushFailedException) {
            host.health().offline("journal cannot be written", failure);
        }
        return failure;
    }

    // ---- freeing files: the caller holds the reclaim lock

    /** The writer found no free file: it flushes the oldest one's logs itself. */
    private void reclaimForWriter() throws IOException {
        locks.reclaim().lock();
        try {
            reclaim(false);
        } finally {
            locks.reclaim().unlock();
        }
    }

    /**
     * Flushes what the full files hold, frees them, creates the next one ahead of the writer, and flushes logs ahead.
     * Blocks.
     */
    void flushBehind() throws IOException {
        Journal own = journal;
        if (own != null) {
            reclaim(true);
            own.prepare();
            flushAhead(own);
        }
    }

    /**
     * Flushes logs that have much to flush, so that little is left when the journal file is full: all at once would keep
     * the disk busy, and every append waiting, for a tenth of a second.
     */
    private void flushAhead(Journal own) throws IOException {
        while (!own.wantsReclaim()) {
            PartitionLog log = ahead.poll();
            if (log == null) {
                return;
            }
            log.flush.unqueue();
            if (log.flush.unflushedBytes() >= AHEAD_BYTES && !log.isDeleted()) {
                log.flush.flush();
            }
        }
    }

    /**
     * Flushes what full files hold and frees them, with one checkpoint for all: it names every log of the directory.
     *
     * @param all and not only the oldest and those that need no flush
     */
    private void reclaim(boolean all) throws IOException {
        Journal from = journal;
        if (from == null) {
            return;
        }
        List<JournalFile> flushed = new ArrayList<>();
        IOException failure = null;
        for (JournalFile file : from.full()) {
            if (!all && !flushed.isEmpty() && !isFlushed(file)) {
                break;
            }
            try {
                flush(file);
                flushed.add(file);
            } catch (IOException unflushed) {
                // Those before it are free all the same.
                failure = unflushed;
                break;
            }
        }
        if (!flushed.isEmpty()) {
            checkpoints.write(false, from.floorBehind(flushed.get(flushed.size() - 1)));
            for (JournalFile file : flushed) {
                logsOfFile.remove(file.ordinal());
                from.free(file);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private boolean isFlushed(JournalFile file) {
        for (PartitionLog log : logsOfFile.getOrDefault(file.ordinal(), List.of())) {
            if (log.flush.flushedOrdinal() <= file.ordinal() && !log.isDeleted()) {
                return false;
            }
        }
        return true;
    }

    /** Flushes the logs with data in {@code file} that were not flushed since it was filled. */
    private void flush(JournalFile file) throws IOException {
        for (PartitionLog log : logsOfFile.getOrDefault(file.ordinal(), List.of())) {
            if (log.flush.flushedOrdinal() > file.ordinal() || log.isDeleted()) {
                continue;
            }
            log.flush.flush();
            if (log.flush.flushedOrdinal() <= file.ordinal()) {
                throw new IOException("No space left: log=" + log.id() + " waits for it");
            }
        }
    }

    /** Writes a checkpoint that voids nothing of what the journal holds of files in use. Blocks. */
    void writeCheckpoint() throws IOException {
        checkpoints.write(false, journal == null ? 1 : journal.floor());
    }

    /** Writes the checkpoint that says that everything is flushed. Blocks. */
    void writeCleanCheckpoint() throws IOException {
        checkpoints.write(true, journal == null ? 1 : journal.nextSequence());
    }

    @Override
    public void close() throws IOException {
        if (journal != null) {
            journal.close();
        }
    }

    void checkInvariants() {
        if (journal != null) {
            journal.checkInvariants();
        }
    }
}
