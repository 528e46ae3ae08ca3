package io.thalweg.connectors.process.child;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A running child. Made by {@link #start}; ends by itself or with {@link #terminate} or {@link #kill}. */
public final class ChildProcess {

    /** Frames that wait for the pipe. */
    static final int FRAMES_MAX = 256;

    private static final int STDERR_LINES_KEPT = 20;
    private static final int STDERR_LINE_BYTES_MAX = 4 << 10;
    private static final int ORPHAN_SECONDS_MAX = 5;
    private static final Frame CLOSE = stdin -> {};
    private static final AtomicLong PIPES = new AtomicLong();

    private final ChildCommand command;
    private final ChildListener listener;
    private final BlockingQueue<Frame> frames = new ArrayBlockingQueue<>(FRAMES_MAX);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ArrayDeque<String> stderr = new ArrayDeque<>(); // guarded by itself
    private final Object lock = new Object();
    private @Nullable Process process; // guarded by lock
    private @Nullable NamedPipe stdout; // guarded by lock
    private volatile boolean abandoned;
    private boolean killed; // guarded by lock

    private ChildProcess(ChildCommand command, ChildListener listener) {
        this.command = command;
        this.listener = listener;
    }

    /** Starts a child in the background. Returns at once; whatever goes wrong arrives as {@link ChildListener#onExit}. */
    public static ChildProcess start(ChildCommand command, ChildListener listener) {
        ChildProcess child = new ChildProcess(command, listener);
        child.thread("out", child::run);
        return child;
    }

    private Thread thread(String stream, Runnable body) {
        Thread thread = new Thread(body, "process-" + command.name() + "-" + stream);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** On the reading thread, which stays until the process is gone: {@link ProcessGroup#leading} relies on that. */
    private void run() {
        ChildExit exit;
        try (NamedPipe out = NamedPipe.create(pipe("out"));
                NamedPipe err = NamedPipe.create(pipe("err"))) {
            exit = run(out, err);
        } catch (IOException | RuntimeException | OutOfMemoryError e) { // which is thrown for want of threads, too
            IOException failure = new IOException(
                    "the command could not be started: command="
                            + command.arguments().get(0) + ": " + e.getMessage(),
                    e);
            exit = new ChildExit(-1, List.of(), failure);
        }
        ended.countDown();
        listener.onExit(exit);
    }

    private Path pipe(String stream) {
        return command.scratch().resolve("std" + stream + "-" + PIPES.incrementAndGet());
    }

    private ChildExit run(NamedPipe out, NamedPipe err) throws IOException {
        Process started = spawn(out, err);
        Thread errors;
        Thread writer;
        try {
            errors = thread("err", () -> readStderr(err.reader()));
            writer = thread("in", () -> write(started.getOutputStream()));
        } catch (OutOfMemoryError noThreads) {
            reap(started, new IOException(noThreads));
            throw noThreads;
        }
        // What it started must not outlive it and hold the pipe open.
        CompletableFuture<Void> orphans = started.onExit()
                .thenRunAsync(() -> new ProcessGroup(started).kill())
                .thenRunAsync(this::abandon, CompletableFuture.delayedExecutor(ORPHAN_SECONDS_MAX, TimeUnit.SECONDS));
        Exception failure = null;
        try {
            readLines(out.reader());
        } catch (Exception e) {
            failure = e;
        }
        int code = reap(started, failure);
        orphans.cancel(false);
        frames.clear();
        writer.interrupt();
        joinBriefly(errors);
        synchronized (lock) {
            stdout = null;
        }
        return new ChildExit(code, lastStderr(), failure);
    }

    private Process spawn(NamedPipe out, NamedPipe err) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(ProcessGroup.leading(command.arguments()));
        builder.directory(command.directory().toFile());
        builder.redirectOutput(out.path().toFile()).redirectError(err.path().toFile());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(command.environment());
        synchronized (lock) {
            if (killed) {
                throw new IOException("stopped before it was started");
            }
            Process started = builder.start();
            process = started;
            stdout = out;
            out.handedOver();
            err.handedOver();
            return started;
        }
    }

    /** Lets go of a pipe that a process outside of the group keeps open. */
    private void abandon() {
        synchronized (lock) {
            NamedPipe held = stdout;
            abandoned = true;
            if (held != null) {
                try {
                    held.wake();
                } catch (IOException e) {
                    // Nobody reads any more.
                }
            }
        }
    }

    private void readLines(InputStream stdout) throws Exception {
        LineReader lines = new LineReader(stdout, command.lineBytesMax());
        while (lines.next() && !abandoned) {
            if (lines.to() > lines.from()) {
                listener.onLine(lines.buffer(), lines.from(), lines.to());
            }
        }
    }

    /** After the end of stdout: waits for the process, ends what is left of its group, and returns the exit code. */
    private int reap(Process started, @Nullable Exception failure) {
        ProcessGroup group = new ProcessGroup(started);
        try {
            if (failure != null || !started.waitFor(5, TimeUnit.SECONDS)) {
                group.kill();
            }
            int code = started.waitFor();
            group.kill();
            return code;
        } catch (InterruptedException e) {
            group.kill();
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private static void joinBriefly(Thread thread) {
        try {
            thread.join(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(OutputStream pipe) {
        try (OutputStream stdin = pipe) {
            while (true) {
                Frame frame = frames.take();
                if (frame == CLOSE) {
                    return;
                }
                frame.writeTo(stdin);
                stdin.flush();
                frame.written();
            }
        } catch (IOException e) {
            // The child closed its stdin or is gone: its end is reported by the reader.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readStderr(InputStream in) {
        byte[] line = new byte[STDERR_LINE_BYTES_MAX];
        int length = 0;
        byte[] chunk = new byte[8 << 10];
        try (InputStream errors = in) {
            int read;
            while ((read = errors.read(chunk)) >= 0) {
                for (int i = 0; i < read; i++) {
                    if (chunk[i] == '\n') {
                        keep(line, length);
                        length = 0;
                    } else if (length < line.length) {
                        line[length++] = chunk[i];
                    }
                }
            }
        } catch (IOException e) {
            // Closed because the process is gone.
        }
        keep(line, length);
    }

    private void keep(byte[] line, int length) {
        String text = new String(line, 0, length, StandardCharsets.UTF_8).stripTrailing();
        if (text.isEmpty()) {
            return;
        }
        synchronized (stderr) {
            if (stderr.size() == STDERR_LINES_KEPT) {
                stderr.removeFirst();
            }
            stderr.addLast(text);
        }
        listener.onStderr(text);
    }

    private List<String> lastStderr() {
        synchronized (stderr) {
            return List.copyOf(stderr);
        }
    }

    /** Queues a frame for stdin. False if too many wait already: the child does not read. */
    public boolean send(Frame frame) {
        return frames.offer(frame);
    }

    /** Closes stdin behind what was sent. */
    public void closeInput() {
        frames.offer(CLOSE);
    }

    /**
     * Ends the child politely: closes its stdin behind what was sent, then SIGTERM to its group after a grace, then
     * SIGKILL after a second one. Blocks until it is gone; idempotent.
     */
    public void terminate(long graceMillis) throws InterruptedException {
        closeInput();
        if (!ended.await(graceMillis, TimeUnit.MILLISECONDS)) {
            Process running = running();
            if (running != null) {
                new ProcessGroup(running).terminate();
            }
            if (!ended.await(graceMillis, TimeUnit.MILLISECONDS)) {
                kill();
                ended.await();
            }
        }
    }

    /** SIGKILL to the group; does not wait for its end. Blocks for milliseconds. */
    public void kill() {
        Process running;
        synchronized (lock) {
            killed = true;
            running = process;
        }
        if (running != null) {
            new ProcessGroup(running).kill();
        }
    }

    private @Nullable Process running() {
        synchronized (lock) {
            return process;
        }
    }

    /** 0 before it was started. */
    public long pid() {
        Process running = running();
        return running == null ? 0 : running.pid();
    }
}
