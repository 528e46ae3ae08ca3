package io.thalweg.client.consume;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.membership.GroupMembership;
import io.thalweg.client.membership.MembershipListener;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads through the broker in this process. */
public final class LocalConsumer implements Consumer {

    private static final Logger LOGGER = LoggerFactory.getLogger(LocalConsumer.class);
    private static final int RETRY_MIN_MILLIS = 20;
    private static final int RETRY_MAX_MILLIS = 1_000;

    private final ContextInternal context;
    private final BrokerApi broker;
    private final ConsumerConfig config;
    private final PositionLookup lookup;
    private final Fetcher fetcher;
    private final RecordDispatcher dispatcher;

    /** Null without a group. */
    private final @Nullable GroupMembership membership;

    private final Map<TopicPartition, PartitionReader> readers = new LinkedHashMap<>();

    /** The keys of {@link #readers}, for readers on any thread. */
    private volatile Set<TopicPartition> assignment = Set.of();

    private boolean subscribed;
    private boolean closed;
    private long commitTimer = -1;

    /** The positions of the last assignment are being looked up until it completes. */
    private Future<Void> positioned = Future.succeededFuture();

    private @Nullable Handler<AssignmentChange> assignmentHandler;
    private @Nullable Handler<Throwable> exceptionHandler;
    private @Nullable Handler<Void> endHandler;

    public LocalConsumer(Vertx vertx, BrokerApi broker, ConsumerConfig config) {
        this.context = ((VertxInternal) vertx).getOrCreateContext().unwrap();
        this.broker = broker;
        this.config = config;
        this.lookup = new PositionLookup(context, broker, config);
        this.fetcher = new Fetcher(context, broker, config, new FetchSink());
        this.dispatcher = new RecordDispatcher(context, this::report, fetcher::run);
        String groupId = config.groupId();
        this.membership =
                groupId == null ? null : new GroupMembership(context, broker, config, groupId, new GroupListener());
        if (groupId != null && config.autoCommitMillis() > 0) {
            commitTimer = context.setPeriodic(config.autoCommitMillis(), timer -> commitInBackground());
        }
    }

    // ---- what to read

    @Override
    public Future<Void> subscribe(Set<String> topics) {
        Set<String> names = Set.copyOf(topics);
        return onContext(() -> {
            GroupMembership member = membership;
            if (member == null) {
                return refused("subscribe needs a groupId");
            }
            if (!readers.isEmpty() && !subscribed) {
                return refused("subscribe after assign");
            }
            subscribed = true;
            return member.subscribe(names).compose(joined -> positioned);
        });
    }

    @Override
    public Future<Void> assign(Set<TopicPartition> partitions) {
        Set<TopicPartition> wanted = Set.copyOf(partitions);
        return onContext(() -> {
            if (subscribed) {
                return refused("assign after subscribe");
            }
            for (TopicPartition partition : wanted) {
                if (broker.cluster().partition(partition) == null) {
                    return context.failedFuture(new ThalwegException(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "assign refused: partition=" + partition));
                }
            }
            drop(notIn(wanted));
            add(wanted);
            return positioned;
        });
    }

    @Override
    public Future<Void> seek(TopicPartition partition, long offset) {
        return onContext(() -> {
            PartitionReader reader = readers.get(partition);
            if (reader == null || offset < 0) {
                return refused("seek: partition=" + partition + " offset=" + offset + " assigned=" + (reader != null));
            }
            moveTo(reader, offset);
            return context.succeededFuture();
        });
    }

    @Override
    public Future<Void> seekToBeginning(Collection<TopicPartition> partitions) {
        return seekTo(partitions, ListOffsetRequest.EARLIEST);
    }

    @Override
    public Future<Void> seekToEnd(Collection<TopicPartition> partitions) {
        return seekTo(partitions, ListOffsetRequest.LATEST);
    }

    @Override
    public Future<Void> seekToTimestamp(Collection<TopicPartition> partitions, long timestampMillis) {
        if (timestampMillis < 0) {
            return refused("seek: timestampMillis=" + timestampMillis + " expected=0 or more");
        }
        return seekTo(partitions, timestampMillis);
    }

    private Future<Void> seekTo(Collection<TopicPartition> partitions, long timestamp) {
        List<TopicPartition> wanted = List.copyOf(partitions);
        return onContext(() -> {
            List<Future<Void>> moves = new ArrayList<>();
            for (TopicPartition partition : wanted) {
                PartitionReader reader = readers.get(partition);
                if (reader == null) {
                    return refused("seek: partition=" + partition + " is not assigned");
                }
                moves.add(position(reader, lookup.offset(partition, timestamp)));
            }
            return Future.all(moves).mapEmpty();
        });
    }

    @Override
    public Map<TopicPartition, Long> positions() {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (PartitionReader reader : readers.values()) {
            if (reader.positioned()) {
                positions.put(reader.partition, reader.position());
            }
        }
        return positions;
    }

    @Override
    public Set<TopicPartition> assignment() {
        return assignment;
    }

    @Override
    public Consumer pause(Collection<TopicPartition> partitions) {
        List<TopicPartition> chosen = List.copyOf(partitions);
        runOnContext(() -> {
            for (TopicPartition partition : chosen) {
                PartitionReader reader = readers.get(partition);
                if (reader != null && !reader.paused) {
                    reader.paused = true;
                    dispatcher.released(reader.forget()); // it must not hold room that the others need
                }
            }
            fetcher.run();
        });
        return this;
    }

    @Override
    public Consumer resume(Collection<TopicPartition> partitions) {
        List<TopicPartition> chosen = List.copyOf(partitions);
        runOnContext(() -> {
            for (TopicPartition partition : chosen) {
                PartitionReader reader = readers.get(partition);
                if (reader != null) {
                    reader.paused = false;
                }
            }
            fetcher.run();
        });
        return this;
    }

    /** Bytes read ahead of the handler. To be called on the consumer's context. */
    public long bufferedBytes() {
        return dispatcher.bufferedBytes();
    }

    // ---- commits

    @Override
    public Future<Void> commit() {
        return onContext(this::commitPositions);
    }

    @Override
    public Future<Void> commit(Map<TopicPartition, Long> nextOffsets) {
        Map<TopicPartition, Long> offsets = Map.copyOf(nextOffsets);
        return onContext(() -> commitOffsets(offsets));
    }

    private Future<Void> commitPositions() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (PartitionReader reader : readers.values()) {
            if (reader.positioned() && reader.position() != reader.committed) {
                offsets.put(reader.partition, reader.position());
            }
        }
        return commitOffsets(offsets);
    }

    private Future<Void> commitOffsets(Map<TopicPartition, Long> offsets) {
        GroupMembership member = membership;
        if (member == null) {
            return context.failedFuture(new ThalwegException(ErrorCode.INVALID_GROUP_ID, "commit needs a groupId"));
        }
        return member.commit(offsets)
                .onSuccess(committed -> offsets.forEach((partition, offset) -> {
                    PartitionReader reader = readers.get(partition);
                    if (reader != null) {
                        reader.committed = offset;
                    }
                }));
    }

    private void commitInBackground() {
        if (closed || readers.isEmpty()) {
            return;
        }
        commitPositions().onFailure(failure -> {
            ErrorCode error = ThalwegException.codeOf(failure);
            if (!readers.isEmpty()
                    && error != ErrorCode.REBALANCE_IN_PROGRESS
                    && error != ErrorCode.ILLEGAL_GENERATION
                    && error != ErrorCode.UNKNOWN_MEMBER_ID
                    && !error.retriable()) {
                report(failure); // the others mend themselves: by the next commit, or because the partitions were lost
            }
        });
    }

    // ---- the stream

    @Override
    public Consumer assignmentHandler(@Nullable Handler<AssignmentChange> handler) {
        runOnContext(() -> assignmentHandler = handler);
        return this;
    }

    @Override
    public Consumer batchHandler(@Nullable Handler<List<ReceivedRecord>> handler) {
        runOnContext(() -> dispatcher.batchHandler(handler));
        return this;
    }

    @Override
    public Consumer exceptionHandler(@Nullable Handler<Throwable> handler) {
        runOnContext(() -> exceptionHandler = handler);
        return this;
    }

    @Override
    public Consumer handler(@Nullable Handler<ReceivedRecord> handler) {
        runOnContext(() -> dispatcher.handler(handler));
        return this;
    }

    @Override
    public Consumer pause() {
        runOnContext(dispatcher::pause);
        return this;
    }

    @Override
    public Consumer resume() {
        runOnContext(dispatcher::resume);
        return this;
    }

    @Override
    public Consumer fetch(long amount) {
        runOnContext(() -> dispatcher.fetch(amount));
        return this;
    }

    @Override
    public Consumer endHandler(@Nullable Handler<Void> handler) {
        runOnContext(() -> endHandler = handler);
        return this;
    }

    @Override
    public Future<Void> close() {
        Promise<Void> ended = context.owner().getOrCreateContext().promise();
        runOnContext(() -> end().onComplete(ended));
        return ended.future();
    }

    private Future<Void> end() {
        if (closed) {
            return context.succeededFuture();
        }
        closed = true;
        context.owner().cancelTimer(commitTimer);
        dispatcher.close();
        fetcher.close();
        Future<Void> committed = finalCommit();
        drop(assignment);
        GroupMembership member = membership;
        Future<Void> left = member == null ? committed : committed.transform(outcome -> member.leave());
        return left.onComplete(outcome -> {
            Handler<Void> handler = endHandler;
            if (handler != null) {
                handler.handle(null);
            }
        });
    }

    private Future<Void> finalCommit() {
        if (membership == null || config.autoCommitMillis() == 0 || readers.isEmpty()) {
            return context.succeededFuture();
        }
        return commitPositions().recover(failure -> {
            LOGGER.atWarn()
                    .addKeyValue("groupId", config.groupId())
                    .addKeyValue("error", failure.getMessage())
                    .log("last commit failed; what was read since the one before is read again");
            return context.succeededFuture();
        });
    }

    // ---- assignment

    private List<TopicPartition> notIn(Set<TopicPartition> wanted) {
        return assignment.stream().filter(p -> !wanted.contains(p)).toList();
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
            tell(new AssignmentChange(Set.of(), dropped));
        }
    }

    private void add(Set<TopicPartition> wanted) {
        List<PartitionReader> gained = new ArrayList<>();
        for (TopicPartition partition : wanted) {
            if (!readers.containsKey(partition)) {
                PartitionReader reader = new PartitionReader(partition);
                TopicView topic = broker.cluster().topic(partition.topic());
                reader.topicId = topic == null ? null : topic.id();
                readers.put(partition, reader);
                gained.add(reader);
            }
        }
        assignment = Set.copyOf(readers.keySet());
        if (!gained.isEmpty()) {
            positioned = positionAll(gained);
            tell(new AssignmentChange(
                    Set.copyOf(gained.stream().map(reader -> reader.partition).toList()), Set.of()));
        }
    }

    private void tell(AssignmentChange change) {
        Handler<AssignmentChange> handler = assignmentHandler;
        if (handler != null) {
            try {
                handler.handle(change);
            } catch (RuntimeException failure) {
                report(failure);
            }
        }
    }

    /** From the group's commits where there are any, else from the reset. */
    private Future<Void> positionAll(List<PartitionReader> gained) {
        String groupId = config.groupId();
        if (groupId == null) {
            return Future.all(gained.stream().map(this::reset).toList()).mapEmpty();
        }
        for (PartitionReader reader : gained) {
            reader.busy = true; // and a new reader has not been moved
        }
        return lookup.committed(groupId, gained.stream().map(r -> r.partition).toList())
                .compose(committed -> {
                    List<Future<Void>> resets = new ArrayList<>();
                    for (PartitionReader reader : gained) {
                        if (reader.moves > 0) {
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
                        reader.stopped |= reader.moves == 0;
                    }
                    report(failure);
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
                        report(outcome.cause());
                    }
                })
                .mapEmpty();
    }

    private void moveTo(PartitionReader reader, long offset) {
        dispatcher.released(reader.moveTo(offset));
        fetcher.run();
    }

    private void report(Throwable failure) {
        Handler<Throwable> handler = exceptionHandler;
        if (handler != null) {
            handler.handle(failure);
        } else {
            LOGGER.atWarn()
                    .addKeyValue("groupId", config.groupId())
                    .addKeyValue("error", failure.toString())
                    .log("consumer failure without a handler");
        }
    }

    // ---- context

    private <T> Future<T> refused(String what) {
        return context.failedFuture(new ThalwegException(ErrorCode.INVALID_REQUEST, what));
    }

    private boolean onOwnContext() {
        ContextInternal current = context.owner().getContext();
        return current != null && current.unwrap() == context;
    }

    private void runOnContext(Runnable task) {
        if (onOwnContext()) {
            task.run();
        } else {
            context.runOnContext(turn -> task.run());
        }
    }

    private <T> Future<T> onContext(Supplier<Future<T>> task) {
        Supplier<Future<T>> guarded = () -> closed
                ? context.failedFuture(new ThalwegException(ErrorCode.INVALID_REQUEST, "the consumer is closed"))
                : task.get();
        if (onOwnContext()) {
            return guarded.get();
        }
        Promise<T> promise = context.owner().getOrCreateContext().promise();
        context.runOnContext(turn -> guarded.get().onComplete(promise));
        return promise.future();
    }

    private final class GroupListener implements MembershipListener {
        @Override
        public Future<Void> onRevoke() {
            Future<Void> committed = finalCommit();
            drop(assignment);
            GroupMembership member = membership;
            // A commit that the handler of the change asked for comes first too.
            return member == null ? committed : committed.compose(done -> member.commit(Map.of()));
        }

        @Override
        public void onLost() {
            drop(assignment);
        }

        @Override
        public void onAssigned(Set<TopicPartition> partitions) {
            drop(notIn(partitions));
            add(partitions);
        }

        @Override
        public void onFailed(Throwable failure) {
            drop(assignment);
            report(failure);
        }
    }

    private final class FetchSink implements Fetcher.Sink {
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
                        report(new ThalwegException(
                                error,
                                "fetch failed: partition=" + reader.partition + " offset=" + reader.fetchOffset()));
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
}
