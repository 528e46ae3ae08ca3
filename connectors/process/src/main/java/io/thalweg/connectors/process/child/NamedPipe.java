package io.thalweg.connectors.process.child;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A pipe with a name, for what a child writes. The JDK's own pipe of a process is drained by another thread when the process
 * ends, and a reader that waits in it then sees the end in front of the last bytes; this one ends behind them.
 */
final class NamedPipe implements AutoCloseable {

    private static final int MKFIFO_SECONDS_MAX = 10;

    private final Path path;
    private final InputStream reader;
    /** Holds both ends open until the child has them, so that no open waits for the other side. */
    private final RandomAccessFile holder;

    private NamedPipe(Path path, InputStream reader, RandomAccessFile holder) {
        this.path = path;
        this.reader = reader;
        this.holder = holder;
    }

    /** Makes a pipe that its owner alone may open. Blocks for milliseconds. */
    static NamedPipe create(Path path) throws IOException {
        Files.deleteIfExists(path);
        try {
            Process mkfifo = new ProcessBuilder("mkfifo", "-m", "600", path.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!mkfifo.waitFor(MKFIFO_SECONDS_MAX, TimeUnit.SECONDS) || mkfifo.exitValue() != 0) {
                mkfifo.destroyForcibly();
                throw new IOException("mkfifo failed: path=" + path);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        RandomAccessFile holder = new RandomAccessFile(path.toFile(), "rw");
        return new NamedPipe(path, new FileInputStream(path.toFile()), holder);
    }

    Path path() {
        return path;
    }

    /** Ends when every process that has the pipe closed it, once {@link #handedOver} was called. */
    InputStream reader() {
        return reader;
    }

    /** The child has its end. */
    void handedOver() throws IOException {
        holder.close();
    }

    /** Makes a reader that waits see a line end, although somebody keeps the pipe open. Does not block. */
    void wake() throws IOException {
        try (FileOutputStream writer = new FileOutputStream(path.toFile())) {
            writer.write('\n');
        }
    }

    @Override
    public void close() throws IOException {
        holder.close();
        reader.close();
        Files.deleteIfExists(path);
    }
}
