package io.thalweg.client.consume;

import io.thalweg.client.ReceivedRecord;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Handler;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives buffered records to the handler as it asks for them: a batch of one partition, then the next partition's. A turn
 * of the event loop gives out at most {@value #TURN_RECORDS_MAX} records.
 */
final class RecordDispatcher {

    private static final int TURN_RECORDS_MAX = 1_024;

    private final ContextInternal context;
    private final Handler<Throwable> failures;

    /** Room was made. */
    private final Runnable onRoom;

    /** With something buffered, each once, in turn. */
    private final Deque<PartitionReader> queue = new ArrayDeque<>();

    private final RecordDemand demand = new RecordDemand();
    private @Nullable Handler<ReceivedRecord> handler;
    private @Nullable Handler<List<ReceivedRecord>> batchHandler;
    private long bufferedBytes;
    private boolean running;
    private boolean scheduled;
    private boolean closed;

    RecordDispatcher(ContextInternal context, Handler<Throwable> failures, Runnable onRoom) {
        this.context = context;
        this.failures = failures;
        this.onRoom = onRoom;
    }

    long bufferedBytes() {
        return bufferedBytes;
    }

    void handler(@Nullable Handler<ReceivedRecord> newHandler) {
        handler = newHandler;
        schedule();
    }

    void batchHandler(@Nullable Handler<List<ReceivedRecord>> newHandler) {
        batchHandler = newHandler;
        schedule();
    }

    void pause() {
        demand.none();
    }

    void resume() {
        demand.all();
        schedule();
    }

    void fetch(long amount) {
        demand.add(amount);
        schedule();
    }

    void close() {
        closed = true;
        queue.clear();
    }

    void buffered(PartitionReader reader, long bytes) {
        bufferedBytes += bytes;
        if (!reader.queued) {
            reader.queued = true;
            queue.addLast(reader);
        }
    }

    /** Buffered bytes were given up with their records. */
    void released(long bytes) {
        bufferedBytes -= bytes;
    }

    private void schedule() {
        if (!scheduled && !closed) {
            scheduled = true;
            context.runOnContext(turn -> {
                scheduled = false;
                run();
            });
        }
    }

    private boolean wanted() {
        return !closed && demand.any() && (handler != null || batchHandler != null);
    }

    /** Gives out what is wanted and there. */
    void run() {
        if (running) {
            return; // called from the handler
        }
        running = true;
        try {
            int left = TURN_RECORDS_MAX;
            while (left > 0 && wanted() && !queue.isEmpty()) {
                PartitionReader reader = queue.removeFirst();
                reader.queued = false;
                left -= giveBatch(reader, left);
                if (reader.buffered() && !reader.queued) {
                    reader.queued = true;
                    queue.addLast(reader);
                }
            }
        } finally {
            running = false;
        }
        if (wanted() && !queue.isEmpty()) {
            schedule();
        }
        onRoom.run();
    }

    /** @return records given out, at least 1 so that a turn ends even if there was none */
    private int giveBatch(PartitionReader reader, int most) {
        int given = 0;
        int moves = reader.moves;
        while (given < most && wanted() && reader.moves == moves) {
            ReceivedRecord record = peek(reader);
            if (record == null) {
                break;
            }
            if (batchHandler != null) {
                given += giveMany(reader, record, most - given);
                break;
            }
            boolean lastOfBatch = reader.decodedCount() == 1;
            reader.advance();
            demand.give(1);
            given++;
            call(handler, record);
            if (lastOfBatch) {
                break;
            }
        }
        return Math.max(1, given);
    }

    private int giveMany(PartitionReader reader, ReceivedRecord first, int most) {
        int count = (int) Math.min(Math.min(most, reader.decodedCount()), demand.wanted());
        List<ReceivedRecord> records = new ArrayList<>(count);
        ReceivedRecord next = first;
        while (next != null) {
            records.add(next);
            reader.advance();
            next = records.size() < count ? peek(reader) : null;
        }
        demand.give(records.size());
        call(batchHandler, records);
        return records.size();
    }

    private @Nullable ReceivedRecord peek(PartitionReader reader) {
        long before = reader.bufferedBytes();
        try {
            return reader.peek();
        } catch (ThalwegException damaged) {
            // What was fetched cannot be decoded. Its bytes are given up; whoever reads it decides where to go on.
            reader.forget();
            reader.stopped = true;
            failures.handle(new ThalwegException(
                    damaged.error(),
                    "partition stands still until it is moved: partition=" + reader.partition + " offset="
                            + reader.position() + ": " + damaged.getMessage(),
                    damaged));
            return null;
        } finally {
            bufferedBytes += reader.bufferedBytes() - before;
        }
    }

    private <T> void call(@Nullable Handler<T> target, T value) {
        if (target == null) {
            return;
        }
        try {
            target.handle(value);
        } catch (RuntimeException failure) {
            failures.handle(failure);
        }
    }
}
