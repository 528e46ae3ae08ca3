package io.thalweg.replication.promise;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.LogId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file, from the side of the disk. Every method blocks; one thread at a time. */
final class PromiseFile {

    private static final String NEXT_SUFFIX = ".next";

    /** Zeros in front, so that a flush needs not make a new length of the file durable too. */
    private static final int ROOM_BYTES = 256 << 10;

    private static final long BYTES_MAX = 1 << 30;

    private final FileSystem fileSystem;
    private final Path directory;
    private final Path file;
    private final Path next;
    private final Boot boot;

    private @Nullable FileHandle handle;

    /** Where the next group goes. */
    private long end;

    private long allocated;
    private long sequence;

    /** What a file says. */
    static final class Content implements PromiseFormat.Visitor {
        final Map<LogId, ReplicaState> states = new HashMap<>();
        final Set<LogId> lost = new HashSet<>();

        @Nullable
        Boot boot;

        boolean clean;

        @Override
        public void state(LogId id, ReplicaState state) {
            states.put(id, state);
            lost.remove(id);
        }

        @Override
        public void forgotten(LogId id) {
            states.remove(id);
            lost.remove(id);
        }

        @Override
        public void boot(Boot of) {
            boot = of;
        }

        @Override
        public void clean() {
            clean = true;
        }

        @Override
        public void lost(LogId id) {
            lost.add(id);
        }
    }

    PromiseFile(FileSystem fileSystem, Path directory, Boot boot) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.file = directory.resolve(PromiseStore.FILE);
        this.next = directory.resolve(PromiseStore.FILE + NEXT_SUFFIX);
        this.boot = boot;
    }

    boolean exists() throws IOException {
        return fileSystem.exists(file);
    }

    // ---- reading

    Content read() throws IOException {
        ByteBuffer bytes = bytes();
        Content content = new Content();
        int at = 0;
        long expected = 1;
        while (PromiseFormat.isGroup(bytes, at, expected)) {
            PromiseFormat.read(bytes, at, content);
            at += PromiseFormat.GROUP_HEADER_BYTES + PromiseFormat.length(bytes, at) + PromiseFormat.MARK_BYTES;
            expected++;
        }
        // The first group was flushed before the file got its name.
        if (content.boot == null || PromiseFormat.wasFlushed(bytes, Math.min(at, bytes.limit()), expected)) {
            throw new PromisesDamaged(
                    "promises are damaged: file=" + file + " at=" + at + " group=" + expected
                            + ": it was flushed and cannot be read. A replica that forgot a promise could vote twice: restore the"
                            + " file, or delete it on this broker alone, so that its replicas get their trust back from the others");
        }
        return content;
    }

    private ByteBuffer bytes() throws IOException {
        try (FileHandle reading = fileSystem.openForRead(file)) {
            long size = reading.size();
            if (size > BYTES_MAX) {
                throw new PromisesDamaged(
                        "promises are damaged: file=" + file + " bytes=" + size + "; at most " + BYTES_MAX);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            reading.read(bytes, 0);
            return bytes.flip();
        }
    }

    // ---- writing

    /** Adds a group. Durable when it returns. */
    void append(Map<LogId, @Nullable ReplicaState> changes, boolean clean) throws IOException {
        FileHandle open = handle;
        if (open == null) {
            throw new IOException("promises are closed: file=" + file);
        }
        write(open, PromiseFormat.group(sequence + 1, null, Set.of(), changes, clean));
    }

    private void write(FileHandle to, ByteBuffer group) throws IOException {
        int bytes = group.remaining();
        long behind = end + bytes + PromiseFormat.MARK_BYTES;
        boolean grows = behind > allocated;
        if (grows) {
            allocated = behind + ROOM_BYTES;
            to.preallocate(allocated);
        }
        to.write(group, end);
        to.force(grows);
        sequence++;
        to.write(PromiseFormat.mark(sequence), end + bytes);
        end = behind;
    }

    /** Begins the file anew with what counts. Durable when it returns; until then the one before is. */
    void rewrite(Map<LogId, ? extends @Nullable ReplicaState> states, Set<LogId> lost) throws IOException {
        FileHandle before = handle;
        FileHandle begun = fileSystem.openForWrite(next);
        handle = begun;
        begun.truncate(0);
        end = 0;
        allocated = 0;
        sequence = 0;
        write(begun, PromiseFormat.group(1, boot, lost, new HashMap<>(states), false));
        fileSystem.rename(next, file);
        fileSystem.syncDirectory(directory);
        if (before != null) {
            before.close();
        }
    }

    long bytes(Map<LogId, ReplicaState> states, Set<LogId> lost) {
        long bytes = PromiseFormat.GROUP_HEADER_BYTES + PromiseFormat.MARK_BYTES;
        bytes += (long) lost.size() * PromiseFormat.LOST_BYTES;
        for (ReplicaState state : states.values()) {
            bytes += PromiseFormat.bytes(state);
        }
        return bytes;
    }

    void close() throws IOException {
        FileHandle open = handle;
        handle = null;
        if (open != null) {
            open.close();
        }
    }
}
