package io.thalweg.broker.replica;

import io.thalweg.broker.storage.LogWriter;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogView;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.Truncation;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts off logs on the writer thread, all together that wait for it: a cut costs a checkpoint, which names every log of the
 * directory, and a node that comes back may have to cut thousands of logs at once. Confined to the replication loop, but for
 * what waits, which the writer thread takes.
 */
final class LogCuts {

    /** Appends stand still meanwhile. */
    private static final int GROUP_MAX = 128;

    private final ContextInternal loop;
    private final LogDirectory directory;
    private final LogWriter writer;

    /** Its own monitor guards it. Each replica waits for one at most, which bounds it. */
    private final Deque<Cut> waiting = new ArrayDeque<>();

    private record Cut(Truncation truncation, Consumer<LogView> written, Promise<LogView> done) {}

    LogCuts(ContextInternal loop, LogDirectory directory, LogWriter writer) {
        this.loop = loop;
        this.directory = directory;
        this.writer = writer;
    }

    /**
     * Completes with the log as it is then. It is cut at the latest behind all that is queued on the writer now, perhaps before
     * some of that: nothing of the log itself may be queued.
     *
     * @param written told the same on the writer thread, before anything is appended
     */
    Future<LogView> cut(PartitionLog log, long offset, Consumer<LogView> written) {
        Cut cut = new Cut(new Truncation(log, offset), written, loop.promise());
        boolean first;
        synchronized (waiting) {
            first = waiting.isEmpty();
            waiting.add(cut);
        }
        if (first) {
            writer.execute(this::cutAll);
        }
        return cut.done().future();
    }

    private void cutAll() {
        List<Cut> group = new ArrayList<>();
        boolean more;
        synchronized (waiting) {
            while (!waiting.isEmpty() && group.size() < GROUP_MAX) {
                group.add(waiting.remove());
            }
            more = !waiting.isEmpty();
        }
        if (more) {
            // What else is queued gets its turn between.
            writer.execute(this::cutAll);
        }
        cut(group);
    }

    private void cut(List<Cut> group) {
        try {
            directory.truncate(group.stream().map(Cut::truncation).toList());
        } catch (ThalwegException | IOException failure) {
            if (group.size() > 1 && !directory.offline()) {
                // Nothing was cut, for the sake of one that may not be, or could not be opened: that one alone shall
                // fail.
                group.forEach(cut -> cut(List.of(cut)));
            } else {
                fail(group, failure);
            }
            return;
        } catch (RuntimeException defect) {
            fail(group, defect);
            return;
        }
        for (Cut cut : group) {
            LogView now = cut.truncation().log().view();
            cut.written().accept(now);
            loop.runOnContext(nothing -> cut.done().complete(now));
        }
    }

    private void fail(List<Cut> group, Exception failure) {
        loop.runOnContext(nothing -> group.forEach(cut -> cut.done().fail(failure)));
    }
}
