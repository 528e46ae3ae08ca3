package io.thalweg.log.tail;

import io.thalweg.log.LogRead;
import io.thalweg.log.record.BatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest batches of one log, in memory. */
public final class Tail {

    /** More buffers than this in one answer cost more to send than to copy. */
    private static final int PARTS_MAX = 512;

    /** Runs smaller than this on average are copied into one buffer. */
    private static final int SMALL_RUN_BYTES = 2048;

    // A ring of runs in offset order; all guarded by this object's monitor.
    private @Nullable Run[] runs = new Run[4];
    private int first;
    private int count;

    /** Adds batches; their offsets follow what is there. */
    public synchronized void add(Chunk chunk, int at, int length, long baseOffset, long nextOffset) {
        if (count == runs.length) {
            grow();
        }
        runs[(first + count) & (runs.length - 1)] = new Run(chunk, at, length, baseOffset, nextOffset);
        count++;
        chunk.addRun(this);
    }

    private void grow() {
        @Nullable Run[] larger = new Run[2 * runs.length];
        for (int i = 0; i < count; i++) {
            larger[i] = runs[(first + i) & (runs.length - 1)];
        }
        runs = larger;
        first = 0;
    }

    /** Drops the runs in {@code chunk}, which is the oldest. */
    synchronized void drop(Chunk chunk) {
        while (count > 0 && run(0).chunk() == chunk) {
            runs[first] = null;
            first = (first + 1) & (runs.length - 1);
            count--;
        }
        if (count == 0 && runs.length > 64) {
            runs = new Run[4];
            first = 0;
        }
    }

    /** Forgets everything; the log was truncated or deleted. */
    public synchronized void clear() {
        runs = new Run[4];
        first = 0;
        count = 0;
    }

    private Run run(int index) {
        Run run = runs[(first + index) & (runs.length - 1)];
        if (run == null) {
            throw new IllegalStateException("no run: index=" + index + " count=" + count);
        }
        return run;
    }

    /**
     * Reads whole batches from the one that holds {@code offset} on.
     *
     * @return null if {@code offset} is not in memory
     */
    public @Nullable LogRead read(long offset, int maxBytes, long upTo, boolean minOneBatch) {
        List<Run> found = new ArrayList<>(4);
        synchronized (this) {
            if (count == 0
                    || offset < run(0).baseOffset()
                    || offset >= run(count - 1).nextOffset()) {
                return null;
            }
            long bytes = 0;
            for (int i = floor(offset); i < count && found.size() < PARTS_MAX; i++) {
                Run run = run(i);
                if (run.baseOffset() >= upTo || (bytes >= maxBytes && bytes > 0)) {
                    break;
                }
                if (!run.chunk().retain()) {
                    throw new IllegalStateException("a tail holds a chunk that was given back");
                }
                found.add(run);
                bytes += run.length();
            }
        }
        return cut(found, offset, maxBytes, upTo, minOneBatch);
    }

    /** Index of the last run that begins at or before {@code offset}. */
    private int floor(long offset) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (run(middle).baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Cuts the first and the last run at batches; the chunks are retained. */
    private static LogRead cut(List<Run> found, long offset, int maxBytes, long upTo, boolean minOneBatch) {
        List<Run> kept = new ArrayList<>(found.size());
        long nextOffset = offset;
        int total = 0;
        boolean full = false;
        for (int i = 0; i < found.size(); i++) {
            Run run = found.get(i);
            ByteBuffer memory = run.chunk().memory();
            int at = run.at();
            int end = run.at() + run.length();
            if (kept.isEmpty()) {
                while (at < end && BatchHeader.lastOffset(memory, at) < offset) {
                    at += BatchHeader.sizeInBytes(memory, at);
                }
            }
            int to = at;
            if (run.nextOffset() <= upTo && total + (long) (end - at) <= maxBytes) {
                to = end;
                nextOffset = Math.max(nextOffset, run.nextOffset());
            } else {
                while (to < end) {
                    int size = BatchHeader.sizeInBytes(memory, to);
                    boolean fits = total + (long) (to - at) + size <= maxBytes || (minOneBatch && total + to - at == 0);
                    if (!fits || BatchHeader.lastOffset(memory, to) >= upTo) {
                        full = true;
                        break;
                    }
                    nextOffset = BatchHeader.lastOffset(memory, to) + 1;
                    to += size;
                }
            }
            if (to > at) {
                kept.add(new Run(run.chunk(), at, to - at, run.baseOffset(), nextOffset));
                total += to - at;
            } else {
                run.chunk().release();
            }
            if (full) {
                releaseFrom(found, i + 1);
                break;
            }
        }
        boolean copy = kept.size() > 8 && total / kept.size() < SMALL_RUN_BYTES;
        return new LogRead(copy ? TailSlices.copied(kept, total) : TailSlices.of(kept, total), nextOffset);
    }

    private static void releaseFrom(List<Run> found, int index) {
        for (int i = index; i < found.size(); i++) {
            found.get(i).chunk().release();
        }
    }

    public synchronized void checkInvariants() {
        for (int i = 1; i < count; i++) {
            if (run(i).baseOffset() < run(i - 1).nextOffset()) {
                throw new IllegalStateException("tail out of order: " + run(i - 1) + " before " + run(i));
            }
        }
    }
}
