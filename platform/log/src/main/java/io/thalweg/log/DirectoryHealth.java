package io.thalweg.log;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a log directory takes appends. Once offline it stays so: what a failed flush lost, a later success does not bring
 * back. Any thread; no lock.
 */
final class DirectoryHealth {

    private static final Logger LOGGER = LoggerFactory.getLogger(DirectoryHealth.class);

    private final Path root;

    /** Set once, by the first failure. */
    private volatile @Nullable String reason;

    DirectoryHealth(Path root) {
        this.root = root;
    }

    boolean offline() {
        return reason != null;
    }

    /** Nothing is appended any more. */
    void offline(String what, IOException failure) {
        if (reason == null) {
            reason = what + ": " + failure.getMessage();
            LOGGER.atError()
                    .addKeyValue("error", failure.toString())
                    .setCause(failure)
                    .log("log directory {} is offline: {}; mend the disk and restart", root, what);
        }
    }

    /** Why nothing can be appended; null if it can. */
    @Nullable
    String refusal() {
        String why = reason;
        return why == null
                ? null
                : "log directory is offline: directory=" + root + ": " + why + "; mend the disk and restart";
    }

    /** @throws IOException if the directory is offline */
    void checkOnline() throws IOException {
        String why = reason;
        if (why != null) {
            throw new IOException("log directory is offline: directory=" + root + ": " + why);
        }
    }
}
