package io.thalweg.client.publish;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.api.BrokerApi.ProducerIdAndEpoch;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.RecordMetadata;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.NeedsOperatorException;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Publishes through the broker in this process. See {@link PartitionQueue} for how records become batches. */
public final class LocalProducer implements Producer {

    private static final int IDENTITY_RETRY_MILLIS = 100;

    private final VertxInternal vertx;
    private final BrokerApi broker;
    private final ProducerConfig config;

    /** Owns everything below that is not atomic. Always an event loop, so that a caller that blocks cannot stop it. */
    private final ContextInternal owner;

    private final AtomicLong bufferedBytes = new AtomicLong();
    private final CopyOnWriteArrayList<ProducerStream> streams = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    private final Map<String, TopicQueue> topics = new HashMap<>();

    /** With records that have no outcome. */
    private final Set<PartitionQueue> active = new LinkedHashSet<>();

    /** To be dispatched at the end of this turn of the event loop, so that what one turn sends shares batches. */
    private List<PartitionQueue> scheduled = new ArrayList<>();

    private boolean dispatchScheduled;
    private boolean expiryScheduled;

    /** Oldest first; the last is the current one. */
    private final Deque<FlushGeneration> generations = new ArrayDeque<>();

    private FlushGeneration generation = new FlushGeneration();
    private @Nullable ProducerIdAndEpoch identity;
    private boolean identifying;

    public LocalProducer(Vertx vertx, BrokerApi broker, ProducerConfig config) {
        this.vertx = (VertxInternal) vertx;
        this.broker = broker;
        this.config = config;
        ContextInternal current = this.vertx.getOrCreateContext().unwrap();
        this.owner = current.isEventLoopContext() ? current : this.vertx.createEventLoopContext();
        generations.add(generation);
    }

    // ---- any thread

    @Override
    public Future<RecordMetadata> send(OutgoingRecord record) {
        ContextInternal caller = vertx.getOrCreateContext();
        long bytes = ProduceBatch.bytesOf(record);
        ThalwegException refusal = refusal(record, bytes);
        if (refusal != null) {
            return caller.failedFuture(refusal);
        }
        Promise<RecordMetadata> promise = caller.promise();
        Delivery delivery = new Delivery.ToOne(promise);
        if (caller.unwrap() == owner) {
            accept(record, bytes, delivery, 0);
        } else {
            owner.runOnContext(turn -> accept(record, bytes, delivery, 0));
        }
        return promise.future();
    }

    @Override
    public Future<List<SendOutcome>> send(List<OutgoingRecord> records) {
        ContextInternal caller = vertx.getOrCreateContext();
        if (records.isEmpty()) {
            return caller.succeededFuture(List.of());
        }
        Promise<List<SendOutcome>> promise = caller.promise();
        List<OutgoingRecord> copy = List.copyOf(records);
        Delivery delivery = new Delivery.ToMany(promise, copy.size());
        if (caller.unwrap() == owner) {
            acceptAll(copy, delivery);
        } else {
            owner.runOnContext(turn -> acceptAll(copy, delivery));
        }
        return promise.future();
    }

    @Override
    public WriteStream<OutgoingRecord> stream() {
        ProducerStream stream = new ProducerStream(this, vertx.getOrCreateContext());
        streams.add(stream);
        return stream;
    }

    @Override
    public Future<Void> flush() {
        ContextInternal caller = vertx.getOrCreateContext();
        Promise<Void> promise = caller.promise();
        if (caller.unwrap() == owner) {
            flush(promise);
        } else {
            owner.runOnContext(turn -> flush(promise));
        }
        return promise.future();
    }

    @Override
    public Future<Void> close() {
        closed = true;
        streams.clear();
        return flush();
    }

    long bufferedBytes() {
        return bufferedBytes.get();
    }

    void forget(ProducerStream stream) {
        streams.remove(stream);
    }

    private @Nullable ThalwegException refusal(OutgoingRecord record, long bytes) {
        if (closed) {
            return new ThalwegException(ErrorCode.INVALID_REQUEST, "the producer is closed");
        }
        if (record.partition() < -1) {
            return new ThalwegException(
                    ErrorCode.INVALID_REQUEST,
                    "record refused: partition=" + record.partition() + " expected=-1 or more");
        }
        if (record.timestampMillis() < -1) {
            return new ThalwegException(
                    ErrorCode.INVALID_TIMESTAMP,
                    "record refused: timestamp=" + record.timestampMillis() + " expected=-1 or more");
        }
        long buffered = bufferedBytes.addAndGet(bytes);
        // A record larger than the whole buffer is let in when it is alone, so that the broker can judge it.
        if (buffered > config.bufferBytesMax() && buffered != bytes) {
            bufferedBytes.addAndGet(-bytes);
            return new ThalwegException(
                    ErrorCode.THROTTLING_QUOTA_EXCEEDED,
                    "record refused: bufferedBytes=" + (buffered - bytes) + " bufferBytesMax=" + config.bufferBytesMax()
                            + "; wait for earlier sends and retry");
        }
        return null;
    }

    // ---- owner context

    private void acceptAll(List<OutgoingRecord> records, Delivery delivery) {
        for (int i = 0; i < records.size(); i++) {
            OutgoingRecord record = records.get(i);
            long bytes = ProduceBatch.bytesOf(record);
            ThalwegException refusal = refusal(record, bytes);
            if (refusal == null) {
                accept(record, bytes, delivery, i);
            } else {
                delivery.failed(i, refusal);
            }
        }
    }

    private void accept(OutgoingRecord record, long bytes, Delivery delivery, int index) {
        generation.outstanding++;
        long timestamp = record.timestampMillis() < 0 ? System.currentTimeMillis() : record.timestampMillis();
        TopicQueue topic = topics.computeIfAbsent(record.topic(), name -> new TopicQueue(this, name));
        AcceptedRecord accepted = new AcceptedRecord(record, bytes, timestamp, delivery, index, generation);
        if (!topic.resolving && known(topic, record.topic())) {
            route(topic, accepted);
            return;
        }
        topic.unrouted.addLast(accepted);
        if (!topic.resolving) {
            resolve(topic, record.topic());
        }
    }

    private boolean known(TopicQueue topic, String name) {
        ClusterView view = broker.cluster();
        if (topic.viewVersion == view.version()) {
            return true;
        }
        TopicView described = view.topic(name);
        if (described == null || described.partitions().isEmpty()) {
            topic.viewVersion = -1;
            return false;
        }
        topic.update(described);
        topic.viewVersion = view.version();
        return true;
    }

    private void resolve(TopicQueue topic, String name) {
        topic.resolving = true;
        broker.topics().getOrAutoCreate(name).onComplete(outcome -> {
            topic.resolving = false;
            if (outcome.succeeded()) {
                topic.update(outcome.result());
            } else {
                topics.remove(name, topic);
            }
            for (AcceptedRecord next = topic.unrouted.pollFirst(); next != null; next = topic.unrouted.pollFirst()) {
                if (outcome.failed()) {
                    next.delivery().failed(next.index(), outcome.cause());
                    release(next.generation(), 1, next.bytes());
                } else {
                    route(topic, next);
                }
            }
        });
    }

    private void route(TopicQueue topic, AcceptedRecord accepted) {
        OutgoingRecord record = accepted.record();
        PartitionQueue queue = topic.route(record);
        if (queue == null) {
            accepted.delivery()
                    .failed(
                            accepted.index(),
                            new ThalwegException(
                                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                                    "record refused: topic=" + record.topic() + " partition=" + record.partition()
                                            + " partitionCount=" + topic.count()));
            release(accepted.generation(), 1, accepted.bytes());
            return;
        }
        if (queue.idle()) {
            active.add(queue);
        }
        queue.add(accepted);
        scheduleDispatch(queue);
    }

    private void scheduleDispatch(PartitionQueue queue) {
        if (queue.scheduled) {
            return;
        }
        queue.scheduled = true;
        scheduled.add(queue);
        if (!dispatchScheduled) {
            dispatchScheduled = true;
            owner.runOnContext(turn -> dispatchAll());
        }
        if (!expiryScheduled) {
            expiryScheduled = true;
            schedule(expiryIntervalMillis(), this::expireAll);
        }
    }

    private void dispatchAll() {
        dispatchScheduled = false;
        List<PartitionQueue> queues = scheduled;
        scheduled = new ArrayList<>(queues.size());
        for (PartitionQueue queue : queues) {
            queue.scheduled = false;
            queue.dispatch();
        }
    }

    private void expireAll() {
        expiryScheduled = false;
        long now = nowMillis();
        for (PartitionQueue queue : new ArrayList<>(active)) {
            queue.expire(now);
        }
        if (!active.isEmpty()) {
            expiryScheduled = true;
            schedule(expiryIntervalMillis(), this::expireAll);
        }
    }

    private long expiryIntervalMillis() {
        return Math.max(10, Math.min(1_000, config.deliveryTimeoutMillis() / 4));
    }

    private void flush(Promise<Void> promise) {
        generation.flushed = promise;
        generation = new FlushGeneration();
        generations.addLast(generation);
        for (PartitionQueue queue : active) {
            queue.seal();
        }
        completeFlushes();
    }

    private void completeFlushes() {
        for (FlushGeneration oldest = generations.peekFirst();
                oldest != null && oldest != generation && oldest.outstanding == 0;
                oldest = generations.peekFirst()) {
            generations.removeFirst();
            Promise<Void> flushed = oldest.flushed;
            if (flushed != null) {
                flushed.complete();
            }
        }
    }

    private void release(FlushGeneration of, int count, long bytes) {
        of.outstanding -= count;
        bufferedBytes.addAndGet(-bytes);
        if (of != generation) {
            completeFlushes();
        }
        for (ProducerStream stream : streams) {
            stream.onBytesReleased();
        }
    }

    // ---- for the queues, on the owner context

    /** Records of {@code queue} have their outcome. */
    void finished(PartitionQueue queue, FlushGeneration of, int count, long bytes) {
        retireIfIdle(queue);
        release(of, count, bytes);
    }

    void retireIfIdle(PartitionQueue queue) {
        if (queue.idle()) {
            active.remove(queue);
        }
    }

    ProduceBatch newBatch(FlushGeneration of) {
        return new ProduceBatch(of, nowMillis() + config.deliveryTimeoutMillis());
    }

    ProducerConfig config() {
        return config;
    }

    BrokerApi broker() {
        return broker;
    }

    /** Without an answer there is nothing to be retried. */
    boolean idempotent() {
        return config.idempotent() && config.acks() != Acks.NONE;
    }

    /** Of the partition; 0 if it does not exist. */
    int replicas(TopicPartition partition) {
        PartitionView found = broker.cluster().partition(partition);
        return found == null ? 0 : Math.max(1, found.replicas().size());
    }

    void schedule(long delayMillis, Runnable task) {
        owner.setTimer(Math.max(1, delayMillis), timer -> task.run());
    }

    /** This producer's id, or null while it is asked for; every active queue is dispatched once it is there. */
    @Nullable
    ProducerIdAndEpoch identity() {
        if (identity == null && !identifying) {
            identifying = true;
            newIdentity(found -> {
                identity = found;
                identifying = false;
                for (PartitionQueue queue : new ArrayList<>(active)) {
                    queue.dispatch();
                }
            });
        }
        return identity;
    }

    /** Asks until there is one. What waits for it expires meanwhile, or fails at once if nobody can give one. */
    void newIdentity(Consumer<ProducerIdAndEpoch> then) {
        broker.initProducerId(-1, (short) -1).onComplete(outcome -> {
            if (outcome.succeeded()) {
                then.accept(outcome.result());
            } else {
                if (outcome.cause() instanceof NeedsOperatorException
                        && broker.cluster().brokers().size() <= 1) {
                    new ArrayList<>(active).forEach(queue -> queue.failWaiting(outcome.cause()));
                }
                schedule(IDENTITY_RETRY_MILLIS, () -> newIdentity(then));
            }
        });
    }

    static long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }
}
