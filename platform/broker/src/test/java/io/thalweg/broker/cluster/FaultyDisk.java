package io.thalweg.broker.cluster;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The real disk, until it is told to be full, to fail its flushes or to stand still. Any thread. */
final class FaultyDisk implements FileSystem {

    private final FileSystem real = FileSystem.system();

    private volatile boolean full;
    private volatile boolean failing;

    /** Who writes waits for this one. */
    private volatile CountDownLatch gate = new CountDownLatch(0);

    void full(boolean isFull) {
        full = isFull;
    }

    void failFlushes() {
        failing = true;
    }

    void standStill() {
        gate = new CountDownLatch(1);
    }

    void goOn() {
        gate.countDown();
    }

    private void write() throws IOException {
        standing();
        if (full) {
            throw new IOException("No space left on device");
        }
    }

    private void flush() throws IOException {
        standing();
        if (failing) {
            throw new IOException("Input/output error");
        }
    }

    private void standing() {
        try {
            gate.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public FileHandle openForRead(Path file) throws IOException {
        return real.openForRead(file);
    }

    @Override
    public FileHandle openForWrite(Path file) throws IOException {
        return new Handle(real.openForWrite(file), file.toString().endsWith(".log"));
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return real.exists(path);
    }

    @Override
    public long size(Path file) throws IOException {
        return real.size(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return real.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        real.createDirectories(directory);
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        real.rename(source, target);
    }

    @Override
    public void delete(Path path) throws IOException {
        real.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        flush();
        real.syncDirectory(directory);
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return real.usableBytes(path);
    }

    @Override
    public AutoCloseable lock(Path file) throws IOException {
        return real.lock(file);
    }

    /** A full disk is full for files that grow; what was set aside before can still be written. */
    private final class Handle implements FileHandle {
        private final FileHandle handle;
        private final boolean grows;

        Handle(FileHandle handle, boolean grows) {
            this.handle = handle;
            this.grows = grows;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return handle.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            room();
            handle.write(source, position);
        }

        @Override
        public void write(ByteBuffer[] sources, long position) throws IOException {
            room();
            handle.write(sources, position);
        }

        private void room() throws IOException {
            if (grows) {
                FaultyDisk.this.write();
            } else {
                standing();
            }
        }

        @Override
        public void preallocate(long size) throws IOException {
            FaultyDisk.this.write();
            handle.preallocate(size);
        }

        @Override
        public void truncate(long size) throws IOException {
            handle.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return handle.size();
        }

        @Override
        public void force(boolean metadata) throws IOException {
            flush();
            handle.force(metadata);
        }

        @Override
        public Optional<FileChannel> channel() {
            return handle.channel();
        }

        @Override
        public void close() throws IOException {
            handle.close();
        }
    }
}
