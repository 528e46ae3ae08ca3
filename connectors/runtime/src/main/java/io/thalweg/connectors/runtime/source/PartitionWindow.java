package io.thalweg.connectors.runtime.source;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.SequencedProducer;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for, and what is under way to, one partition, by the caller's sequences.
 *
 * <p>A failure stops the sending until everything under way has an outcome. Then the log is asked what it has: that is
 * settled, and the rest is sent again with the same sequences. So nothing is there twice, whatever was lost on the way.
 */
final class PartitionWindow {

    private static final Logger LOGGER = LoggerFactory.getLogger(PartitionWindow.class);

    /** Kafka's logs remember five batches of a producer. */
    private static final int IN_FLIGHT_MAX = 5;

    private static final int BACKOFF_MIN_MILLIS = 5;
    private static final int BACKOFF_MAX_MILLIS = 1_000;

    private enum Phase {
        FLOWING,
        /** A chunk failed: nothing is sent until each of the others has an outcome and the log was asked. */
        SETTLING,
        BACKING_OFF,
        /** A record is left out: nothing behind it is sent before that is known. */
        LEAVING_OUT
    }

    /** Told of a record that the log refuses for good and that the task goes on without. */
    interface Refusals {

        /**
         * Makes it known that the record at this sequence is left out, so that whoever goes on from a stored position leaves
         * it out too: the log does not count it. Nothing behind it is sent before the future completes.
         */
        Future<Void> onLeftOut(TopicPartition partition, int sequence, SourceDelivery delivery);
    }

    private final LaneHost host;
    private final Refusals refusals;
    private final SequencedProducer producer;
    private final TopicPartition partition;
    private final int batchBytesMax;
    private final long deliveryMillis;

    private final Deque<Chunk> inFlight = new ArrayDeque<>();
    private final Deque<Chunk> waiting = new ArrayDeque<>();
    private Phase phase = Phase.FLOWING;
    private int unanswered;
    private int attempts;
    private long failingSinceMillis = -1;

    /** Of the next record. */
    private int next;

    /** So many of the next records are in the log. */
    private int skip;

    /** Sequences in front of which a record was left out, in their order; one for each such record. */
    private final Deque<Integer> leftOut = new ArrayDeque<>();

    /** The task has stopped: nothing is sent any more. */
    private boolean closed;

    /** The log has a batch of this producer: only then it refuses gaps, so until then one at a time. */
    private boolean known;

    PartitionWindow(
            LaneHost host,
            Refusals refusals,
            SequencedProducer producer,
            TopicPartition partition,
            int batchBytesMax,
            long deliveryMillis) {
        this.host = host;
        this.refusals = refusals;
        this.producer = producer;
        this.partition = partition;
        this.batchBytesMax = batchBytesMax;
        this.deliveryMillis = deliveryMillis;
    }

    /**
     * Finds out what of the records from {@code expected} on is in the log already.
     *
     * @param expected sequence of the next record where the source goes on
     * @param leftOutThere where records were left out behind it
     */
    Future<Void> resume(int expected, List<Integer> leftOutThere) {
        return producer.lastSequence(partition).map(last -> {
            next = expected;
            leftOut.addAll(leftOutThere);
            if (last < 0) {
                if (expected > 0) {
                    warn(
                            "the log no longer knows this producer; what it wrote since the stored position is written again");
                }
                return null;
            }
            known = true;
            int more = Sequences.distance(expected, last) + 1;
            if (more < 0) {
                warn("the log ends before the stored position: records were lost there; missing=" + -more);
                next = Sequences.plus(last, 1);
                leftOut.clear(); // counted from where the log is no more; they are refused once more
            } else {
                skip = more;
            }
            return null;
        });
    }

    int next() {
        return next;
    }

    /** Where records behind the next one are left out. */
    List<Integer> leftOut() {
        return List.copyOf(leftOut);
    }

    boolean skipping() {
        return skip > 0 || !leftOut.isEmpty();
    }

    void close() {
        closed = true;
    }

    boolean idle() {
        return inFlight.isEmpty() && waiting.isEmpty() && phase != Phase.LEAVING_OUT;
    }

    void add(OutgoingRecord record, SourceDelivery delivery) {
        Integer without = leftOut.peekFirst();
        if (without != null && without == next) {
            leftOut.removeFirst();
            host.onResumed(record);
            return;
        }
        if (skip > 0) {
            skip--;
            next = Sequences.plus(next, 1);
            host.onResumed(record);
            return;
        }
        Chunk last = waiting.peekLast();
        if (last == null || last.bytes + Chunk.bytesOf(record) > batchBytesMax) {
            last = new Chunk(next);
            waiting.addLast(last);
        }
        last.add(record, delivery);
        delivery.outstanding++;
        next = Sequences.plus(next, 1);
    }

    /** Sends what may be sent now. */
    void dispatch() {
        while (!closed
                && phase == Phase.FLOWING
                && !waiting.isEmpty()
                && inFlight.size() < (known ? IN_FLIGHT_MAX : 1)) {
            Chunk chunk = waiting.removeFirst();
            inFlight.addLast(chunk);
            chunk.failure = null;
            unanswered++;
            producer.append(partition, chunk.first, List.copyOf(chunk.records))
                    .onComplete(outcome -> onAnswer(chunk, outcome));
        }
    }

    private void onAnswer(Chunk chunk, AsyncResult<Long> outcome) {
        if (closed) {
            return; // whoever goes on asks the log what is there
        }
        unanswered--;
        if (outcome.succeeded()) {
            known = true;
            attempts = 0;
            failingSinceMillis = -1;
            inFlight.remove(chunk);
            chunk.settleFirst(chunk.count(), host, true);
        } else {
            chunk.failure = outcome.cause();
            if (phase == Phase.FLOWING) {
                phase = Phase.SETTLING;
            }
        }
        if (phase == Phase.SETTLING && unanswered == 0) {
            settle();
        }
        dispatch();
    }

    private void settle() {
        producer.lastSequence(partition).onComplete(answer -> {
            if (closed) {
                return;
            }
            if (answer.succeeded()) {
                settle(answer.result());
            } else {
                backOff(this::settle, answer.cause());
            }
        });
    }

    private void settle(int last) {
        if (last >= 0) {
            known = true;
            takeOut(last);
        }
        Chunk head = inFlight.peekFirst();
        if (head == null) {
            flow();
            return;
        }
        Throwable failure = head.failure == null ? new IllegalStateException("no outcome") : head.failure;
        if (last >= 0 && Sequences.distance(head.first, last) < -1) {
            host.fail(new IllegalStateException(
                    "the log lost records: partition=" + partition + " lastSequence=" + last + " expected="
                            + Sequences.plus(head.first, -1),
                    failure));
            return;
        }
        ErrorCode error = ThalwegException.codeOf(failure);
        switch (error) {
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD, INVALID_TIMESTAMP ->
                onRefused(head, failure);
            case OUT_OF_ORDER_SEQUENCE_NUMBER, UNKNOWN_SERVER_ERROR -> backOff(this::flow, failure);
            default -> {
                if (error.retriable()) {
                    backOff(this::flow, failure);
                } else {
                    host.fail(failure);
                }
            }
        }
    }

    /** What the log has up to this sequence has its outcome. */
    private void takeOut(int last) {
        for (Chunk head = inFlight.peekFirst(); head != null; head = inFlight.peekFirst()) {
            int there = Sequences.distance(head.first, last) + 1;
            if (there <= 0) {
                return;
            }
            if (there < head.count()) {
                head.settleFirst(there, host, true);
                return;
            }
            inFlight.removeFirst(); // first, so that whoever waits for the window to be empty finds it so
            head.settleFirst(head.count(), host, true);
        }
    }

    private void onRefused(Chunk head, Throwable failure) {
        if (head.count() > 1) {
            Chunk second = head.splitOff();
            inFlight.removeFirst();
            inFlight.addFirst(second);
            inFlight.addFirst(head);
            flow();
            return;
        }
        if (!host.tolerates(head.records.get(0), failure)) {
            host.fail(failure);
            return;
        }
        inFlight.removeFirst();
        inFlight.forEach(later -> later.first = Sequences.plus(later.first, -1));
        waiting.forEach(later -> later.first = Sequences.plus(later.first, -1));
        next = Sequences.plus(next, -1);
        phase = Phase.LEAVING_OUT;
        refusals.onLeftOut(partition, head.first, head.firstDelivery()).onComplete(known -> {
            if (closed) {
                return;
            }
            if (known.failed()) {
                host.fail(known.cause());
                return;
            }
            flow(); // first, so that whoever waits for the window to be empty finds it so
            head.settleFirst(1, host, false);
        });
    }

    private void backOff(Runnable then, Throwable failure) {
        if (closed) {
            return;
        }
        long now = host.nowMillis();
        failingSinceMillis = failingSinceMillis < 0 ? now : failingSinceMillis;
        if (now - failingSinceMillis > deliveryMillis) {
            host.fail(failure);
            return;
        }
        phase = Phase.BACKING_OFF;
        attempts++;
        long ceiling = Math.min(BACKOFF_MAX_MILLIS, (long) BACKOFF_MIN_MILLIS << Math.min(attempts, 10));
        host.schedule(ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2 + 1), () -> {
            if (!closed) {
                then.run();
            }
        });
    }

    /** Sends again what is not in the log, in order. */
    private void flow() {
        phase = Phase.FLOWING;
        List<Chunk> again = new ArrayList<>(inFlight);
        inFlight.clear();
        for (int i = again.size() - 1; i >= 0; i--) {
            waiting.addFirst(again.get(i));
        }
        dispatch();
    }

    private void warn(String what) {
        LOGGER.atWarn()
                .addKeyValue("topic", partition.topic())
                .addKeyValue("partition", partition.partition())
                .addKeyValue("producerId", producer.producerId())
                .log(what);
    }
}
