package io.thalweg.log;

import io.thalweg.environment.FileHandle;
import io.thalweg.log.file.PooledFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** One region of a segment file; closing gives the handle back. */
final class FileSlices implements RecordSlices {

    private final PooledFile file;
    private final Region region;
    private boolean closed;

    /** Takes over the caller's lease of {@code handle}. */
    FileSlices(PooledFile file, FileHandle handle, int position, int length) {
        this.file = file;
        this.region = new Region(handle, position, length);
    }

    @Override
    public int sizeInBytes() {
        return region.length();
    }

    @Override
    public List<Part> parts() {
        return List.of(region);
    }

    @Override
    public void copyTo(ByteBuffer target) throws IOException {
        ByteBuffer view = target.slice(target.position(), region.length());
        if (region.file().read(view, region.position()) < region.length()) {
            throw new EOFException("segment is shorter than its log: file=" + file.path() + " position="
                    + region.position() + " length=" + region.length());
        }
        target.position(target.position() + region.length());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            file.release();
        }
    }
}
