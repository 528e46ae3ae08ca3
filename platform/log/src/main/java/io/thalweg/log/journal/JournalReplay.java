package io.thalweg.log.journal;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.LogId;
import io.thalweg.log.record.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what a journal holds: first which groups are whole and what they void, then the entries that still count. A
 * group that is not whole ends the journal, unless later groups follow: then it is damage, is reported, and is skipped.
 */
public final class JournalReplay implements AutoCloseable {

    private static final int WINDOW_BYTES = 1 << 20;

    /** What to do with an entry. */
    public interface Visitor {

        /**
         * @param offset of an append: where the log ended before it
         * @param bytes the entry's batches, or what else it brings, at index 0 and for as long as it is called
         */
        void onEntry(LogId id, EntryKind kind, long offset, ByteBuffer bytes) throws IOException;
    }

    private record Source(Path path, FileHandle handle, long size, long firstSequence) {}

    private final List<Source> sources = new ArrayList<>();

    // Whole groups in order: index into sources, position, sequence.
    private int[] groupSource = new int[64];
    private long[] groupPosition = new long[64];
    private long[] groupSequence = new long[64];
    private int groups;

    /** For each log, the sequence and the entry after which entries count. */
    private final Map<LogId, long[]> voidBefore = new HashMap<>();

    /** For each log, the offsets that its last uninterrupted run of entries covers: from, to. */
    private final Map<LogId, long[]> covered = new HashMap<>();

    private final List<String> damage = new ArrayList<>();
    private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
    private long lastSequence;

    /** Groups before this one are void. */
    private final long floor;

    private JournalReplay(long floor) {
        this.floor = floor;
        this.lastSequence = floor - 1;
    }

    /**
     * Reads the headers and checks the groups of all files in {@code directory}.
     *
     * @param floor groups before this one are void, whatever of them is there: they are durable elsewhere, and what is
     *     left of them need not be in order any more
     * @param readGroups false after a clean shutdown, when all groups are before the floor
     */
    public static JournalReplay open(FileSystem files, Path directory, long floor, boolean readGroups)
            throws IOException {
        JournalReplay replay = new JournalReplay(floor);
        try {
            for (String name : files.list(directory)) {
                if (name.endsWith(JournalFormat.SUFFIX)) {
                    replay.addSource(files, directory.resolve(name));
                }
            }
            replay.sources.sort(Comparator.comparingLong(Source::firstSequence));
            for (int i = 0; readGroups && i < replay.sources.size(); i++) {
                replay.readSource(i);
            }
            return replay;
        } catch (IOException failure) {
            replay.close();
            throw failure;
        }
    }

    static int number(Path path) {
        String name = String.valueOf(path.getFileName());
        try {
            return Integer.parseInt(name, 0, name.length() - JournalFormat.SUFFIX.length(), 10);
        } catch (NumberFormatException other) {
            return 0;
        }
    }

    private void addSource(FileSystem files, Path path) throws IOException {
        FileHandle handle = files.openForRead(path);
        long size = handle.size();
        long sequence = header(handle, size, 0) ? JournalFormat.sequence(window, 0) : -1;
        sources.add(new Source(path, handle, size, sequence));
    }

    /** Loads the header at {@code position} to index 0 of the window; false if there is none. */
    private boolean header(FileHandle handle, long size, long position) throws IOException {
        if (position + JournalFormat.GROUP_HEADER_BYTES > size) {
            return false;
        }
        window.clear().limit(JournalFormat.GROUP_HEADER_BYTES);
        return handle.read(window, position) == JournalFormat.GROUP_HEADER_BYTES && JournalFormat.isGroup(window, 0);
    }

    private void readSource(int index) throws IOException {
        Source source = sources.get(index);
        if (source.firstSequence < 0) {
            return;
        }
        if (groups > 0 && source.firstSequence > lastSequence + 1 && lastSequence >= floor) {
            damage.add("groups are missing: from=" + (lastSequence + 1) + " to=" + (source.firstSequence - 1)
                    + " before=" + source.path);
        }
        long expected = source.firstSequence;
        long position = 0;
        while (position < source.size) {
            int bytes = wholeGroup(source, position, expected);
            if (bytes < 0) {
                long next = findLater(source, position + JournalFormat.PAGE_BYTES, expected);
                if (next < 0) {
                    return;
                }
                header(source.handle, source.size, next);
                damage.add("groups are not readable: from=" + expected + " to="
                        + (JournalFormat.sequence(window, 0) - 1) + " in=" + source.path);
                expected = JournalFormat.sequence(window, 0);
                position = next;
                continue;
            }
            if (expected >= floor) {
                add(index, position, expected);
                noteVoid(expected);
                lastSequence = expected;
            }
            expected++;
            position += JournalFormat.pages(bytes);
        }
    }

    /** Loads the group of this sequence into the window; its bytes with the header, -1 if it is not whole. */
    private int wholeGroup(Source source, long position, long sequence) throws IOException {
        if (!header(source.handle, source.size, position) || JournalFormat.sequence(window, 0) != sequence) {
            return -1;
        }
        long bytes = JournalFormat.GROUP_HEADER_BYTES + (long) JournalFormat.payloadBytes(window, 0);
        if (position + bytes > source.size) {
            return -1;
        }
        load(source.handle, position, (int) bytes);
        ByteBuffer payload =
                window.slice(JournalFormat.GROUP_HEADER_BYTES, (int) bytes - JournalFormat.GROUP_HEADER_BYTES);
        return JournalFormat.crc(payload) == JournalFormat.payloadCrc(window, 0) ? (int) bytes : -1;
    }

    private void load(FileHandle handle, long position, int bytes) throws IOException {
        if (bytes > window.capacity()) {
            window = ByteBuffer.allocate(bytes);
        }
        window.clear().limit(bytes);
        handle.read(window, position);
        window.flip();
    }

    /** The next whole group with a later sequence; what an earlier use of the file left has smaller ones. */
    private long findLater(Source source, long from, long sequence) throws IOException {
        for (long position = from; position < source.size; position += JournalFormat.PAGE_BYTES) {
            if (header(source.handle, source.size, position)) {
                long found = JournalFormat.sequence(window, 0);
                if (found > sequence && wholeGroup(source, position, found) >= 0) {
                    return position;
                }
            }
        }
        return -1;
    }

    private void add(int source, long position, long sequence) {
        if (groups == groupSource.length) {
            groupSource = Arrays.copyOf(groupSource, 2 * groups);
            groupPosition = Arrays.copyOf(groupPosition, 2 * groups);
            groupSequence = Arrays.copyOf(groupSequence, 2 * groups);
        }
        groupSource[groups] = source;
        groupPosition[groups] = position;
        groupSequence[groups++] = sequence;
    }

    /** Notes the entries of the group in the window that void earlier ones. */
    private void noteVoid(long sequence) {
        int at = JournalFormat.GROUP_HEADER_BYTES;
        int count = JournalFormat.entryCount(window, 0);
        for (int i = 0; i < count; i++) {
            EntryKind kind = EntryKind.of(JournalFormat.kind(window, at));
            if (kind != null && kind.voidsWhatPrecedes()) {
                voidBefore.put(JournalFormat.id(window, at), new long[] {sequence, i});
                covered.remove(JournalFormat.id(window, at));
            } else if (kind == EntryKind.APPEND) {
                noteCovered(at);
            }
            at += JournalFormat.ENTRY_HEADER_BYTES + JournalFormat.bytes(window, at);
        }
    }

    private void noteCovered(int entryAt) {
        long from = JournalFormat.offset(window, entryAt);
        long to = from;
        int at = entryAt + JournalFormat.ENTRY_HEADER_BYTES;
        int end = at + JournalFormat.bytes(window, entryAt);
        while (at < end) {
            to = BatchHeader.lastOffset(window, at) + 1;
            at += BatchHeader.sizeInBytes(window, at);
        }
        long[] known = covered.computeIfAbsent(JournalFormat.id(window, entryAt), absent -> new long[] {from, from});
        if (known[1] != from) {
            known[0] = from;
        }
        known[1] = to;
    }

    /** The first offset from which on the journal holds everything that was appended to the log; -1 if it holds nothing. */
    public long coveredFrom(LogId id) {
        long[] known = covered.get(id);
        return known == null ? -1 : known[0];
    }

    /** Groups that are whole. */
    public int groupCount() {
        return groups;
    }

    /** The sequence of the last whole group; one less than the floor if there is none. */
    public long lastSequence() {
        return lastSequence;
    }

    /** What could not be read although later groups prove that it was acknowledged. */
    public List<String> damage() {
        return damage;
    }

    /** The files, those to be reused first in front. */
    public List<Path> filesInOrder() {
        List<Path> paths = new ArrayList<>(sources.size());
        for (Source source : sources) {
            paths.add(source.path);
        }
        return paths;
    }

    /** Visits the entries that were not voided by a later one of the same log, in the order they were written. */
    public void forEach(Visitor visitor) throws IOException {
        for (int group = 0; group < groups; group++) {
            Source source = sources.get(groupSource[group]);
            int bytes = wholeGroup(source, groupPosition[group], groupSequence[group]);
            if (bytes < 0) {
                throw new IOException("journal changed while it was read: file=" + source.path);
            }
            ByteBuffer loaded = window;
            int at = JournalFormat.GROUP_HEADER_BYTES;
            int count = JournalFormat.entryCount(loaded, 0);
            for (int i = 0; i < count; i++) {
                LogId id = JournalFormat.id(loaded, at);
                EntryKind kind = EntryKind.of(JournalFormat.kind(loaded, at));
                int length = JournalFormat.bytes(loaded, at);
                if (kind == null) {
                    throw new IOException("journal entry of an unknown kind: file=" + source.path + " kind="
                            + JournalFormat.kind(loaded, at) + "; it was written by a newer version");
                }
                if (counts(id, groupSequence[group], i)) {
                    visitor.onEntry(
                            id,
                            kind,
                            JournalFormat.offset(loaded, at),
                            loaded.slice(at + JournalFormat.ENTRY_HEADER_BYTES, length));
                }
                at += JournalFormat.ENTRY_HEADER_BYTES + length;
            }
        }
    }

    private boolean counts(LogId id, long sequence, int entry) {
        long[] barrier = voidBefore.get(id);
        return barrier == null || sequence > barrier[0] || (sequence == barrier[0] && entry >= barrier[1]);
    }

    @Override
    public void close() throws IOException {
        for (Source source : sources) {
            source.handle.close();
        }
    }
}
