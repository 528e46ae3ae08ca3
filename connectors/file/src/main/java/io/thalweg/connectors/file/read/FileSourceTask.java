package io.thalweg.connectors.file.read;

import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceTask;
import io.thalweg.connectors.api.SourceTaskContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads one file, or the files of a directory in turn. Runs on a worker context, where reading may block. */
public final class FileSourceTask implements SourceTask {

    /** How long a poll waits for records before it answers with none. */
    private static final long POLL_MILLIS = 1_000;

    private static final long SCAN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Batches from one file before the next gets a turn. */
    private static final int TURN_BATCHES = 16;

    /** Followed files that are kept open; more are opened again when they grow. */
    private static final int OPEN_FILES_MAX = 64;

    private @Nullable SourceTaskContext context;
    private @Nullable FileSourceConfig config;
    private @Nullable ChunkBuffer buffer;
    private final Map<String, FileCursor> cursors = new HashMap<>();
    private final List<FileCursor> turns = new ArrayList<>();

    /** Index into {@link #turns} of the file that is read now. */
    private int turn;

    private int batchesOfTurn;
    private long scannedNanos;
    private long timer = -1;
    private @Nullable Promise<SourceBatch> waiting;
    private boolean stopped;

    @Override
    public Future<Void> start(SourceTaskContext given) {
        try {
            FileSourceConfig read = FileSourceConfig.of(given.config());
            context = given;
            config = read;
            buffer = new ChunkBuffer(read.chunkBytes());
            String file = read.file();
            if (file != null) {
                add(file, () -> given.policy().path(file));
            } else {
                scan();
            }
            return Future.succeededFuture();
        } catch (IOException | RuntimeException e) {
            return Future.failedFuture(failure(e));
        }
    }

    private void add(String name, java.util.function.Supplier<Path> resolve) {
        FileSourceConfig settings = config();
        FilePosition stored = FilePosition.of(context().position(FileCursor.partition(name)));
        Rotation rotation = new Rotation(settings.filesMax(), path -> ofDirectory(path));
        FileCursor cursor = new FileCursor(name, resolve, settings, Objects.requireNonNull(buffer), rotation, stored);
        cursors.put(name, cursor);
        turns.add(cursor);
    }

    private boolean ofDirectory(Path path) {
        return config().directory() != null && matcher().matches(path.getFileName());
    }

    private PathMatcher matcher() {
        return FileSystems.getDefault().getPathMatcher("glob:" + config().glob());
    }

    /** Finds files of the directory that are new, in the order of their names. */
    private void scan() throws IOException {
        FileSourceConfig settings = config();
        HostPolicy policy = context().policy();
        scannedNanos = System.nanoTime();
        String directory = Objects.requireNonNull(settings.directory());
        TreeSet<String> names = new TreeSet<>();
        PathMatcher matcher = matcher();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(policy.path(directory))) {
            for (Path path : paths) {
                String name = path.getFileName().toString();
                boolean mine = Math.floorMod(name.hashCode(), settings.shares()) == settings.share();
                if (mine
                        && matcher.matches(path.getFileName())
                        && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    names.add(name);
                    if (names.size() > settings.filesMax()) {
                        throw new IllegalStateException("directory has too many files: directory=" + directory
                                + " files.max=" + settings.filesMax() + "; raise it, or move files away");
                    }
                }
            }
        } catch (NoSuchFileException e) {
            return;
        }
        for (String name : names) {
            String path = directory + (directory.endsWith("/") ? "" : "/") + name;
            if (!cursors.containsKey(path)) {
                if (cursors.size() >= settings.filesMax()) {
                    forgetGone(names, directory);
                }
                add(path, () -> policy.path(path));
            }
        }
    }

    /** Makes room: files that were read and are no longer there. */
    private void forgetGone(Set<String> names, String directory) {
        turns.removeIf(cursor -> cursor.done() && !names.contains(cursor.fileName()));
        cursors.values().removeIf(cursor -> !turns.contains(cursor));
        turn = 0;
        if (cursors.size() >= config().filesMax()) {
            throw new IllegalStateException("too many files were followed: directory=" + directory + " files.max="
                    + config().filesMax() + "; raise it, or restart the task");
        }
    }

    @Override
    public Future<SourceBatch> poll(int recordsMax, int bytesMax) {
        try {
            SourceBatch batch = read(recordsMax, bytesMax);
            if (batch != null) {
                return Future.succeededFuture(batch);
            }
        } catch (IOException | RuntimeException e) {
            return Future.failedFuture(failure(e));
        }
        Promise<SourceBatch> promise = Promise.promise();
        waiting = promise;
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS);
        lookLater(promise, recordsMax, bytesMax, deadlineNanos);
        return promise.future();
    }

    private void lookLater(Promise<SourceBatch> promise, int recordsMax, int bytesMax, long deadlineNanos) {
        timer = context().vertx().setTimer(config().pollIntervalMillis(), fired -> {
            if (stopped) {
                return;
            }
            try {
                SourceBatch batch = read(recordsMax, bytesMax);
                if (batch == null && System.nanoTime() - deadlineNanos < 0) {
                    lookLater(promise, recordsMax, bytesMax, deadlineNanos);
                } else {
                    waiting = null;
                    promise.complete(batch == null ? SourceBatch.none() : batch);
                }
            } catch (IOException | RuntimeException e) {
                waiting = null;
                promise.fail(failure(e));
            }
        });
    }

    /** From the file whose turn it is, else from the next that has something; null if none has. */
    private @Nullable SourceBatch read(int recordsMax, int bytesMax) throws IOException {
        if (config().directory() != null && System.nanoTime() - scannedNanos >= SCAN_NANOS) {
            scan();
        }
        if (batchesOfTurn >= TURN_BATCHES && config().follow()) {
            nextTurn();
        }
        for (int tries = 0; tries < turns.size(); tries++) {
            FileCursor cursor = turns.get(turn);
            SourceBatch batch = read(cursor, recordsMax, bytesMax);
            if (batch != null) {
                batchesOfTurn++;
                return batch;
            }
            if (turns.size() > OPEN_FILES_MAX) {
                cursor.close();
            }
            nextTurn();
        }
        return null;
    }

    private static @Nullable SourceBatch read(FileCursor cursor, int recordsMax, int bytesMax) throws IOException {
        try {
            return cursor.read(recordsMax, bytesMax);
        } catch (IOException e) {
            cursor.close();
            throw e;
        }
    }

    private void nextTurn() {
        turn = (turn + 1) % Math.max(1, turns.size());
        batchesOfTurn = 0;
    }

    private static Throwable failure(Exception e) {
        return e instanceof IOException
                ? new RetriableException("reading a file failed: " + e.getMessage() + "; it is tried again", e)
                : e;
    }

    private FileSourceConfig config() {
        return Objects.requireNonNull(config, "not started");
    }

    private SourceTaskContext context() {
        return Objects.requireNonNull(context, "not started");
    }

    @Override
    public Future<Void> stop() {
        stopped = true;
        if (context != null && timer >= 0) {
            context.vertx().cancelTimer(timer);
        }
        Promise<SourceBatch> promise = waiting;
        waiting = null;
        if (promise != null) {
            promise.tryComplete(SourceBatch.none());
        }
        try {
            for (FileCursor cursor : turns) {
                cursor.close();
            }
            return Future.succeededFuture();
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
    }
}
