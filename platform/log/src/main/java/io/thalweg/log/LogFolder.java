package io.thalweg.log;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A log's directory on the disk: whether it exists yet, and whether the names in it and its own are durable. Guarded by the
 * log's lock.
 */
final class LogFolder {

    private static final String METADATA_FILE = "partition.metadata";

    private final LogHost host;
    private final LogId id;
    private final Path path;
    private boolean exists;

    /** Files were created, renamed or deleted since the directory was last synced. */
    private boolean changed;

    /** The directory's own name may not be durable. */
    private boolean nameUnsynced;

    LogFolder(LogHost host, LogId id, boolean exists) {
        this.host = host;
        this.id = id;
        this.path = host.root().resolve(id.directoryName());
        this.exists = exists;
    }

    Path path() {
        return path;
    }

    boolean exists() {
        return exists;
    }

    /** There is none: an append that only the journal knows of created it. */
    void isAbsent() {
        exists = false;
    }

    /** Creates the directory if it is absent. Blocks. */
    void create() throws IOException {
        if (exists) {
            return;
        }
        FileSystem files = host.files();
        files.createDirectories(path);
        try (FileHandle metadata = files.openForWrite(path.resolve(METADATA_FILE))) {
            metadata.write(
                    ByteBuffer.wrap(("version: 0\ntopic_id: " + id.topicId() + "\n").getBytes(StandardCharsets.UTF_8)),
                    0);
        }
        exists = true;
        unsynced(true, true);
        host.names().created(id);
    }

    boolean changed() {
        return changed;
    }

    boolean nameUnsynced() {
        return nameUnsynced;
    }

    void markChanged() {
        changed = true;
    }

    /** Said by whoever syncs, before it does. */
    void synced() {
        changed = false;
        nameUnsynced = false;
    }

    /** What has to be synced, in addition to what has to be anyway. */
    void unsynced(boolean files, boolean name) {
        changed |= files;
        nameUnsynced |= name;
    }

    /** After a crash the names of files, in use or removed, may not be durable. */
    void foundAtStart() {
        changed = !host.trusted();
        nameUnsynced = host.replaying();
    }
}
