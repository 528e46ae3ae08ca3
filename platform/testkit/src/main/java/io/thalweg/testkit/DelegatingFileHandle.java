package io.thalweg.testkit;

import io.thalweg.environment.FileHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** Another file handle, for tests that change a little of what it does. As safe for threads as that one. */
public abstract class DelegatingFileHandle implements FileHandle {

    private final FileHandle file;

    protected DelegatingFileHandle(FileHandle file) {
        this.file = file;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return file.read(target, position);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        file.write(source, position);
    }

    @Override
    public void write(ByteBuffer[] sources, long position) throws IOException {
        file.write(sources, position);
    }

    @Override
    public void preallocate(long size) throws IOException {
        file.preallocate(size);
    }

    @Override
    public void truncate(long size) throws IOException {
        file.truncate(size);
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public void force(boolean metadata) throws IOException {
        file.force(metadata);
    }

    @Override
    public Optional<FileChannel> channel() {
        return file.channel();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
