package io.thalweg.log.compaction;

import io.thalweg.log.AbortedTxn;
import java.nio.file.Path;
import java.util.List;

/**
 * What takes the place of one or more segments. The file is forced, under the name that says it is not yet in place.
 *
 * @param replaced the segments, in order; this one has the base offset of the first
 * @param aborted the aborted transactions whose markers it holds
 */
public record CompactedSegment(Path file, List<ClosedSegment> replaced, int sizeInBytes, List<AbortedTxn> aborted) {

    public CompactedSegment {
        replaced = List.copyOf(replaced);
        aborted = List.copyOf(aborted);
    }

    public long baseOffset() {
        return replaced.get(0).baseOffset();
    }
}
