package io.thalweg.log;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flushes many logs of a directory: each waits for several flushes of its own, and many at once share the file system's own
 * commits, so that ten thousand logs take seconds. A few are flushed in order, which keeps simulated runs reproducible.
 */
final class SharedFlushes {

    private static final Logger LOGGER = LoggerFactory.getLogger(SharedFlushes.class);

    /** So many logs or more are flushed at once. */
    static final int PARALLEL_LOGS = 64;

    private static final int THREADS = 32;

    private SharedFlushes() {}

    /** Flushes one log; what it does must not depend on the others. */
    interface Flush {
        void flush(PartitionLog log) throws IOException;
    }

    /**
     * Flushes all of {@code logs}, in any order, even if one fails. It may be done by other threads, which take the locks of
     * a log that {@code each} takes and need none that the caller holds. Blocks.
     *
     * @param purpose said where it takes long or fails
     * @throws IOException the first failure
     */
    static void flush(List<PartitionLog> logs, String purpose, Flush each) throws IOException {
        if (logs.size() < PARALLEL_LOGS) {
            for (PartitionLog log : logs) {
                each.flush(log);
            }
            return;
        }
        ExecutorService workers = Executors.newFixedThreadPool(THREADS);
        AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
        for (PartitionLog log : logs) {
            workers.execute(() -> {
                try {
                    each.flush(log);
                } catch (IOException | RuntimeException failure) {
                    failed.compareAndSet(null, failure);
                }
            });
        }
        workers.shutdown();
        try {
            while (!workers.awaitTermination(1, TimeUnit.MINUTES)) {
                LOGGER.atWarn().log("logs are still being flushed: {}", purpose);
            }
        } catch (InterruptedException interrupted) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
            throw new IOException("flushing was interrupted: " + purpose, interrupted);
        }
        Exception failure = failed.get();
        if (failure != null) {
            throw new IOException("log not flushed: " + purpose + ": " + failure, failure);
        }
    }
}
