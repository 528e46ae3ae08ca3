package io.thalweg.broker;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.testkit.DelegatingFileHandle;
import io.thalweg.testkit.DelegatingFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A disk whose flushes hang while its gate is closed. */
final class GatedFileSystem extends DelegatingFileSystem {

    private boolean closed;
    private int blocked;

    GatedFileSystem(FileSystem disk) {
        super(disk);
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
    protected FileHandle writable(FileHandle file, Path path) {
        return new DelegatingFileHandle(file) {
            @Override
            public void force(boolean metadata) throws IOException {
                pass();
                super.force(metadata);
            }
        };
    }
}
