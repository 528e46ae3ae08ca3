package io.thalweg.broker;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A disk whose flushes hang while its gate is closed. */
final class GatedFileSystem implements FileSystem {

    private final FileSystem disk;
    private boolean closed;
    private int blocked;

    GatedFileSystem(FileSystem disk) {
        this.disk = disk;
    }

    synchronized void close() {
        closed = true;
    }

    synchronized void open() {
        closed = false;
        notifyAll();
    }

    /** Returns when a thread hangs in a flush. */
    synchronized void awaitBlocked() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        try {
            while (blocked == 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("no flush within 30 s");
                }
                wait(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private synchronized void pass() throws IOException {
        blocked++;
        notifyAll();
        try {
            while (closed) {
                wait();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        } finally {
            blocked--;
        }
    }

    @Override
    public FileHandle openForRead(Path file) throws IOException {
        return disk.openForRead(file);
    }

    @Override
    public FileHandle openForWrite(Path file) throws IOException {
        return new GatedHandle(disk.openForWrite(file));
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return disk.exists(path);
    }

    @Override
    public long size(Path file) throws IOException {
        return disk.size(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        disk.rename(source, target);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        disk.syncDirectory(directory);
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return disk.usableBytes(path);
    }

    @Override
    public AutoCloseable lock(Path file) throws IOException {
        return disk.lock(file);
    }

    private final class GatedHandle implements FileHandle {
        private final FileHandle file;

        GatedHandle(FileHandle file) {
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
            pass();
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
}
