package io.thalweg.log.tail;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A piece of direct memory that is filled once, front to back, and shared by count until the last user is done. */
public final class Chunk {

    private final @Nullable Staging owner;
    private final ByteBuffer memory;
    private final AtomicInteger references = new AtomicInteger(1);

    /** First byte not yet filled; the writer's. */
    private int filled;

    /** The tails that have a run in here; the writer's. */
    private final List<Tail> tails = new ArrayList<>();

    private int runs;

    Chunk(@Nullable Staging owner, ByteBuffer memory) {
        this.owner = owner;
        this.memory = memory;
    }

    /** For absolute reads, and for the writer's absolute writes beyond what is published; big-endian. */
    public ByteBuffer memory() {
        return memory;
    }

    int filled() {
        return filled;
    }

    int room() {
        return memory.capacity() - filled;
    }

    int fill(int bytes) {
        int at = filled;
        filled += bytes;
        return at;
    }

    /** Gives back what was filled last, from {@code at} on. */
    void unfill(int at) {
        filled = at;
    }

    int capacity() {
        return memory.capacity();
    }

    /** Notes that {@code tail} has another run in this chunk. */
    void addRun(Tail tail) {
        runs++;
        if (tails.isEmpty() || tails.get(tails.size() - 1) != tail) {
            tails.add(tail);
        }
    }

    int runs() {
        return runs;
    }

    /** Takes this chunk out of every tail. */
    void leaveTails() {
        for (Tail tail : tails) {
            tail.drop(this);
        }
        tails.clear();
        runs = 0;
    }

    void reuse() {
        filled = 0;
        references.set(1);
    }

    /** A view of {@code [at, at + length)} for one write or one reader. */
    public ByteBuffer slice(int at, int length) {
        return memory.slice(at, length);
    }

    /** Takes a reference; false if the chunk is already given back and must not be read. */
    public boolean retain() {
        while (true) {
            int count = references.get();
            if (count == 0) {
                return false;
            }
            if (references.compareAndSet(count, count + 1)) {
                return true;
            }
        }
    }

    /** Gives a reference back. */
    public void release() {
        int left = references.decrementAndGet();
        if (left == 0) {
            if (owner != null) {
                owner.recycle(this);
            }
        } else if (left < 0) {
            throw new IllegalStateException("chunk released too often: references=" + left);
        }
    }
}
