package io.thalweg.log;

import io.thalweg.environment.FileSystem;
import io.thalweg.log.file.WholeFile;
import io.thalweg.log.segment.AbortedTxnCodec;
import io.thalweg.log.segment.IndexCache;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentFiles;
import io.thalweg.log.segment.SegmentIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of a log that save reading it: indexes and producer snapshots. Called under the log's file lock; blocks. */
final class LogCaches {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogCaches.class);
    private static final int SNAPSHOTS_KEPT = 2;

    private final LogId id;
    private final FileSystem files;
    private final IndexCache indexes;
    private final Path path;

    /** @param path the log's directory */
    LogCaches(LogId id, FileSystem files, IndexCache indexes, Path path) {
        this.id = id;
        this.files = files;
        this.indexes = indexes;
        this.path = path;
    }

    /**
     * Writes the indexes of closed segments and the snapshot of the producers, if there is one; what cannot be written is
     * rebuilt when it is missed.
     */
    void save(Segment[] now, @Nullable ByteBuffer snapshot, long snapshotAt) {
        try {
            for (int i = 0; i < now.length - 1; i++) {
                SegmentIndex index = now[i].index();
                if (index != null && !now[i].deleted()) {
                    indexes.save(now[i], index);
                    saveAborted(now[i]);
                    now[i].indexSaved();
                }
            }
            if (snapshot != null) {
                saveSnapshot(now, snapshot, snapshotAt);
            }
        } catch (IOException failure) {
            LOGGER.atDebug()
                    .addKeyValue("partition", id)
                    .addKeyValue("error", failure.toString())
                    .log("indexes not saved");
        }
    }

    /** The transaction index of a segment; durable when it returns. */
    void saveAborted(Segment segment) throws IOException {
        WholeFile.replaceDurably(
                files,
                SegmentFiles.path(path, segment.baseOffset(), SegmentFiles.TXN_INDEX),
                AbortedTxnCodec.encode(segment.aborted()));
    }

    /** The transaction index of the last segment goes first: a snapshot vouches for it up to its offset. */
    private void saveSnapshot(Segment[] now, ByteBuffer encoded, long offset) throws IOException {
        if (now.length > 0) {
            saveAborted(now[now.length - 1]);
        }
        WholeFile.replaceDurably(files, SegmentFiles.path(path, offset, SegmentFiles.SNAPSHOT), encoded);
        List<Long> offsets = new ArrayList<>();
        for (String name : files.list(path)) {
            long found = SegmentFiles.offset(name, SegmentFiles.SNAPSHOT);
            if (found >= 0) {
                offsets.add(found);
            }
        }
        for (int i = 0; i < offsets.size() - SNAPSHOTS_KEPT; i++) {
            files.delete(SegmentFiles.path(path, offsets.get(i), SegmentFiles.SNAPSHOT));
        }
    }

    /** Deletes the snapshots of offsets beyond this one. */
    void removeSnapshotsBeyond(long beyond) throws IOException {
        for (String name : files.list(path)) {
            if (SegmentFiles.offset(name, SegmentFiles.SNAPSHOT) > beyond) {
                files.delete(path.resolve(name));
            }
        }
    }
}
