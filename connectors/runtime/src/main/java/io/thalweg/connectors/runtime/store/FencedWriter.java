package io.thalweg.connectors.runtime.store;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.SequencedProducer;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Appends to one partition in the epoch of a claim, one batch after the other; what comes meanwhile shares the next. A batch
 * that fails is sent again with the same sequences, so that the log has it once. May be called from any thread.
 *
 * <p>Once the log refuses the epoch, or a batch has no outcome within the delivery time, nothing is written any more: what is
 * in the log is no longer known here, and only a new claim tells it.
 */
final class FencedWriter {

    private static final int BATCH_RECORDS_MAX = 500;
    private static final int BATCH_BYTES_MAX = 256 << 10;
    private static final int WAITING_MAX = 100_000;
    private static final long DELIVERY_NANOS = 30_000_000_000L;
    private static final int BACKOFF_MIN_MILLIS = 5;
    private static final int BACKOFF_MAX_MILLIS = 1_000;

    private record Put(OutgoingRecord record, Promise<Void> done) {
        int bytes() {
            byte[] key = record.key();
            byte[] value = record.value();
            return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        }
    }

    private final VertxInternal vertx;
    private final ContextInternal context;
    private final SequencedProducer producer;
    private final TopicPartition partition;
    private final Runnable fenced;

    // Confined to the context.
    private final Deque<Put> waiting = new ArrayDeque<>();
    private int next;
    private boolean busy;
    private int attempts;
    private long failingSinceNanos;
    private @Nullable Throwable over;

    /**
     * @param firstSequence behind the record of the claim
     * @param fenced told once, when nothing can be written any more
     */
    FencedWriter(
            Vertx vertx, SequencedProducer producer, TopicPartition partition, int firstSequence, Runnable fenced) {
        this.vertx = (VertxInternal) vertx;
        this.context = this.vertx.createEventLoopContext();
        this.producer = producer;
        this.partition = partition;
        this.next = firstSequence;
        this.fenced = fenced;
    }

    /** Completes on the caller's context, once the record is in the log. */
    Future<Void> put(OutgoingRecord record) {
        Promise<Void> done = vertx.getOrCreateContext().promise();
        context.runOnContext(turn -> {
            Throwable failure = over;
            if (failure != null) {
                done.fail(failure);
            } else if (waiting.size() >= WAITING_MAX) {
                done.fail(new IllegalStateException("too many writes wait: partition=" + partition + " count="
                        + waiting.size() + "; the partition's leader is slow or away"));
            } else {
                waiting.addLast(new Put(record, done));
                dispatch();
            }
        });
        return done.future();
    }

    /** Completes when everything that was put before has an outcome. */
    Future<Void> settled() {
        Promise<Void> settled = vertx.getOrCreateContext().promise();
        context.runOnContext(turn -> {
            Put last = waiting.peekLast();
            if (last == null) {
                settled.complete();
            } else {
                last.done.future().onComplete(outcome -> settled.complete());
            }
        });
        return settled.future();
    }

    private void dispatch() {
        if (busy || over != null || waiting.isEmpty()) {
            return;
        }
        List<OutgoingRecord> batch = new ArrayList<>();
        int bytes = 0;
        for (Put put : waiting) {
            bytes += put.bytes();
            if (!batch.isEmpty() && (bytes > BATCH_BYTES_MAX || batch.size() >= BATCH_RECORDS_MAX)) {
                break;
            }
            batch.add(put.record);
        }
        send(batch);
    }

    private void send(List<OutgoingRecord> batch) {
        busy = true;
        producer.append(partition, next, batch)
                .onComplete(outcome -> context.runOnContext(turn -> onAnswer(batch, outcome)));
    }

    private void onAnswer(List<OutgoingRecord> batch, AsyncResult<Long> outcome) {
        if (over != null) {
            return;
        }
        if (outcome.succeeded()) {
            busy = false;
            attempts = 0;
            next = (int) ((next + (long) batch.size()) & Integer.MAX_VALUE);
            for (int i = 0; i < batch.size(); i++) {
                waiting.removeFirst().done.complete();
            }
            dispatch();
            return;
        }
        Throwable failure = outcome.cause();
        ErrorCode error = ThalwegException.codeOf(failure);
        switch (error) {
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD -> onRefused(batch, failure);
            case INVALID_PRODUCER_EPOCH ->
                end(new FencedException("another node writes the connectors' topics now: partition=" + partition));
            default -> {
                if (error.retriable() || error == ErrorCode.UNKNOWN_SERVER_ERROR) {
                    again(batch, failure);
                } else {
                    end(failure);
                }
            }
        }
    }

    /** Nothing of the batch is in the log. One alone is at fault; of several it is to be found out which. */
    private void onRefused(List<OutgoingRecord> batch, Throwable failure) {
        if (batch.size() > 1) {
            send(batch.subList(0, batch.size() / 2));
            return;
        }
        busy = false;
        waiting.removeFirst().done.fail(failure);
        dispatch();
    }

    private void again(List<OutgoingRecord> batch, Throwable failure) {
        long now = System.nanoTime();
        if (attempts == 0) {
            failingSinceNanos = now;
        } else if (now - failingSinceNanos > DELIVERY_NANOS) {
            end(failure);
            return;
        }
        attempts++;
        int ceiling = Math.min(BACKOFF_MAX_MILLIS, BACKOFF_MIN_MILLIS << Math.min(attempts, 10));
        context.setTimer(1 + ThreadLocalRandom.current().nextLong(ceiling), timer -> {
            if (over == null) {
                send(batch);
            }
        });
    }

    private void end(Throwable failure) {
        if (over != null) {
            return;
        }
        over = failure;
        List<Put> left = List.copyOf(waiting);
        waiting.clear();
        left.forEach(put -> put.done.fail(failure));
        fenced.run();
    }

    /** What waits fails; nobody is told. */
    void close() {
        context.runOnContext(turn -> {
            if (over == null) {
                over = new IllegalStateException("closed: partition=" + partition);
                List<Put> left = List.copyOf(waiting);
                waiting.clear();
                left.forEach(put -> put.done.fail(new IllegalStateException("closed: partition=" + partition)));
            }
        });
    }
}
