package io.thalweg.environment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** A {@link FileHandle} over a {@link FileChannel}. */
final class SystemFileHandle implements FileHandle {

    private static final int ZEROS_BYTES = 1 << 20;

    private final FileChannel channel;

    SystemFileHandle(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int read = channel.read(target, position + total);
            if (read < 0) {
                break;
            }
            total += read;
        }
        return total;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    @Override
    public void write(ByteBuffer[] sources, long position) throws IOException {
        // FileChannel gathers only at its own position; the one writer that FileHandle asks for owns that position.
        channel.position(position);
        long remaining = 0;
        for (ByteBuffer source : sources) {
            remaining += source.remaining();
        }
        while (remaining > 0) {
            remaining -= channel.write(sources);
        }
    }

    @Override
    public void preallocate(long size) throws IOException {
        // The JDK has no fallocate: zeros are written for real, so that later flushes touch no file metadata.
        long at = channel.size();
        if (at >= size) {
            return;
        }
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS_BYTES, size - at));
        while (at < size) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
            at += channel.write(zeros, at);
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void force(boolean metadata) throws IOException {
        channel.force(metadata);
    }

    @Override
    public Optional<FileChannel> channel() {
        return Optional.of(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
