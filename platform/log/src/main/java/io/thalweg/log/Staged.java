package io.thalweg.log;

import io.thalweg.log.producer.ProducerEntry;
import io.thalweg.log.tail.Chunk;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one log has in the group that is being committed: runs of batches in staging chunks, and what to restore if the
 * group comes to nothing. Reused from group to group; the writer's.
 */
final class Staged {

    /** Batches of the log, side by side. {@code entryAt} is where their journal entry's header lies. */
    static final class Run {
        final Chunk chunk;
        final int entryAt;
        final int at;
        /**
         * Where the log ended before the run; its first batch begins there, or later if compaction left a gap. Where that
         * batch begins if the log starts within it.
         */
        final long after;

        int end;
        long nextOffset;

        Run(Chunk chunk, int entryAt, int at, long after) {
            this.chunk = chunk;
            this.entryAt = entryAt;
            this.at = at;
            this.after = after;
            this.end = at;
        }
    }

    private record Before(long producerId, @Nullable ProducerEntry entry) {}

    final List<Run> runs = new ArrayList<>(2);
    private final List<Before> befores = new ArrayList<>();
    long nextOffset;
    int leaderEpoch;

    void begin(long logEndOffset, int epoch) {
        clear();
        nextOffset = logEndOffset;
        leaderEpoch = epoch;
    }

    void before(long producerId, @Nullable ProducerEntry entry) {
        befores.add(new Before(producerId, entry));
    }

    void restore(io.thalweg.log.producer.ProducerStates producers) {
        for (int i = befores.size() - 1; i >= 0; i--) {
            producers.restore(befores.get(i).producerId, befores.get(i).entry);
        }
        clear();
    }

    void clear() {
        runs.clear();
        befores.clear();
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }
}
