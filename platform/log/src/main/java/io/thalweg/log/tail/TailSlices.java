package io.thalweg.log.tail;

import io.thalweg.log.RecordSlices;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Parts in memory; closing gives the chunks back. */
final class TailSlices implements RecordSlices {

    private final List<Part> parts;
    private final List<Run> runs;
    private final int sizeInBytes;
    private boolean closed;

    private TailSlices(List<Part> parts, List<Run> runs, int sizeInBytes) {
        this.parts = parts;
        this.runs = runs;
        this.sizeInBytes = sizeInBytes;
    }

    /** Takes over the references of {@code runs}. */
    static RecordSlices of(List<Run> runs, int sizeInBytes) {
        if (runs.isEmpty()) {
            return EMPTY;
        }
        List<Part> parts = new ArrayList<>(runs.size());
        for (Run run : runs) {
            parts.add(new Memory(run.chunk().slice(run.at(), run.length()).asReadOnlyBuffer()));
        }
        return new TailSlices(parts, runs, sizeInBytes);
    }

    /** Copies {@code runs} into one part and gives their references back. */
    static RecordSlices copied(List<Run> runs, int sizeInBytes) {
        ByteBuffer copy = ByteBuffer.allocate(sizeInBytes);
        for (Run run : runs) {
            copy.put(copy.position(), run.chunk().memory(), run.at(), run.length());
            copy.position(copy.position() + run.length());
            run.chunk().release();
        }
        return new TailSlices(List.of(new Memory(copy.flip().asReadOnlyBuffer())), List.of(), sizeInBytes);
    }

    @Override
    public int sizeInBytes() {
        return sizeInBytes;
    }

    @Override
    public List<Part> parts() {
        return parts;
    }

    @Override
    public void copyTo(ByteBuffer target) {
        for (Part part : parts) {
            target.put(((Memory) part).bytes().duplicate());
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            for (Run run : runs) {
                run.chunk().release();
            }
        }
    }
}
