package io.thalweg.client.consume;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.Consumer.AssignmentChange;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The partitions that a consumer reads: which they are, where each stands, and what is fetched for them. */
final class AssignedPartitions implements Fetcher.Sink {

    private static final Logger LOGGER = LoggerFactory.getLogger(LocalConsumer.class);
    private static final int RETRY_MIN_MILLIS = 20;
    private static final int RETRY_MAX_MILLIS = 1_000;

    private final BrokerApi broker;
    private final ConsumerConfig config;
    private final PositionLookup lookup;
    private final Fetcher fetcher;
    private final RecordDispatcher dispatcher;
    private final Handler<Throwable> failures;
    private final Handler<AssignmentChange> changes;

    private final Map<TopicPartition, PartitionReader> readers = new LinkedHashMap<>();

    /** The keys of {@link #readers}, for any thread. */
    private volatile Set<TopicPartition> assignment = Set.of();

    /** The positions of what was added last are being looked up until it completes. */
    private Future<Void> positioned = Future.succeededFuture();

    private boolean closed;

    AssignedPartitions(
            ContextInternal context,
            BrokerApi broker,
            ConsumerConfig config,
            Handler<Throwable> failures,
            Handler<AssignmentChange> changes) {
        this.broker = broker;
        this.config = config;
        this.failures = failures;
        this.changes = changes;
        this.lookup = new PositionLookup(context, broker, config);
        this.fetcher = new Fetcher(context, broker, config, this);
        this.dispatcher = new RecordDispatcher(context, failures, fetcher::run);
    }

    RecordDispatcher dispatcher() {
        return dispatcher;
    }

    /** Safe for any thread. */
    Set<TopicPartition> assignment() {
        return assignment;
    }

    boolean isEmpty() {
        return readers.isEmpty();
    }

    @Nullable
    PartitionReader reader(TopicPartition partition) {
        return readers.get(partition);
    }

    Future<Void> positioned() {
        return positioned;
    }

    Map<TopicPartition, Long> positions() {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (PartitionReader reader : readers.values()) {
            if (reader.positioned()) {
                positions.put(reader.partition, reader.position());
            }
        }
        return positions;
    }

    /** Positions that are not those last committed. */
    Map<TopicPartition, Long> uncommitted() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (PartitionReader reader : readers.values()) {
            if (reader.positioned() && reader.position() != reader.committed) {
                offsets.put(reader.partition, reader.position());
            }
        }
        return offsets;
    }

    void onCommitted(Map<TopicPartition, Long> offsets) {
        offsets.forEach((partition, offset) -> {
            PartitionReader reader = readers.get(partition);
            if (reader != null) {
                reader.committed = offset;
            }
        });
    }

    /** Gives up what is not in {@code wanted}, then takes on what is new in it. */
    void replaceBy(Set<TopicPartition> wanted) {
        drop(assignment.stream()
                .filter(partition -> !wanted.contains(partition))
                .toList());
        add(wanted);
    }

    void dropAll() {
        drop(assignment);
    }

    void pause(Collection<TopicPartition> chosen) {
        for (TopicPartition partition : chosen) {
            PartitionReader reader = readers.get(partition);
            if (reader != null && !reader.paused) {
                reader.paused = true;
                if (reader.positioned()) { // else its position is being looked up, which must not be forgotten
                    dispatcher.released(reader.forget()); // it must not hold room that the others need
                }
            }
        }
        fetcher.run();
    }

    void resume(Collection<TopicPartition> chosen) {
        for (TopicPartition partition : chosen) {
            PartitionReader reader = readers.get(partition);
            if (reader != null) {
                reader.paused = false;
            }
        }
        fetcher.run();
    }

    /** @param timestamp as in {@link ListOffsetRequest} */
    Future<Void> seek(PartitionReader reader, long timestamp) {
        return position(reader, lookup.offset(reader.partition, timestamp));
    }

    void moveTo(PartitionReader reader, long offset) {
        dispatcher.released(reader.moveTo(offset));
        fetcher.run();
    }

    void close() {
        closed = true;
        dispatcher.close();
        fetcher.close();
    }

    private void drop(Collection<TopicPartition> lost) {
        Set<TopicPartition> dropped = Set.copyOf(lost);
        for (TopicPartition partition : dropped) {
            PartitionReader reader = readers.remove(partition);
            if (reader != null) {
                dispatcher.released(reader.forget());
            }
        }
        assignment = Set.copyOf(readers.keySet());
        if (!dropped.isEmpty()) {
            changes.handle(new AssignmentChange(Set.of(), dropped));
        }
    }

    private void add(Set<TopicPartition> wanted) {
        List<PartitionReader> gained = new ArrayList<>();
        for (TopicPartition partition : wanted) {
            if (!readers.containsKey(partition)) {
                PartitionReader reader = new PartitionReader(partition);
                TopicView topic = broker.cluster().topic(partition.topic());
                reader.topicId = topic == null ? null : topic.id();
                reader.busy = true; // until it is positioned
                readers.put(partition, reader);
                gained.add(reader);
            }
        }
        assignment = Set.copyOf(readers.keySet());
        if (!gained.isEmpty()) {
            // A fetch may be answered at once, so that records would come before the news if it were told later.
            changes.handle(new AssignmentChange(
                    Set.copyOf(gained.stream().map(reader -> reader.partition).toList()), Set.of()));
            positioned = positionAll(
                    gained.stream().filter(reader -> !reader.positioned()).toList());
        }
    }

    /** From the group's commits where there are any, else from the reset. */
    private Future<Void> positionAll(List<PartitionReader> gained) {
        String groupId = config.groupId();
        if (groupId == null) {
            return Future.all(gained.stream().map(this::reset).toList()).mapEmpty();
        }
        return lookup.committed(groupId, gained.stream().map(r -> r.partition).toList())
                .compose(committed -> {
                    List<Future<Void>> resets = new ArrayList<>();
                    for (PartitionReader reader : gained) {
                        if (reader.positioned() || readers.get(reader.partition) != reader) {
                            continue; // moved or lost meanwhile
                        }
                        var found = committed.get(reader.partition);
                        if (found == null) {
                            resets.add(reset(reader));
                        } else {
                            moveTo(reader, found.offset());
                            reader.committed = found.offset();
                        }
                    }
                    return Future.all(resets).<Void>mapEmpty();
                })
                .onFailure(failure -> {
                    for (PartitionReader reader : gained) {
                        reader.stopped |= !reader.positioned();
                    }
                    failures.handle(failure);
                });
    }

    private Future<Void> reset(PartitionReader reader) {
        return position(reader, lookup.reset(reader.partition));
    }

    private Future<Void> position(PartitionReader reader, Future<Long> found) {
        dispatcher.released(reader.forget());
        reader.busy = true;
        int moves = reader.moves;
        return found.onComplete(outcome -> {
                    if (reader.moves != moves || closed) {
                        return; // moved again, or lost
                    }
                    if (outcome.succeeded()) {
                        moveTo(reader, outcome.result());
                    } else {
                        reader.busy = false;
                        reader.stopped = true;
                        failures.handle(outcome.cause());
                    }
                })
                .mapEmpty();
    }

    // ---- what the fetcher brings

    @Override
    public Iterable<PartitionReader> readers() {
        return readers.values();
    }

    @Override
    public long bufferedBytes() {
        return dispatcher.bufferedBytes();
    }

    @Override
    public void onChunk(PartitionReader reader, FetchedChunk chunk) {
        if (chunk.endOffset() == reader.fetchOffset()) {
            onFetchError(reader, ErrorCode.CORRUPT_MESSAGE, -1);
            return;
        }
        reader.buffer(chunk);
        dispatcher.buffered(reader, chunk.sizeInBytes());
    }

    @Override
    public void onFetchError(PartitionReader reader, ErrorCode error, long logStartOffset) {
        switch (error) {
            case OFFSET_OUT_OF_RANGE -> onOutOfRange(reader, logStartOffset);
            case INCONSISTENT_TOPIC_ID, UNKNOWN_TOPIC_ID -> {
                TopicView topic = broker.cluster().topic(reader.partition.topic());
                if (topic != null && !topic.id().equals(reader.topicId)) {
                    // Another topic by the same name: all of its records are new to this reader.
                    reader.topicId = topic.id();
                    reader.committed = -1;
                    position(reader, lookup.offset(reader.partition, ListOffsetRequest.EARLIEST));
                } else {
                    backOff(reader);
                }
            }
            default -> {
                if (!error.retriable() && reader.failuresInARow == 0) {
                    failures.handle(new ThalwegException(
                            error, "fetch failed: partition=" + reader.partition + " offset=" + reader.fetchOffset()));
                }
                backOff(reader);
            }
        }
    }

    private void onOutOfRange(PartitionReader reader, long logStartOffset) {
        LOGGER.atInfo()
                .addKeyValue("topic", reader.partition.topic())
                .addKeyValue("partition", reader.partition.partition())
                .addKeyValue("offset", reader.fetchOffset())
                .log("position is out of range: logStartOffset={} reset={}", logStartOffset, config.reset());
        reset(reader);
    }

    private void backOff(PartitionReader reader) {
        reader.failuresInARow++;
        long millis = Math.min(RETRY_MAX_MILLIS, (long) RETRY_MIN_MILLIS << Math.min(reader.failuresInARow, 10));
        reader.retryAtMillis = Fetcher.nowMillis() + millis;
    }

    @Override
    public void onFetched() {
        dispatcher.run();
        fetcher.run();
    }
}
