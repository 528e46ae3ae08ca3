package io.thalweg.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which acknowledged records of a log are missing or unreadable. While there is damage the log is read-only. Changed under
 * the log's lock, read from any thread.
 */
final class LogDamage {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogDamage.class);

    private final LogId id;
    private volatile @Nullable String what;

    /** -1 while there is no damage. */
    private volatile long from = -1;

    LogDamage(LogId id) {
        this.id = id;
    }

    boolean any() {
        return what != null;
    }

    @Nullable
    String what() {
        return what;
    }

    /** The first offset from which on records are damaged; -1 for a sound log. */
    long from() {
        return from;
    }

    /** Notes damage and tells the operator, once. */
    void found(String found, long offset) {
        if (found.equals(what)) {
            return;
        }
        what = found;
        from = from < 0 ? offset : Math.min(from, offset);
        LOGGER.atError()
                .addKeyValue("partition", id)
                .addKeyValue("offset", offset)
                .log(
                        "acknowledged records are {}; the partition is read-only. Restore its files or a replica, or give"
                                + " the records up by truncating the log",
                        found);
    }

    /** The damaged records were given up. */
    void clear() {
        what = null;
        from = -1;
    }
}
