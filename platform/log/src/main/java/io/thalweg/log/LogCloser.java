package io.thalweg.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes the logs of a directory. */
final class LogCloser {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogCloser.class);
    private static final int PARALLEL_CLOSE_LOGS = 256;
    private static final int CLOSE_THREADS = 32;

    private LogCloser() {}

    /**
     * Each log waits for several flushes. Many at once share the file system's own commits, so that ten thousand logs
     * take seconds; a few are closed in order, which keeps simulated runs reproducible.
     */
    static void close(List<PartitionLog> open, Path root) throws IOException {
        if (open.size() < PARALLEL_CLOSE_LOGS) {
            for (PartitionLog log : open) {
                log.flush.closeCleanly();
            }
            return;
        }
        ExecutorService workers = Executors.newFixedThreadPool(CLOSE_THREADS);
        AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
        for (PartitionLog log : open) {
            workers.execute(() -> {
                try {
                    log.flush.closeCleanly();
                } catch (IOException | RuntimeException failure) {
                    failed.compareAndSet(null, failure);
                }
            });
        }
        workers.shutdown();
        try {
            while (!workers.awaitTermination(1, TimeUnit.MINUTES)) {
                LOGGER.atWarn().log("logs of {} are still being closed", root);
            }
        } catch (InterruptedException interrupted) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
            throw new IOException("closing was interrupted: directory=" + root, interrupted);
        }
        Exception failure = failed.get();
        if (failure != null) {
            throw new IOException("log not closed: directory=" + root + ": " + failure, failure);
        }
    }
}
