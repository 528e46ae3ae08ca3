package io.thalweg.broker.cluster;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.testkit.DelegatingFileHandle;
import io.thalweg.testkit.DelegatingFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** The real disk, until it is told to be full, to fail its flushes or to stand still. Any thread. */
final class FaultyDisk extends DelegatingFileSystem {

    private volatile boolean full;
    private volatile boolean failing;
    private volatile boolean failingOnce;

    /** Who writes waits for this one. */
    private volatile CountDownLatch gate = new CountDownLatch(0);

    FaultyDisk() {
        super(FileSystem.system());
    }

    void full(boolean isFull) {
        full = isFull;
    }

    void failFlushes() {
        failing = true;
    }

    /** The next write to the journal finds no space, and what comes after it does. */
    void failNextWrite() {
        failingOnce = true;
    }

    void standStill() {
        gate = new CountDownLatch(1);
    }

    void goOn() {
        gate.countDown();
    }

    private void pass() {
        try {
            gate.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void grow() throws IOException {
        pass();
        if (full) {
            throw new IOException("No space left on device");
        }
    }

    private void flush() throws IOException {
        pass();
        if (failing) {
            throw new IOException("Input/output error");
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        flush();
        super.syncDirectory(directory);
    }

    @Override
    protected FileHandle writable(FileHandle file, Path path) {
        return new Handle(
                file, path.toString().endsWith(".log"), path.toString().endsWith(".journal"));
    }

    /** A full disk is full for files that grow; what was set aside before can still be written. */
    private final class Handle extends DelegatingFileHandle {
        private final boolean grows;
        private final boolean journal;

        Handle(FileHandle file, boolean grows, boolean journal) {
            super(file);
            this.grows = grows;
            this.journal = journal;
        }

        private void write() throws IOException {
            if (grows) {
                grow();
            } else {
                pass();
            }
            if (journal && failingOnce) {
                failingOnce = false;
                throw new IOException("No space left on device");
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            write();
            super.write(source, position);
        }

        @Override
        public void write(ByteBuffer[] sources, long position) throws IOException {
            write();
            super.write(sources, position);
        }

        @Override
        public void preallocate(long size) throws IOException {
            grow();
            super.preallocate(size);
        }

        @Override
        public void force(boolean metadata) throws IOException {
            flush();
            super.force(metadata);
        }
    }
}
