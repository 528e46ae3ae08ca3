package io.thalweg.log.segment;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sparse ways into a segment: by offset and by time. Entries are only added, and only by one writer; the counts are
 * published after the entries, so a reader that sees a count sees what it counts.
 */
public final class SegmentIndex {

    public static final int OFFSET_ENTRY_BYTES = 8;
    public static final int TIME_ENTRY_BYTES = 12;

    private final long baseOffset;

    private int[] offsets = new int[16];
    private int[] positions = new int[16];
    private volatile int count;

    private long[] times = new long[8];
    private int[] timeOffsets = new int[8];
    private volatile int timeCount;

    public SegmentIndex(long baseOffset) {
        this.baseOffset = baseOffset;
    }

    /** Adds the batch that begins at {@code position}; positions and offsets increase. */
    public void add(long lastOffset, int position) {
        int at = count;
        if (at == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * at);
            positions = Arrays.copyOf(positions, 2 * at);
        }
        offsets[at] = (int) (lastOffset - baseOffset);
        positions[at] = position;
        count = at + 1;
    }

    /** Adds the largest timestamp so far, if it grew, and the offset it came with. */
    public void addTime(long timestamp, long offset) {
        int at = timeCount;
        if (timestamp < 0 || (at > 0 && (timestamp <= times[at - 1] || offset - baseOffset <= timeOffsets[at - 1]))) {
            return;
        }
        if (at == times.length) {
            times = Arrays.copyOf(times, 2 * at);
            timeOffsets = Arrays.copyOf(timeOffsets, 2 * at);
        }
        times[at] = timestamp;
        timeOffsets[at] = (int) (offset - baseOffset);
        timeCount = at + 1;
    }

    public int count() {
        return count;
    }

    public int timeCount() {
        return timeCount;
    }

    /** Heap that this index takes, about. */
    public long bytes() {
        return 64L + (long) OFFSET_ENTRY_BYTES * offsets.length + (long) TIME_ENTRY_BYTES * times.length;
    }

    /** Where to begin looking for {@code offset}: a batch that begins at or before it; 0 if no entry is so low. */
    public int positionBefore(long offset) {
        long relative = offset - baseOffset;
        int low = 0;
        int high = count - 1;
        int found = 0;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (offsets[middle] <= relative) {
                found = positions[middle];
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return found;
    }

    /** The largest indexed position that is not beyond {@code position}; 0 if there is none. */
    public int boundaryBefore(long position) {
        int low = 0;
        int high = count - 1;
        int found = 0;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (positions[middle] <= position) {
                found = positions[middle];
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return found;
    }

    /** An offset from which to look for the first timestamp of at least {@code timestamp}. */
    public long offsetBefore(long timestamp) {
        int low = 0;
        int high = timeCount - 1;
        long found = baseOffset;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (times[middle] < timestamp) {
                found = baseOffset + timeOffsets[middle];
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return found;
    }

    /** -1 if the index is empty. */
    public long lastOffset() {
        int entries = count;
        return entries == 0 ? -1 : baseOffset + offsets[entries - 1];
    }

    public int lastPosition() {
        int entries = count;
        return entries == 0 ? 0 : positions[entries - 1];
    }

    /** -1 if there is none. */
    public long largestTimestamp() {
        int entries = timeCount;
        return entries == 0 ? -1 : times[entries - 1];
    }

    /** The offset that came with {@link #largestTimestamp()}, or the base offset. */
    public long offsetOfLargestTimestamp() {
        int entries = timeCount;
        return entries == 0 ? baseOffset : baseOffset + timeOffsets[entries - 1];
    }

    /** The bytes of the {@code .index} file. */
    public ByteBuffer offsetFile() {
        ByteBuffer bytes = ByteBuffer.allocate(count * OFFSET_ENTRY_BYTES);
        for (int i = 0; i < count; i++) {
            bytes.putInt(offsets[i]).putInt(positions[i]);
        }
        return bytes.flip();
    }

    /** The bytes of the {@code .timeindex} file. */
    public ByteBuffer timeFile() {
        ByteBuffer bytes = ByteBuffer.allocate(timeCount * TIME_ENTRY_BYTES);
        for (int i = 0; i < timeCount; i++) {
            bytes.putLong(times[i]).putInt(timeOffsets[i]);
        }
        return bytes.flip();
    }

    /** The index in these files; null if they cannot be those of a segment of {@code segmentBytes}. */
    public static @Nullable SegmentIndex parse(
            long baseOffset, int segmentBytes, ByteBuffer offsetFile, ByteBuffer timeFile) {
        if (offsetFile.remaining() % OFFSET_ENTRY_BYTES != 0 || timeFile.remaining() % TIME_ENTRY_BYTES != 0) {
            return null;
        }
        SegmentIndex index = new SegmentIndex(baseOffset);
        int lastOffset = -1;
        int lastPosition = -1;
        while (offsetFile.hasRemaining()) {
            int offset = offsetFile.getInt();
            int position = offsetFile.getInt();
            // No entry is for the first batch, so zeros, which a power cut may leave, are never right.
            if (offset <= lastOffset || position <= lastPosition || position == 0 || position >= segmentBytes) {
                return null;
            }
            index.add(baseOffset + offset, position);
            lastOffset = offset;
            lastPosition = position;
        }
        long lastTime = -1;
        int lastTimeOffset = -1;
        while (timeFile.hasRemaining()) {
            long time = timeFile.getLong();
            int offset = timeFile.getInt();
            if (time <= lastTime || offset <= lastTimeOffset || (time == 0 && offset == 0)) {
                return null;
            }
            index.addTime(time, baseOffset + offset);
            lastTime = time;
            lastTimeOffset = offset;
        }
        return index;
    }
}
