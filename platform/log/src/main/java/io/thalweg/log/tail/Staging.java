package io.thalweg.log.tail;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The writer's place for the group that it puts together: room in the newest chunk, then in further ones. The chunks
 * stay in a ring for readers until the tail budget pushes them out.
 */
public final class Staging {

    /** A chunk with so many runs is closed early, so that the tail's bookkeeping stays small beside its bytes. */
    private static final int RUNS_MAX = 2048;

    private final int chunkBytes;
    private final long tailBytesMax;
    private final int freeMax;

    /** Chunks that readers are served from, oldest first; the last one is being filled. */
    private final ArrayDeque<Chunk> ring = new ArrayDeque<>();

    private long ringBytes;

    /** Chunks to be used again; from any thread. */
    private final ConcurrentLinkedQueue<Chunk> free = new ConcurrentLinkedQueue<>();

    private final AtomicInteger freeCount = new AtomicInteger();

    /** Where the current group lies: chunk and beginning, in order. The last one has no end yet. */
    private final List<Chunk> groupChunks = new ArrayList<>();

    private int[] groupFrom = new int[8];

    /** @param tailBytesMax budget for readers; the group being written comes on top */
    public Staging(int chunkBytes, long tailBytesMax) {
        this.chunkBytes = chunkBytes;
        this.tailBytesMax = tailBytesMax;
        this.freeMax = (int) Math.max(2, Math.min(64, tailBytesMax / chunkBytes / 4));
    }

    /** Begins a group and reserves {@code headerBytes} in front of it. */
    public void begin(int headerBytes) {
        groupChunks.clear();
        Chunk chunk = ring.peekLast();
        if (chunk == null || chunk.room() < headerBytes + chunkBytes / 16 || chunk.runs() >= RUNS_MAX) {
            chunk = next(headerBytes);
        }
        addToGroup(chunk);
        chunk.fill(headerBytes);
    }

    /** Whether {@code bytes} fit behind what was reserved last, in one run with it. */
    public boolean fits(int bytes) {
        return current().room() >= bytes;
    }

    /** Reserves {@code bytes} in one piece and returns the index in {@link #current()} where they begin. */
    public int reserve(int bytes) {
        Chunk chunk = current();
        if (chunk.room() < bytes) {
            chunk = next(bytes);
            addToGroup(chunk);
        }
        return chunk.fill(bytes);
    }

    /** The chunk that the last reservation lies in. */
    public Chunk current() {
        return groupChunks.get(groupChunks.size() - 1);
    }

    /** The group's first chunk; its header lies at {@link #headerAt()}. */
    public Chunk first() {
        return groupChunks.get(0);
    }

    public int headerAt() {
        return groupFrom[0];
    }

    /** Bytes of the group so far, its header included. */
    public int groupBytes() {
        int bytes = 0;
        for (int i = 0; i < groupChunks.size(); i++) {
            bytes += groupChunks.get(i).filled() - groupFrom[i];
        }
        return bytes;
    }

    /** Views of the whole group in order, with room for {@code extra} more buffers behind them. */
    public ByteBuffer[] group(int extra) {
        ByteBuffer[] views = new ByteBuffer[groupChunks.size() + extra];
        for (int i = 0; i < groupChunks.size(); i++) {
            Chunk chunk = groupChunks.get(i);
            views[i] = chunk.slice(groupFrom[i], chunk.filled() - groupFrom[i]);
        }
        return views;
    }

    /** Gives the group's memory back; nothing of it was published. */
    public void abandon() {
        for (int i = 0; i < groupChunks.size(); i++) {
            groupChunks.get(i).unfill(groupFrom[i]);
        }
        groupChunks.clear();
    }

    /** Ends the group: lets the oldest chunks go until the ring is within its budget. */
    public void end() {
        groupChunks.clear();
        while (ring.size() > 1 && ringBytes > tailBytesMax) {
            Chunk oldest = ring.removeFirst();
            ringBytes -= oldest.capacity();
            oldest.leaveTails();
            oldest.release();
        }
    }

    private void addToGroup(Chunk chunk) {
        int index = groupChunks.size();
        if (index == groupFrom.length) {
            groupFrom = java.util.Arrays.copyOf(groupFrom, 2 * index);
        }
        groupFrom[index] = chunk.filled();
        groupChunks.add(chunk);
    }

    private Chunk next(int bytes) {
        Chunk chunk;
        if (bytes > chunkBytes) {
            chunk = new Chunk(null, ByteBuffer.allocateDirect(bytes));
        } else {
            Chunk reused = free.poll();
            if (reused != null) {
                freeCount.decrementAndGet();
                reused.reuse();
                chunk = reused;
            } else {
                chunk = new Chunk(this, ByteBuffer.allocateDirect(chunkBytes));
            }
        }
        ring.addLast(chunk);
        ringBytes += chunk.capacity();
        return chunk;
    }

    void recycle(Chunk chunk) {
        if (freeCount.get() < freeMax) {
            freeCount.incrementAndGet();
            free.add(chunk);
        }
    }

    /** Lets everything go. */
    public void close() {
        for (Chunk chunk : ring) {
            chunk.leaveTails();
            chunk.release();
        }
        ring.clear();
        ringBytes = 0;
        free.clear();
    }

    public void checkInvariants() {
        long bytes = 0;
        for (Chunk chunk : ring) {
            bytes += chunk.capacity();
        }
        if (bytes != ringBytes) {
            throw new IllegalStateException("ringBytes=" + ringBytes + " sum=" + bytes);
        }
    }
}
