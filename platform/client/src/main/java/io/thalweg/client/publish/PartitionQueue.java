package io.thalweg.client.publish;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.api.BrokerApi.ProducerIdAndEpoch;
import io.thalweg.client.publish.SettlementPlan.Verdict;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What waits for, and what is under way to, one partition.
 *
 * <p>Records join the last waiting batch. A batch that is not full is sent while fewer than
 * {@value #PARTIAL_IN_FLIGHT_MAX} are under way: the second is then already queued at the broker when the first is
 * committed, and what comes meanwhile shares the third. A full one is sent while fewer than {@value #IN_FLIGHT_MAX} are.
 *
 * <p>A failure stops the sending until everything under way has an outcome ({@link Phase#SETTLING}); then
 * {@link SettlementPlan} decides, what is kept is sent again in its order, and sending goes on.
 */
final class PartitionQueue {

    /** Kafka's logs remember five batches of a producer; more could not be told from duplicates. */
    private static final int IN_FLIGHT_MAX = 5;

    private static final int PARTIAL_IN_FLIGHT_MAX = 2;
    private static final int BACKOFF_MIN_MILLIS = 5;
    private static final int BACKOFF_MAX_MILLIS = 1_000;

    private enum Phase {
        /** Batches are sent as they fill. */
        FLOWING,
        /** One failed: nothing is sent until each of the others has an outcome. */
        SETTLING,
        /** What is kept waits to be sent again. */
        BACKING_OFF
    }

    private final LocalProducer producer;
    private final TopicPartition partition;

    /** Sent, or about to be sent again; in the order of their sequences. */
    private final Deque<ProduceBatch> inFlight = new ArrayDeque<>();

    /** Not sent yet. Only the last takes further records. */
    private final Deque<ProduceBatch> waiting = new ArrayDeque<>();

    private Phase phase = Phase.FLOWING;
    private int unanswered;
    private boolean dispatching;

    /** In the producer's list of queues to be dispatched at the end of this turn. */
    boolean scheduled;

    /** -1 before the producer has its id. */
    private long producerId = -1;

    private short producerEpoch;
    private int nextSequence;

    /**
     * The log has a batch of this producer id. Until then it takes any sequence, so that a second batch would pass a
     * first one that is to be sent again: one at a time.
     */
    private boolean known;

    PartitionQueue(LocalProducer producer, TopicPartition partition) {
        this.producer = producer;
        this.partition = partition;
    }

    boolean hasOpenBatch() {
        ProduceBatch last = waiting.peekLast();
        return last != null && last.hasRoom(0, producer.config().batchBytesMax());
    }

    boolean idle() {
        return inFlight.isEmpty() && waiting.isEmpty();
    }

    void add(AcceptedRecord accepted) {
        ProduceBatch last = waiting.peekLast();
        if (last == null
                || last.generation != accepted.generation()
                || !last.hasRoom(accepted.bytes(), producer.config().batchBytesMax())) {
            last = producer.newBatch(accepted.generation());
            waiting.addLast(last);
        }
        last.add(accepted);
    }

    /** Later records go to a later batch, so that a flush knows what it waits for. */
    void seal() {
        ProduceBatch last = waiting.peekLast();
        if (last != null) {
            last.sealed = true;
        }
    }

    /** Sends what may be sent now. */
    void dispatch() {
        if (dispatching || phase != Phase.FLOWING || waiting.isEmpty()) {
            return;
        }
        if (producer.idempotent() && producerId < 0 && !identify()) {
            return;
        }
        dispatching = true;
        while (phase == Phase.FLOWING && mayBeSent()) {
            ProduceBatch batch = waiting.removeFirst();
            batch.sealed = true;
            number(batch);
            inFlight.addLast(batch);
            begin(batch);
            send(batch);
        }
        dispatching = false;
    }

    private boolean mayBeSent() {
        if (waiting.isEmpty()) {
            return false;
        }
        if (!producer.idempotent() || !known) {
            return inFlight.isEmpty();
        }
        return inFlight.size() < (waiting.size() > 1 ? IN_FLIGHT_MAX : PARTIAL_IN_FLIGHT_MAX);
    }

    private boolean identify() {
        ProducerIdAndEpoch identity = producer.identity();
        if (identity == null) {
            return false; // dispatched again once the id is there
        }
        startNumbering(identity.producerId(), identity.epoch());
        return true;
    }

    private void number(ProduceBatch batch) {
        if (producer.idempotent()) {
            batch.producerEpoch = producerEpoch;
            batch.baseSequence = nextSequence;
            nextSequence = sequenceAfter(nextSequence, batch.count());
        }
    }

    /** Sequences wrap from Integer.MAX_VALUE to 0. */
    static int sequenceAfter(int sequence, int count) {
        return (int) ((sequence + (long) count) & Integer.MAX_VALUE);
    }

    private void begin(ProduceBatch batch) {
        batch.attempts++;
        batch.failure = null;
        unanswered++;
    }

    private void send(ProduceBatch batch) {
        Acks acks = producer.config().acks();
        try {
            ByteBuffer encoded = BatchEncoder.encode(batch, producerId);
            producer.broker()
                    .append(new AppendRequest(
                            partition, encoded, acks, producer.config().deliveryTimeoutMillis()))
                    .onComplete(outcome -> onAnswer(batch, outcome));
        } catch (RuntimeException refused) {
            onAnswer(batch, Future.failedFuture(refused));
        }
    }

    private void onAnswer(ProduceBatch batch, AsyncResult<AppendResult> outcome) {
        unanswered--;
        if (outcome.succeeded()) {
            known = true;
            inFlight.remove(batch);
            if (!batch.told) {
                batch.acknowledge(partition.partition(), outcome.result());
                producer.finished(this, batch.generation, batch.count(), batch.bytes());
            }
        } else {
            batch.failure = outcome.cause();
            phase = Phase.SETTLING;
        }
        if (phase == Phase.SETTLING && unanswered == 0) {
            settle();
        }
        dispatch();
        producer.retireIfIdle(this);
    }

    private void settle() {
        List<ProduceBatch> kept = new ArrayList<>(inFlight.size() + 1);
        boolean renumber = false;
        boolean backOff = false;
        int attempts = 0;
        long now = LocalProducer.nowMillis();
        while (!inFlight.isEmpty()) {
            ProduceBatch batch = inFlight.removeFirst();
            Throwable failure = batch.failure;
            if (failure == null || !kept.isEmpty()) {
                kept.add(batch); // judged once it is the first, when nothing before it can explain its failure
                continue;
            }
            batch.maybeAppended |= SettlementPlan.leavesDoubt(failure);
            Verdict verdict = SettlementPlan.verdict(batch, failure, producer.replicas(partition));
            boolean expired = batch.told || now >= batch.deadlineMillis;
            switch (verdict) {
                case RETRY, SEQUENCE_LOST -> {
                    renumber |= verdict == Verdict.SEQUENCE_LOST;
                    backOff |= verdict == Verdict.RETRY || batch.attempts > 1;
                    attempts = batch.attempts;
                    if (expired) {
                        fail(batch, failure);
                    } else {
                        kept.add(batch);
                    }
                }
                case SPLIT -> {
                    renumber = true;
                    kept.addAll(split(batch, failure));
                }
                case FAIL -> {
                    renumber |= !batch.maybeAppended;
                    fail(batch, failure);
                }
            }
        }
        inFlight.addAll(kept);
        if (renumber && producer.idempotent()) {
            numberAgain();
        }
        if (phase == Phase.BACKING_OFF) {
            return; // for a new producer id
        }
        if (!kept.isEmpty() && backOff) {
            phase = Phase.BACKING_OFF;
            producer.schedule(backoffMillis(attempts), this::flow);
        } else {
            flow();
        }
    }

    /** A new epoch starts at sequence 0, and fences an attempt that the broker might still hold. */
    private void numberAgain() {
        if (producerEpoch == Short.MAX_VALUE) {
            phase = Phase.BACKING_OFF;
            producer.newIdentity(identity -> {
                startNumbering(identity.producerId(), identity.epoch());
                flow();
            });
        } else {
            startNumbering(producerId, (short) (producerEpoch + 1));
        }
    }

    private void startNumbering(long id, short epoch) {
        known &= producerId == id;
        producerId = id;
        producerEpoch = epoch;
        nextSequence = 0;
        for (ProduceBatch batch : inFlight) {
            number(batch);
        }
    }

    private void flow() {
        phase = Phase.FLOWING;
        inFlight.removeIf(batch -> batch.told); // a gap in the sequences is noticed by what comes next, and mended
        List<ProduceBatch> again = new ArrayList<>(inFlight);
        again.forEach(this::begin);
        boolean nested = dispatching;
        dispatching = true;
        again.forEach(this::send);
        dispatching = nested;
        dispatch();
    }

    private List<ProduceBatch> split(ProduceBatch batch, Throwable failure) {
        boolean[] refused = SettlementPlan.refusedRecords(batch, failure);
        int refusedCount = 0;
        long refusedBytes = 0;
        for (int i = 0; i < refused.length; i++) {
            if (refused[i]) {
                AcceptedRecord record = batch.record(i);
                record.delivery().failed(record.index(), SettlementPlan.recordFailure(failure, i));
                refusedCount++;
                refusedBytes += record.bytes();
            }
        }
        List<ProduceBatch> parts = new ArrayList<>(2);
        if (refusedCount > 0) {
            producer.finished(this, batch.generation, refusedCount, refusedBytes);
            parts.add(batch.part(i -> !refused[i]));
        } else {
            int half = batch.count() / 2;
            parts.add(batch.part(i -> i < half));
            parts.add(batch.part(i -> i >= half));
        }
        parts.removeIf(part -> part.count() == 0);
        return parts;
    }

    private void fail(ProduceBatch batch, Throwable failure) {
        if (!batch.told) {
            batch.fail(failure);
            producer.finished(this, batch.generation, batch.count(), batch.bytes());
        }
    }

    /** Fails what is past its deadline: at once if it was never sent, else without waiting any longer for its outcome. */
    void expire(long nowMillis) {
        for (Iterator<ProduceBatch> batches = waiting.iterator(); batches.hasNext(); ) {
            ProduceBatch batch = batches.next();
            if (nowMillis < batch.deadlineMillis) {
                break;
            }
            batches.remove();
            fail(batch, timedOut("not sent", null));
        }
        for (ProduceBatch batch : new ArrayList<>(inFlight)) {
            if (!batch.told && nowMillis >= batch.deadlineMillis) {
                fail(batch, timedOut("sent, outcome unknown", batch.failure));
            }
        }
    }

    /** Fails what was not sent yet. */
    void failWaiting(Throwable failure) {
        for (ProduceBatch batch = waiting.pollFirst(); batch != null; batch = waiting.pollFirst()) {
            fail(batch, failure);
        }
        producer.retireIfIdle(this);
    }

    private ThalwegException timedOut(String what, @Nullable Throwable cause) {
        return new ThalwegException(
                ErrorCode.REQUEST_TIMED_OUT,
                "records " + what + ": partition=" + partition + " deliveryTimeoutMillis="
                        + producer.config().deliveryTimeoutMillis(),
                cause);
    }

    private static long backoffMillis(int attempts) {
        long ceiling = Math.min(BACKOFF_MAX_MILLIS, (long) BACKOFF_MIN_MILLIS << Math.min(attempts, 10));
        return ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2 + 1);
    }
}
