package io.thalweg.log.journal;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.file.DiskFull;
import io.thalweg.log.tail.Staging;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Writes groups into a ring of preallocated files. */
public final class Journal implements AutoCloseable {

    private static final long FILE_BYTES_MAX = 64L << 20;
    private static final int FILES_MIN = 4;

    private final FileSystem files;
    private final Path directory;
    private final long fileBytes;
    private final int filesMax;
    private final ByteBuffer padding = ByteBuffer.allocateDirect(JournalFormat.PAGE_BYTES);

    // The writer's.
    private long nextSequence;
    private long ordinals;
    private @Nullable JournalFile current;

    // Guarded by this object's monitor.
    private final ArrayDeque<JournalFile> free = new ArrayDeque<>();
    private final ArrayDeque<JournalFile> full = new ArrayDeque<>();
    private int fileCount;
    private int nextNumber;

    /** The current file's ordinal, for those who flush. */
    private volatile long currentOrdinal;

    private volatile boolean halfFull;

    private Journal(FileSystem files, Path directory, long journalBytes, long nextSequence) {
        this.files = files;
        this.directory = directory;
        this.fileBytes = JournalFormat.pages(Math.min(FILE_BYTES_MAX, journalBytes / FILES_MIN));
        this.filesMax = (int) Math.max(FILES_MIN, journalBytes / fileBytes);
        this.nextSequence = nextSequence;
    }

    /**
     * Begins writing in {@code directory}. All that its files hold was replayed and is durable in segments.
     *
     * @param inOrder the files that are there, those to be reused first in front
     */
    public static Journal open(
            FileSystem files, Path directory, long journalBytes, long nextSequence, List<Path> inOrder)
            throws IOException {
        Journal journal = new Journal(files, directory, journalBytes, nextSequence);
        try {
            for (Path path : inOrder) {
                FileHandle handle = files.openForWrite(path);
                int number = JournalReplay.number(path);
                journal.free.add(new JournalFile(number, path, handle, handle.size()));
                journal.nextNumber = Math.max(journal.nextNumber, number + 1);
                journal.fileCount++;
            }
            // A file whose creation was cut short may be there and its name not durable, or be short.
            files.syncDirectory(directory);
            journal.begin(journal.nextFree());
            return journal;
        } catch (IOException failure) {
            journal.close();
            throw failure;
        }
    }

    /** What a caller does when no file is free: flush what the first of {@link #full()} holds, then {@link #free} it. */
    public interface Reclaimer {
        void reclaimOldest() throws IOException;
    }

    /** Bytes that a group should stay below. */
    public long groupBytesMax() {
        return Math.min(fileBytes / 2, 16 << 20);
    }

    /** The sequence of the next group. */
    public long nextSequence() {
        return nextSequence;
    }

    /** The sequence of the oldest group that may not be durable in segments. */
    public synchronized long floor() {
        JournalFile oldest = full.peek();
        return oldest == null ? current().firstSequence : oldest.firstSequence;
    }

    /** As {@link #floor}, once {@code file} and those that were filled before it are free. */
    public synchronized long floorBehind(JournalFile file) {
        for (JournalFile next : full) {
            if (next.ordinal > file.ordinal) {
                return next.firstSequence;
            }
        }
        return current().firstSequence;
    }

    /** What is written from now on lies in the file of this ordinal or a later one. */
    public long currentOrdinal() {
        return currentOrdinal;
    }

    /** The file that {@link #write} will use for a group of {@code bytes}. */
    public JournalFile place(int bytes, Reclaimer reclaimer) throws IOException {
        long needed = JournalFormat.pages(bytes);
        JournalFile file = current();
        if (file.position > 0 && file.size - file.position < needed) {
            JournalFile next;
            synchronized (this) {
                next = free.poll();
            }
            if (next == null) {
                next = createOrReclaim(reclaimer);
            }
            synchronized (this) {
                full.add(file);
            }
            begin(next);
            file = next;
        }
        if (file.size - file.position < needed) {
            file.handle.preallocate(file.position + needed);
            file.handle.force(true);
            file.size = file.position + needed;
        }
        return file;
    }

    private JournalFile current() {
        return Objects.requireNonNull(current, "journal is not open");
    }

    private JournalFile createOrReclaim(Reclaimer reclaimer) throws IOException {
        JournalFile created = createIfAllowed();
        if (created != null) {
            return created;
        }
        // The file being written is full but not yet in the list: at least one older one is there, since FILES_MIN > 1.
        reclaimer.reclaimOldest();
        synchronized (this) {
            JournalFile next = free.poll();
            if (next == null) {
                throw new IOException("no journal file could be reclaimed: directory=" + directory);
            }
            return next;
        }
    }

    private synchronized void begin(JournalFile file) {
        file.position = 0;
        file.ordinal = ++ordinals;
        file.firstSequence = nextSequence;
        current = file;
        currentOrdinal = file.ordinal;
        halfFull = false;
    }

    private JournalFile nextFree() throws IOException {
        JournalFile file;
        synchronized (this) {
            file = free.poll();
        }
        if (file != null) {
            return file;
        }
        JournalFile created = createIfAllowed();
        if (created == null) {
            throw new IOException("no space for the journal: directory=" + directory + "; free some and start again");
        }
        return created;
    }

    /** A new file, or null if there are enough or there is no space while others can be reclaimed. */
    private @Nullable JournalFile createIfAllowed() throws IOException {
        int number;
        synchronized (this) {
            if (fileCount >= filesMax) {
                return null;
            }
            fileCount++;
            number = nextNumber++;
        }
        Path path = directory.resolve(String.format("%08d%s", number, JournalFormat.SUFFIX));
        try {
            return create(number, path);
        } catch (IOException failure) {
            synchronized (this) {
                fileCount--;
                if (DiskFull.is(failure) && !full.isEmpty()) {
                    return null;
                }
            }
            throw failure;
        }
    }

    private JournalFile create(int number, Path path) throws IOException {
        FileHandle handle = files.openForWrite(path);
        try {
            handle.preallocate(fileBytes);
            handle.force(true);
            files.syncDirectory(directory);
            return new JournalFile(number, path, handle, fileBytes);
        } catch (IOException failure) {
            try {
                handle.close();
                files.delete(path);
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    /**
     * Writes the staged group into the file that {@link #place} gave and flushes it; durable when it returns.
     *
     * @throws FlushFailedException if the flush failed: nothing more may be written
     */
    public void write(Staging staging, int entryCount) throws IOException {
        ByteBuffer[] buffers = staging.group(1);
        int last = buffers.length - 1;
        int payload = -JournalFormat.GROUP_HEADER_BYTES;
        CRC32C crc = new CRC32C();
        for (int i = 0; i < last; i++) {
            ByteBuffer view = buffers[i].duplicate();
            payload += view.remaining();
            if (i == 0) {
                view.position(JournalFormat.GROUP_HEADER_BYTES);
            }
            crc.update(view);
        }
        JournalFormat.writeGroupHeader(
                staging.first().memory(), staging.headerAt(), nextSequence, payload, (int) crc.getValue(), entryCount);
        long bytes = (long) payload + JournalFormat.GROUP_HEADER_BYTES;
        long padded = JournalFormat.pages(bytes);
        buffers[last] = padding.duplicate().limit((int) (padded - bytes));
        JournalFile file = current();
        file.handle.write(buffers, file.position);
        try {
            file.handle.force(false);
        } catch (IOException failure) {
            throw new FlushFailedException(failure);
        }
        file.position += padded;
        nextSequence++;
        if (file.position > file.size / 2) {
            halfFull = true;
        }
    }

    /** A flush failed; what it should have made durable may be lost, and a later success would not bring it back. */
    public static final class FlushFailedException extends IOException {
        FlushFailedException(IOException cause) {
            super("flush failed: " + cause.getMessage(), cause);
        }
    }

    /** The files that are full and not yet freed, the one that was filled first in front. */
    public synchronized List<JournalFile> full() {
        return List.copyOf(full);
    }

    /** Whether the writer will soon need a file. */
    public synchronized boolean wantsReclaim() {
        return !full.isEmpty();
    }

    /** Lets the writer reuse {@code file}, which is the oldest full one. */
    public synchronized void free(JournalFile file) {
        if (full.peek() != file) {
            throw new IllegalStateException("journal files are freed in order: number=" + file.number);
        }
        full.remove();
        free.add(file);
    }

    /** Creates the next file ahead of the writer. */
    public void prepare() throws IOException {
        synchronized (this) {
            if (!halfFull || !free.isEmpty()) {
                return;
            }
        }
        JournalFile created = createIfAllowed();
        if (created != null) {
            synchronized (this) {
                free.add(created);
            }
        }
    }

    @Override
    public void close() throws IOException {
        List<JournalFile> all = new ArrayList<>();
        synchronized (this) {
            all.addAll(free);
            all.addAll(full);
            free.clear();
            full.clear();
        }
        if (current != null) {
            all.add(current);
        }
        for (JournalFile file : all) {
            file.handle.close();
        }
    }

    public synchronized void checkInvariants() {
        if (fileCount != free.size() + full.size() + 1) {
            throw new IllegalStateException(
                    "journal files: count=" + fileCount + " free=" + free.size() + " full=" + full.size());
        }
        long previous = 0;
        for (JournalFile file : full) {
            if (file.ordinal <= previous) {
                throw new IllegalStateException("full journal files out of order: ordinal=" + file.ordinal);
            }
            previous = file.ordinal;
        }
    }
}
