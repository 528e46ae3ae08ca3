package io.thalweg.testkit;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.testkit.MemoryNode.Directory;
import io.thalweg.testkit.MemoryNode.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that fails like a real one. It keeps apart what processes see and what would be found after a power
 * cut: bytes become durable by {@link FileHandle#force} on their file, and creations, renames and deletions by
 * {@link FileSystem#syncDirectory} on their directory. Nothing else makes anything durable; forcing a new file does not
 * keep its name.
 *
 * <p>Faults: {@link #crash} (power cut), {@link #killProcess}, {@link #powerOffAfter} (a power cut at a chosen
 * operation), {@link #failNextForce}, {@link #failNextWrite}, {@link #failReads}, {@link #setCapacity} (full disk),
 * {@link #flipBit}. After a crash or a kill, handles of the time before throw on every use.
 */
public final class InMemoryFileSystem implements FileSystem {

    /** Changes of directory entries that stand or fall together. */
    private record Change(List<Edit> edits) {}

    /** @param node null removes the name */
    private record Edit(
            Directory directory, String name, @Nullable MemoryNode node) {}

    private final Directory root = new Directory();
    private final List<Change> unsynced = new ArrayList<>();
    private final Map<Path, Object> locks = new HashMap<>();
    private final Set<Path> unreadable = new HashSet<>();
    private long generation;
    private long capacityBytes = Long.MAX_VALUE;
    private long operationsLeft = Long.MAX_VALUE;
    private int forcesToFail;
    private int writesToFail;
    private long forces;
    private long directorySyncs;
    private long writes;
    private long bytesWritten;

    /** An empty disk. */
    public InMemoryFileSystem() {}

    /** A disk on which {@code directory} and its parents exist durably. */
    public static InMemoryFileSystem with(Path directory) {
        InMemoryFileSystem fileSystem = new InMemoryFileSystem();
        try {
            fileSystem.createDirectories(directory);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        fileSystem.syncAll();
        return fileSystem;
    }

    // Faults

    /**
     * The power goes and comes back. Of what was not forced, a random part survives: pages, torn pages, directory
     * changes (as a prefix, like a journaling file system, or as any subset). How much is random too, from nothing to
     * all of it.
     */
    public synchronized void crash(long seed) {
        Random random = new Random(seed);
        double keep = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 1;
            default -> random.nextDouble();
        };
        boolean prefix = random.nextBoolean();
        for (Change change : unsynced) {
            if (random.nextDouble() < keep) {
                applyDurably(change);
            } else if (prefix) {
                break;
            }
        }
        unsynced.clear();
        crash(root, random, keep);
        endProcess();
    }

    /** The process ends, the machine stays up: every write survives, every handle and lock is gone. */
    public synchronized void killProcess() {
        endProcess();
    }

    /**
     * After {@code operations} more writes, forces, truncations and changes of directories, every operation fails until
     * {@link #crash} or {@link #killProcess} is called: the way to cut the power at each point in turn.
     */
    public synchronized void powerOffAfter(long operations) {
        operationsLeft = operations;
    }

    /** Whether {@link #powerOffAfter} has struck. */
    public synchronized boolean poweredOff() {
        return operationsLeft <= 0;
    }

    /** The next force fails, and what it would have made durable is lost at a power cut even if a later force succeeds. */
    public synchronized void failNextForce() {
        forcesToFail++;
    }

    /** The next write fails with an I/O error after about half of its bytes. */
    public synchronized void failNextWrite() {
        writesToFail++;
    }

    /** Every read of {@code file} fails from now on, as from a bad sector. */
    public synchronized void failReads(Path file) {
        unreadable.add(file.normalize());
    }

    /** Files may take {@code bytes} in all; a write beyond writes what fits and fails as on a full disk. */
    public synchronized void setCapacity(long bytes) {
        capacityBytes = bytes;
    }

    /** Flips a bit, counted from the start of the file, where processes see it and where it is durable. */
    public synchronized void flipBit(Path file, long bit) throws IOException {
        file(file).content.flipBit(bit);
    }

    /** Makes everything durable, as a machine does that is left alone for long enough. */
    public synchronized void syncAll() {
        unsynced.forEach(InMemoryFileSystem::applyDurably);
        unsynced.clear();
        force(root);
    }

    // Counters

    /** Of files. */
    public synchronized long forces() {
        return forces;
    }

    public synchronized long directorySyncs() {
        return directorySyncs;
    }

    public synchronized long writes() {
        return writes;
    }

    public synchronized long bytesWritten() {
        return bytesWritten;
    }

    /** Bytes that all files take. */
    public synchronized long usedBytes() {
        return usedBytes(root);
    }

    // FileSystem

    @Override
    public synchronized FileHandle openForRead(Path file) throws IOException {
        checkPower();
        return new Handle(file.normalize(), file(file), generation, false);
    }

    @Override
    public synchronized FileHandle openForWrite(Path file) throws IOException {
        checkPower();
        Directory parent = parent(file);
        String name = name(file);
        MemoryNode node = parent.entries.get(name);
        if (node == null) {
            countOperation();
            node = new File();
            change(new Edit(parent, name, node));
        }
        if (!(node instanceof File found)) {
            throw new IOException("is a directory: " + file);
        }
        return new Handle(file.normalize(), found, generation, true);
    }

    @Override
    public synchronized boolean exists(Path path) throws IOException {
        checkPower();
        return find(path) != null;
    }

    @Override
    public synchronized long size(Path file) throws IOException {
        checkPower();
        return file(file).content.size();
    }

    @Override
    public synchronized List<String> list(Path directory) throws IOException {
        checkPower();
        return List.copyOf(directory(directory).entries.keySet());
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        checkPower();
        Directory at = root;
        for (Path name : directory.normalize()) {
            MemoryNode next = at.entries.get(name.toString());
            if (next == null) {
                countOperation();
                next = new Directory();
                change(new Edit(at, name.toString(), next));
            }
            if (!(next instanceof Directory found)) {
                throw new IOException("is a file: " + name + " in " + directory);
            }
            at = found;
        }
    }

    @Override
    public synchronized void rename(Path source, Path target) throws IOException {
        countOperation();
        MemoryNode moved = find(source);
        if (moved == null) {
            throw new NoSuchFileException(source.toString());
        }
        if (find(target) instanceof Directory replaced && !replaced.entries.isEmpty()) {
            throw new DirectoryNotEmptyException(target.toString());
        }
        if (!source.normalize().equals(target.normalize())) {
            change(new Edit(parent(source), name(source), null), new Edit(parent(target), name(target), moved));
        }
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        countOperation();
        MemoryNode deleted = find(path);
        if (deleted == null) {
            return;
        }
        if (deleted instanceof Directory directory && !directory.entries.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        change(new Edit(parent(path), name(path), null));
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        countOperation();
        directorySyncs++;
        Directory synced = directory(directory);
        for (Iterator<Change> changes = unsynced.iterator(); changes.hasNext(); ) {
            Change change = changes.next();
            if (change.edits.stream().anyMatch(edit -> edit.directory == synced)) {
                applyDurably(change);
                changes.remove();
            }
        }
    }

    @Override
    public synchronized long usableBytes(Path path) {
        return Math.max(0, capacityBytes - usedBytes(root));
    }

    @Override
    public synchronized AutoCloseable lock(Path file) throws IOException {
        openForWrite(file).close();
        Object holder = new Object();
        Path key = file.normalize();
        if (locks.putIfAbsent(key, holder) != null) {
            throw new IOException(
                    "lock is held by another process: file=" + file + "; stop that process or use another directory");
        }
        return () -> unlock(key, holder);
    }

    private synchronized void unlock(Path key, Object holder) {
        locks.remove(key, holder);
    }

    // The tree

    private void change(Edit... edits) {
        for (Edit edit : edits) {
            apply(edit.directory.entries, edit);
        }
        unsynced.add(new Change(List.of(edits)));
    }

    private static void applyDurably(Change change) {
        change.edits.forEach(edit -> apply(edit.directory.durable, edit));
    }

    private static void apply(Map<String, MemoryNode> entries, Edit edit) {
        if (edit.node == null) {
            entries.remove(edit.name);
        } else {
            entries.put(edit.name, edit.node);
        }
    }

    private static void crash(Directory directory, Random random, double keep) {
        directory.entries.clear();
        directory.entries.putAll(directory.durable);
        for (MemoryNode node : directory.entries.values()) {
            if (node instanceof Directory below) {
                crash(below, random, keep);
            } else if (node instanceof File file) {
                file.content.crash(random, keep);
            }
        }
    }

    private static void force(Directory directory) {
        for (MemoryNode node : directory.entries.values()) {
            if (node instanceof Directory below) {
                force(below);
            } else if (node instanceof File file) {
                file.content.force();
            }
        }
    }

    private static long usedBytes(Directory directory) {
        long used = 0;
        for (MemoryNode node : directory.entries.values()) {
            if (node instanceof Directory below) {
                used += usedBytes(below);
            } else if (node instanceof File file) {
                used += file.content.size();
            }
        }
        return used;
    }

    private void endProcess() {
        generation++;
        locks.clear();
        operationsLeft = Long.MAX_VALUE;
        forcesToFail = 0;
        writesToFail = 0;
    }

    private @Nullable MemoryNode find(Path path) {
        MemoryNode at = root;
        for (Path name : path.normalize()) {
            MemoryNode next = at instanceof Directory directory ? directory.entries.get(name.toString()) : null;
            if (next == null) {
                return null;
            }
            at = next;
        }
        return at;
    }

    private Directory directory(Path path) throws IOException {
        if (find(path) instanceof Directory directory) {
            return directory;
        }
        throw new NoSuchFileException(path.toString());
    }

    private Directory parent(Path path) throws IOException {
        Path parent = path.normalize().getParent();
        return parent == null ? root : directory(parent);
    }

    private static String name(Path path) {
        Path name = path.normalize().getFileName();
        if (name == null) {
            throw new IllegalArgumentException("has no name: " + path);
        }
        return name.toString();
    }

    private File file(Path path) throws IOException {
        if (find(path) instanceof File file) {
            return file;
        }
        throw new NoSuchFileException(path.toString());
    }

    private void checkPower() throws IOException {
        if (operationsLeft <= 0) {
            throw new IOException("Input/output error: the power is off");
        }
    }

    private void countOperation() throws IOException {
        checkPower();
        if (operationsLeft != Long.MAX_VALUE) {
            operationsLeft--;
        }
    }

    /** An open file; outlives its name as on a real system. */
    private final class Handle implements FileHandle {
        private final Path path;
        private final File file;
        private final long openedIn;
        private final boolean writable;
        private boolean closed;

        Handle(Path path, File file, long openedIn, boolean writable) {
            this.path = path;
            this.file = file;
            this.openedIn = openedIn;
            this.writable = writable;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (InMemoryFileSystem.this) {
                checkOpen();
                checkPower();
                if (unreadable.contains(path)) {
                    throw new IOException("Input/output error: " + path);
                }
                return file.content.read(target, position);
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (InMemoryFileSystem.this) {
                checkWritable();
                countOperation();
                writes++;
                int wanted = source.remaining();
                int possible = wanted;
                String failure = null;
                if (writesToFail > 0) {
                    writesToFail--;
                    possible = wanted / 2;
                    failure = "Input/output error: " + path;
                }
                long growth = Math.max(0, position + possible - file.content.size());
                long room = capacityBytes == Long.MAX_VALUE ? Long.MAX_VALUE : usableBytes(path);
                if (growth > room) {
                    possible = (int) Math.max(0, file.content.size() + room - position);
                    failure = "No space left on device: " + path;
                }
                file.content.write(source, possible, position);
                bytesWritten += possible;
                if (failure != null) {
                    throw new IOException(failure);
                }
            }
        }

        @Override
        public void write(ByteBuffer[] sources, long position) throws IOException {
            long at = position;
            for (ByteBuffer source : sources) {
                int count = source.remaining();
                write(source, at);
                at += count;
            }
        }

        @Override
        public void preallocate(long size) throws IOException {
            synchronized (InMemoryFileSystem.this) {
                checkWritable();
                countOperation();
                long growth = size - file.content.size();
                if (growth > 0 && capacityBytes != Long.MAX_VALUE && growth > usableBytes(path)) {
                    throw new IOException("No space left on device: " + path);
                }
                file.content.extend(size);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (InMemoryFileSystem.this) {
                checkWritable();
                countOperation();
                file.content.truncate(size);
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (InMemoryFileSystem.this) {
                checkOpen();
                checkPower();
                return file.content.size();
            }
        }

        @Override
        public void force(boolean metadata) throws IOException {
            synchronized (InMemoryFileSystem.this) {
                checkOpen();
                countOperation();
                forces++;
                if (forcesToFail > 0) {
                    forcesToFail--;
                    file.content.failForce();
                    throw new IOException("Input/output error: force of " + path);
                }
                file.content.force();
            }
        }

        @Override
        public Optional<FileChannel> channel() {
            return Optional.empty();
        }

        @Override
        public void close() {
            synchronized (InMemoryFileSystem.this) {
                closed = true;
            }
        }

        private void checkOpen() throws IOException {
            if (closed) {
                throw new java.nio.channels.ClosedChannelException();
            }
            if (openedIn != generation) {
                throw new IOException("the process that opened this file is gone: " + path);
            }
        }

        private void checkWritable() throws IOException {
            checkOpen();
            if (!writable) {
                throw new java.nio.channels.NonWritableChannelException();
            }
        }
    }
}
