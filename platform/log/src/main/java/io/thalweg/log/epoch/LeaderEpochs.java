package io.thalweg.log.epoch;

import io.thalweg.log.EpochEnd;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The start offset of each leader epoch of one log; the {@code leader-epoch-checkpoint} file, as Kafka writes it. */
public final class LeaderEpochs {

    public static final String FILE = "leader-epoch-checkpoint";

    private static final int VERSION = 0;

    /** @param startOffset of the first batch of the epoch */
    public record Entry(int epoch, long startOffset) {}

    private volatile List<Entry> entries;
    private volatile boolean changed;

    public LeaderEpochs(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** -1 if there is none. */
    public int latest() {
        List<Entry> now = entries;
        return now.isEmpty() ? -1 : now.get(now.size() - 1).epoch();
    }

    public List<Entry> entries() {
        return entries;
    }

    /** Notes that a batch of {@code epoch} begins at {@code offset}; a no-op unless the epoch is new. */
    public void onBatch(int epoch, long offset) {
        if (epoch > latest()) {
            List<Entry> next = new ArrayList<>(entries);
            // An epoch that left no batch has no place: the one that begins at the same offset replaces it.
            next.removeIf(entry -> entry.startOffset() >= offset);
            next.add(new Entry(epoch, offset));
            entries = List.copyOf(next);
            changed = true;
        }
    }

    /** Forgets epochs that begin at or after {@code offset}. */
    public void truncateEnd(long offset) {
        List<Entry> next = new ArrayList<>(entries);
        if (next.removeIf(entry -> entry.startOffset() >= offset)) {
            entries = List.copyOf(next);
            changed = true;
        }
    }

    /**
     * Forgets epochs that ended before {@code offset}. The one of the record before it stays, even if all of its records
     * are gone: without it a log that retention emptied would look as if it had never held anything. Kafka forgets it, and
     * opens a file that has it.
     */
    public void truncateStart(long offset) {
        List<Entry> now = entries;
        int first = 0;
        while (first + 1 < now.size() && now.get(first + 1).startOffset() < offset) {
            first++;
        }
        if (first > 0) {
            entries = List.copyOf(now.subList(first, now.size()));
            changed = true;
        }
    }

    /**
     * The end of the largest epoch that is not beyond {@code epoch}, as Kafka tells it to consumers (KIP-101): an epoch
     * before all that have records ends where the first of those begins.
     */
    public EpochEnd endOf(int epoch, long logStartOffset, long logEndOffset) {
        List<Entry> now = entries;
        if (epoch < 0 || now.isEmpty() || epoch > now.get(now.size() - 1).epoch()) {
            return EpochEnd.UNKNOWN;
        }
        long end = logEndOffset;
        for (int i = now.size() - 1; i >= 0; i--) {
            boolean gone = i < now.size() - 1 && end <= logStartOffset;
            if (gone) {
                break;
            }
            if (now.get(i).epoch() <= epoch) {
                return new EpochEnd(now.get(i).epoch(), end);
            }
            end = Math.max(now.get(i).startOffset(), logStartOffset);
        }
        return new EpochEnd(epoch, end);
    }

    /** The epoch of the record at {@code offset}, -1 if it is not known. */
    public int epochOf(long offset) {
        List<Entry> now = entries;
        for (int i = now.size() - 1; i >= 0; i--) {
            if (now.get(i).startOffset() <= offset) {
                return now.get(i).epoch();
            }
        }
        return -1;
    }

    /** Whether something changed since {@link #saved()}. */
    public boolean changed() {
        return changed;
    }

    /** To be called before {@link #encode()}, so that a change in between is not forgotten. */
    public void saved() {
        changed = false;
    }

    public void unsaved() {
        changed = true;
    }

    public ByteBuffer encode() {
        List<Entry> now = entries;
        StringBuilder text = new StringBuilder();
        text.append(VERSION).append('\n').append(now.size()).append('\n');
        for (Entry entry : now) {
            text.append(entry.epoch()).append(' ').append(entry.startOffset()).append('\n');
        }
        return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Null if the bytes are not a whole file. */
    public static @Nullable LeaderEpochs decode(ByteBuffer bytes) {
        String[] lines = StandardCharsets.UTF_8.decode(bytes).toString().split("\n", -1);
        try {
            if (lines.length < 3 || Integer.parseInt(lines[0]) != VERSION) {
                return null;
            }
            int count = Integer.parseInt(lines[1]);
            if (lines.length != count + 3 || !lines[count + 2].isEmpty()) {
                return null;
            }
            List<Entry> entries = new ArrayList<>(count);
            Entry previous = new Entry(-1, -1);
            for (int i = 0; i < count; i++) {
                String line = lines[i + 2];
                int space = line.indexOf(' ');
                if (space < 0) {
                    return null;
                }
                Entry entry = new Entry(
                        Integer.parseInt(line.substring(0, space)), Long.parseLong(line.substring(space + 1)));
                if (entry.epoch() <= previous.epoch() || entry.startOffset() <= previous.startOffset()) {
                    return null;
                }
                entries.add(entry);
                previous = entry;
            }
            return new LeaderEpochs(entries);
        } catch (NumberFormatException malformed) {
            return null;
        }
    }

    public void checkInvariants() {
        Entry previous = new Entry(-1, -1);
        for (Entry entry : entries) {
            if (entry.epoch() <= previous.epoch() || entry.startOffset() <= previous.startOffset()) {
                throw new IllegalStateException("epochs out of order: " + entries);
            }
            previous = entry;
        }
    }
}
