package io.thalweg.log;

import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Takes the files of closed segments away from under their readers. Guarded by the log's file lock; blocks. */
final class SegmentRemoval {

    private final LogState log;

    /** How many were taken away so far. */
    private long count;

    SegmentRemoval(LogState log) {
        this.log = log;
    }

    /** Gives the file another name and deletes it later: those who are reading it go on until they are done. */
    void hide(Segment segment) throws IOException {
        segment.markDeleted();
        log.host.indexes().forget(segment);
        // A number, because a compacted segment has the name of the one before it.
        Path hidden = segment.file()
                .path()
                .resolveSibling(SegmentFiles.name(segment.baseOffset(), SegmentFiles.LOG) + "." + count++
                        + SegmentFiles.DELETED);
        segment.file().rename(hidden);
        for (String suffix : List.of(SegmentFiles.INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TXN_INDEX)) {
            log.host.files().delete(SegmentFiles.path(log.folder.path(), segment.baseOffset(), suffix));
        }
        log.host.removeLater(hidden, log.config.fileDeleteDelayMillis(), segment.file());
    }
}
