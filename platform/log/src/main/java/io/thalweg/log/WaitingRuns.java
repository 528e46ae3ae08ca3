package io.thalweg.log;

import java.io.IOException;
import java.util.ArrayDeque;

/**
 * Batches of one log that are durable in the journal and visible, and wait in memory for space on the disk to be written
 * into a segment. Guarded by the log's lock.
 */
final class WaitingRuns {

    private final LogWriter writer;
    private final ArrayDeque<PendingRun> runs = new ArrayDeque<>();

    WaitingRuns(LogWriter writer) {
        this.writer = writer;
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /** Keeps a run's memory until it is written. */
    void add(Staged.Run run) {
        run.chunk.retain();
        runs.add(new PendingRun(run.chunk, run.at, run.end, run.after));
    }

    /** Writes as many as there is space for; throws if that is not all. Blocks. */
    void write() throws IOException {
        PendingRun run = runs.peek();
        while (run != null) {
            writer.write(run.chunk().memory(), run.at(), run.end(), run.after());
            runs.remove();
            run.chunk().release();
            run = runs.peek();
        }
    }

    /** Gives them up. */
    void drop() {
        for (PendingRun run : runs) {
            run.chunk().release();
        }
        runs.clear();
    }
}
