package io.thalweg.client;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.broker.api.FetchedPartition.AbortedTransaction;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.coordination.group.api.GroupsApi;
import io.thalweg.log.RecordSlices;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.NeedsOperatorException;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchHeader;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Logs in memory that keep Kafka's rules for idempotent producers, answer a little later than asked, and fail where a
 * test says so.
 */
final class FakeBroker implements BrokerApi, TopicsApi {

    /** What happens to an append. */
    enum Fate {
        APPEND,
        /** Fails with NOT_LEADER_OR_FOLLOWER, nothing appended. */
        REFUSE,
        /** Appended, but the caller hears REQUEST_TIMED_OUT. */
        LOSE_ANSWER,
        /** MESSAGE_TOO_LARGE, nothing appended. */
        TOO_LARGE,
        /** As by a node whose log directory is offline. */
        NEEDS_OPERATOR
    }

    static final class Log {
        final TreeMap<Long, ByteBuffer> batches = new TreeMap<>();
        final Map<Long, long[]> producers = new HashMap<>(); // id -> epoch, last sequence
        final Map<List<Long>, Long> appended = new HashMap<>(); // id, epoch, base, count -> offset
        long startOffset;
        long endOffset;
        List<AbortedTransaction> aborted = List.of();
    }

    private final Vertx vertx;
    private final Map<TopicPartition, Log> logs = new ConcurrentHashMap<>();
    private final AtomicLong producerIds = new AtomicLong(1_000);
    private volatile ClusterView view = new ClusterView(1, "fake", 1, List.of(), Map.of(), Map.of());
    final AtomicInteger appends = new AtomicInteger();
    final AtomicInteger inFlightMost = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    volatile Function<AppendRequest, Fate> fate = request -> Fate.APPEND;
    volatile boolean holdAppends;
    private final List<Runnable> held = new ArrayList<>();

    FakeBroker(Vertx vertx) {
        this.vertx = vertx;
    }

    Log log(String topic, int partition) {
        return logs.get(new TopicPartition(topic, partition));
    }

    void addTopic(String name, int partitions) {
        addTopic(name, partitions, List.of(1));
    }

    synchronized void addTopic(String name, int partitions, List<Integer> replicas) {
        List<PartitionView> views = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            views.add(new PartitionView(i, 1, 0, replicas, replicas));
            logs.computeIfAbsent(new TopicPartition(name, i), p -> new Log());
        }
        Map<String, TopicView> topics = new HashMap<>(view.topics());
        TopicView before = topics.get(name);
        Uuid id = before == null ? Uuid.randomUuid() : before.id();
        topics.put(name, new TopicView(name, id, false, List.copyOf(views), Map.of()));
        view = new ClusterView(view.version() + 1, "fake", 1, List.of(), Map.copyOf(topics), Map.of(id, name));
    }

    synchronized void release() {
        holdAppends = false;
        held.forEach(Runnable::run);
        held.clear();
    }

    @Override
    public Future<AppendResult> append(AppendRequest request) {
        Promise<AppendResult> promise = Promise.promise();
        var context = vertx.getOrCreateContext();
        appends.incrementAndGet();
        inFlightMost.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        Object outcome = appended(request);
        Runnable answer = () -> context.runOnContext(turn -> {
            inFlight.decrementAndGet();
            if (outcome instanceof AppendResult result) {
                promise.complete(result);
            } else {
                promise.fail((Throwable) outcome);
            }
        });
        synchronized (this) {
            if (holdAppends) {
                held.add(answer);
            } else {
                answer.run();
            }
        }
        return promise.future();
    }

    private synchronized Object appended(AppendRequest request) {
        Log log = logs.get(request.partition());
        if (log == null) {
            return new ThalwegException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "" + request.partition());
        }
        ByteBuffer copy = ByteBuffer.allocate(request.records().remaining());
        copy.put(request.records().duplicate()).flip();
        BatchHeader header = BatchHeader.read(copy, 0);
        Fate now = fate.apply(request);
        if (now == Fate.REFUSE) {
            return new ThalwegException(ErrorCode.NOT_LEADER_OR_FOLLOWER, "injected");
        }
        if (now == Fate.NEEDS_OPERATOR) {
            return new NeedsOperatorException("injected", new java.io.IOException("injected"));
        }
        if (now == Fate.TOO_LARGE) {
            return new ThalwegException(ErrorCode.MESSAGE_TOO_LARGE, "injected");
        }
        if (header.hasProducerId() && header.baseSequence() >= 0) {
            List<Long> key =
                    List.of(header.producerId(), (long) header.producerEpoch(), (long) header.baseSequence(), (long)
                            header.recordCount());
            Long before = log.appended.get(key);
            if (before != null) {
                return new AppendResult(before, -1, log.startOffset, 0);
            }
            long[] state = log.producers.get(header.producerId());
            if (state != null) {
                if (header.producerEpoch() < state[0]) {
                    return new ThalwegException(ErrorCode.INVALID_PRODUCER_EPOCH, "epoch");
                }
                long expected = header.producerEpoch() > state[0] ? 0 : state[1] + 1;
                if (header.baseSequence() != expected) {
                    return new ThalwegException(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, "sequence");
                }
            }
            log.producers.put(header.producerId(), new long[] {header.producerEpoch(), header.lastSequence()});
            log.appended.put(key, log.endOffset);
        }
        long base = log.endOffset;
        appendRaw(log, copy);
        return now == Fate.LOSE_ANSWER
                ? new ThalwegException(ErrorCode.REQUEST_TIMED_OUT, "injected")
                : new AppendResult(base, -1, log.startOffset, 0);
    }

    synchronized void appendRaw(Log log, ByteBuffer batch) {
        BatchHeader.writeBaseOffset(batch, 0, log.endOffset);
        log.batches.put(log.endOffset, batch);
        log.endOffset += BatchHeader.lastOffsetDelta(batch, 0) + 1;
    }

    @Override
    public Future<FetchResult> fetch(FetchRequest request) {
        Promise<FetchResult> promise = Promise.promise();
        fetch(request, System.nanoTime() + request.maxWaitMillis() * 1_000_000L, promise);
        return promise.future();
    }

    private void fetch(FetchRequest request, long deadline, Promise<FetchResult> promise) {
        FetchResult result = read(request);
        boolean error = result.partitions().stream().anyMatch(p -> p.error() != ErrorCode.NONE);
        if (result.sizeInBytes() > 0 || error || System.nanoTime() >= deadline) {
            vertx.getOrCreateContext().runOnContext(turn -> promise.complete(result));
        } else {
            vertx.setTimer(1, timer -> fetch(request, deadline, promise));
        }
    }

    private synchronized FetchResult read(FetchRequest request) {
        List<FetchedPartition> answers = new ArrayList<>();
        int left = request.maxBytes();
        boolean first = true;
        for (FetchPartition asked : request.partitions()) {
            Log log = logs.get(asked.partition());
            if (log == null) {
                answers.add(FetchedPartition.failed(asked.partition(), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
                continue;
            }
            if (asked.offset() < log.startOffset || asked.offset() > log.endOffset) {
                answers.add(FetchedPartition.failed(asked.partition(), ErrorCode.OFFSET_OUT_OF_RANGE));
                continue;
            }
            List<ByteBuffer> parts = new ArrayList<>();
            Long from = log.batches.floorKey(asked.offset());
            int taken = 0;
            if (from != null && asked.offset() < log.endOffset) {
                for (ByteBuffer batch : log.batches.tailMap(from).values()) {
                    if (BatchHeader.lastOffset(batch, 0) < asked.offset()) {
                        continue;
                    }
                    int size = batch.remaining();
                    if (!first && (size > left || taken + size > asked.maxBytes())) {
                        break;
                    }
                    first = false;
                    parts.add(batch.duplicate());
                    taken += size;
                    left -= size;
                }
            }
            answers.add(new FetchedPartition(
                    asked.partition(),
                    ErrorCode.NONE,
                    log.endOffset,
                    log.endOffset,
                    log.startOffset,
                    log.aborted,
                    null,
                    slices(parts, taken)));
        }
        return new FetchResult(answers);
    }

    private static RecordSlices slices(List<ByteBuffer> parts, int size) {
        return new RecordSlices() {
            @Override
            public int sizeInBytes() {
                return size;
            }

            @Override
            public List<Part> parts() {
                return parts.stream().<Part>map(Memory::new).toList();
            }

            @Override
            public void copyTo(ByteBuffer target) {
                parts.forEach(part -> target.put(part.duplicate()));
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Future<ListedOffset> listOffset(ListOffsetRequest request) {
        Log log = logs.get(request.partition());
        long offset = request.timestamp() == ListOffsetRequest.EARLIEST ? log.startOffset : log.endOffset;
        return Future.succeededFuture(new ListedOffset(offset, -1, 0));
    }

    @Override
    public Future<ProducerIdAndEpoch> initProducerId(long producerId, short producerEpoch) {
        return Future.succeededFuture(new ProducerIdAndEpoch(producerIds.incrementAndGet(), (short) 0));
    }

    @Override
    public ClusterView cluster() {
        return view;
    }

    @Override
    public TopicsApi topics() {
        return this;
    }

    @Override
    public Future<TopicView> getOrAutoCreate(String name) {
        TopicView topic = view.topic(name);
        return topic != null
                ? Future.succeededFuture(topic)
                : Future.failedFuture(new ThalwegException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, name));
    }

    @Override
    public boolean appendsCongested() {
        return false;
    }

    @Override
    public Future<Void> appendsUncongested() {
        return Future.succeededFuture();
    }

    // ---- not needed here

    @Override
    public Future<EpochEndOffset> endOfEpoch(TopicPartition partition, int currentLeaderEpoch, int leaderEpoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Long> deleteRecords(TopicPartition partition, long beforeOffset) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GroupsApi groups() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void advertise(String door, String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<List<PartitionStatus>> describeLogs(@Nullable List<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<TopicView> createInternal(NewTopic topic) {
        return create(topic, false);
    }

    @Override
    public Future<TopicView> create(NewTopic topic, boolean validateOnly) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> delete(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<TopicView> createPartitions(String name, int totalCount, boolean validateOnly) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<List<ConfigEntry>> describeConfigs(ConfigResource resource) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> alterConfigs(ConfigResource resource, List<ConfigChange> changes, boolean validateOnly) {
        throw new UnsupportedOperationException();
    }
}
