package io.thalweg.streams.runtime;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.SequencedProducer;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Appends the changes of one store in the epoch of its claim, one batch after the other; what comes meanwhile shares the next.
 * What fails is sent again with the same sequences, so that the log has it once. Confined.
 */
final class ChangelogWriter {

    private static final int BATCH_BYTES_MAX = 256 << 10;
    private static final long DELIVERY_NANOS = 30_000_000_000L;
    private static final int BACKOFF_MIN_MILLIS = 5;
    private static final int BACKOFF_MAX_MILLIS = 1_000;

    /** Changes of events that are older than this are told when they are written. */
    private static final long OLD_MILLIS = 60_000;

    /** Somebody's changes end behind so many records of a batch; others' may follow. */
    private record End(int count, Promise<Long> promise) {}

    /** Sent together. */
    private static final class Batch {
        private final List<OutgoingRecord> records = new ArrayList<>();
        private final List<End> ends = new ArrayList<>();
        private long bytes;
        private long newestMillis;
        private boolean sent;

        private boolean takes(long more) {
            return !sent && (records.isEmpty() || bytes + more <= BATCH_BYTES_MAX);
        }

        private void add(OutgoingRecord record, long size) {
            records.add(record);
            bytes += size;
            newestMillis = Math.max(newestMillis, record.timestampMillis());
        }
    }

    private final Context context;
    private final SequencedProducer producer;
    private final TopicPartition partition;
    private final LongSupplier clockMillis;
    private final Deque<Batch> batches = new ArrayDeque<>();

    /** Of the first record that is not in the log. */
    private int next;

    private boolean busy;
    private int attempts;
    private long failingSinceNanos;
    private @Nullable Throwable failure;

    ChangelogWriter(
            Context context,
            SequencedProducer producer,
            TopicPartition partition,
            int firstSequence,
            LongSupplier clockMillis) {
        this.context = context;
        this.producer = producer;
        this.partition = partition;
        this.next = firstSequence;
        this.clockMillis = clockMillis;
    }

    /**
     * Completes, once all are in the log, with the offset after the last of them, or -1 if the broker did not tell. Fails with
     * {@link FencedException} if somebody else has claimed the changelog.
     *
     * @param records one or more
     */
    Future<Long> append(List<OutgoingRecord> records) {
        Throwable over = failure;
        if (over != null) {
            return Future.failedFuture(over);
        }
        Promise<Long> end = Promise.promise();
        Batch last = batches.peekLast();
        for (OutgoingRecord record : records) {
            long bytes = TaskOutputs.bytesOf(record);
            if (last == null || !last.takes(bytes)) {
                last = new Batch();
                batches.addLast(last);
            }
            last.add(record, bytes);
        }
        if (last != null) {
            last.ends.add(new End(last.records.size(), end));
        }
        dispatch();
        return end.future();
    }

    private void dispatch() {
        Batch head = batches.peekFirst();
        if (head == null || busy || failure != null) {
            return;
        }
        busy = true;
        if (!head.sent) {
            head.sent = true;
            stamp(head);
        }
        producer.append(partition, next, head.records).onComplete(outcome -> onAnswer(head, outcome));
    }

    /**
     * Behind changes of old events comes a record of now: by the times in a segment compaction tells how long ago it was written,
     * and whether it may throw away what the last commit stands on ({@code min.compaction.lag.ms}).
     */
    private void stamp(Batch head) {
        long now = clockMillis.getAsLong();
        if (head.newestMillis < now - OLD_MILLIS) {
            OutgoingRecord stamp = TaskChangelogs.stamp(partition, now);
            head.add(stamp, TaskOutputs.bytesOf(stamp));
        }
    }

    private void onAnswer(Batch head, AsyncResult<Long> outcome) {
        if (failure != null) {
            return;
        }
        busy = false;
        if (outcome.succeeded()) {
            attempts = 0;
            batches.removeFirst();
            next = (int) ((next + (long) head.records.size()) & Integer.MAX_VALUE);
            long first = outcome.result();
            head.ends.forEach(end -> end.promise.complete(first < 0 ? -1 : first + end.count));
            dispatch();
        } else {
            onFailure(head, outcome.cause());
        }
    }

    private void onFailure(Batch head, Throwable cause) {
        ErrorCode error = ThalwegException.codeOf(cause);
        boolean tooLarge = error == ErrorCode.MESSAGE_TOO_LARGE || error == ErrorCode.RECORD_LIST_TOO_LARGE;
        if (tooLarge && head.records.size() > 1) {
            split(head);
            dispatch();
        } else if (error == ErrorCode.INVALID_PRODUCER_EPOCH) {
            fail(new FencedException("another instance writes the changelog now: partition=" + partition));
        } else if (error.retriable() || error == ErrorCode.UNKNOWN_SERVER_ERROR) {
            tryAgain(cause);
        } else {
            fail(cause);
        }
    }

    private void split(Batch head) {
        batches.removeFirst();
        int half = head.records.size() / 2;
        Batch first = new Batch();
        Batch second = new Batch();
        for (int i = 0; i < head.records.size(); i++) {
            OutgoingRecord record = head.records.get(i);
            (i < half ? first : second).add(record, TaskOutputs.bytesOf(record));
        }
        for (End end : head.ends) {
            if (end.count <= half) {
                first.ends.add(end);
            } else {
                second.ends.add(new End(end.count - half, end.promise));
            }
        }
        batches.addFirst(second);
        batches.addFirst(first);
    }

    private void tryAgain(Throwable cause) {
        long now = System.nanoTime();
        if (attempts == 0) {
            failingSinceNanos = now;
        } else if (now - failingSinceNanos > DELIVERY_NANOS) {
            fail(cause);
            return;
        }
        attempts++;
        busy = true;
        long ceiling = Math.min(BACKOFF_MAX_MILLIS, (long) BACKOFF_MIN_MILLIS << Math.min(attempts, 10));
        context.owner().setTimer(ceiling / 2 + 1 + ThreadLocalRandom.current().nextLong(ceiling / 2 + 1), timer -> {
            busy = false;
            dispatch();
        });
    }

    private void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
            List<Batch> given = List.copyOf(batches);
            batches.clear();
            given.forEach(batch -> batch.ends.forEach(end -> end.promise.fail(cause)));
        }
    }

    /** What has no outcome fails; it may be in the log. */
    void close() {
        fail(new IllegalStateException("the task was closed: partition=" + partition));
    }
}
