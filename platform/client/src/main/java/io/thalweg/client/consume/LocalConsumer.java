package io.thalweg.client.consume;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.membership.GroupMembership;
import io.thalweg.client.membership.MembershipListener;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Closeable;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads through the broker in this process. */
public final class LocalConsumer implements Consumer {

    private static final Logger LOGGER = LoggerFactory.getLogger(LocalConsumer.class);

    private final ContextInternal context;
    private final BrokerApi broker;
    private final ConsumerConfig config;
    private final AssignedPartitions partitions;
    private final RecordDispatcher dispatcher;

    /** Null without a group. */
    private final @Nullable GroupMembership membership;

    /** A verticle that is undeployed takes its consumers with it: their group must not wait for them. */
    private final Closeable verticlesEnd = done -> close().onComplete(done);

    private boolean subscribed;
    private boolean closed;
    private long commitTimer = -1;

    private @Nullable Handler<AssignmentChange> assignmentHandler;
    private @Nullable Function<Set<TopicPartition>, Future<Void>> revocationHandler;
    private @Nullable Handler<Throwable> exceptionHandler;
    private @Nullable Handler<Void> endHandler;

    public LocalConsumer(Vertx vertx, BrokerApi broker, ConsumerConfig config) {
        this.context = ((VertxInternal) vertx).getOrCreateContext().unwrap();
        this.broker = broker;
        this.config = config;
        this.partitions = new AssignedPartitions(context, broker, config, this::report, this::tell);
        this.dispatcher = partitions.dispatcher();
        String groupId = config.groupId();
        this.membership =
                groupId == null ? null : new GroupMembership(context, broker, config, groupId, new GroupListener());
        if (groupId != null && config.autoCommitMillis() > 0) {
            commitTimer = context.setPeriodic(config.autoCommitMillis(), timer -> commitInBackground());
        }
        if (context.isDeployment()) {
            context.addCloseHook(verticlesEnd);
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
            if (!partitions.isEmpty() && !subscribed) {
                return refused("subscribe after assign");
            }
            subscribed = true;
            return member.subscribe(names).compose(joined -> partitions.positioned());
        });
    }

    @Override
    public Future<Void> assign(Set<TopicPartition> newPartitions) {
        Set<TopicPartition> wanted = Set.copyOf(newPartitions);
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
            partitions.replaceBy(wanted);
            return partitions.positioned();
        });
    }

    @Override
    public Future<Void> seek(TopicPartition partition, long offset) {
        return onContext(() -> {
            PartitionReader reader = partitions.reader(partition);
            if (reader == null || offset < 0) {
                return refused("seek: partition=" + partition + " offset=" + offset + " assigned=" + (reader != null));
            }
            partitions.moveTo(reader, offset);
            return context.succeededFuture();
        });
    }

    @Override
    public Future<Void> seekToBeginning(Collection<TopicPartition> chosen) {
        return seekTo(chosen, ListOffsetRequest.EARLIEST);
    }

    @Override
    public Future<Void> seekToEnd(Collection<TopicPartition> chosen) {
        return seekTo(chosen, ListOffsetRequest.LATEST);
    }

    @Override
    public Future<Void> seekToTimestamp(Collection<TopicPartition> chosen, long timestampMillis) {
        if (timestampMillis < 0) {
            return refused("seek: timestampMillis=" + timestampMillis + " expected=0 or more");
        }
        return seekTo(chosen, timestampMillis);
    }

    private Future<Void> seekTo(Collection<TopicPartition> chosen, long timestamp) {
        List<TopicPartition> wanted = List.copyOf(chosen);
        return onContext(() -> {
            List<Future<Void>> moves = new ArrayList<>();
            for (TopicPartition partition : wanted) {
                PartitionReader reader = partitions.reader(partition);
                if (reader == null) {
                    return refused("seek: partition=" + partition + " is not assigned");
                }
                moves.add(partitions.seek(reader, timestamp));
            }
            return Future.all(moves).mapEmpty();
        });
    }

    @Override
    public Map<TopicPartition, Long> positions() {
        return partitions.positions();
    }

    @Override
    public Set<TopicPartition> assignment() {
        return partitions.assignment();
    }

    @Override
    public Consumer pause(Collection<TopicPartition> chosen) {
        List<TopicPartition> copy = List.copyOf(chosen);
        runOnContext(() -> partitions.pause(copy));
        return this;
    }

    @Override
    public Consumer resume(Collection<TopicPartition> chosen) {
        List<TopicPartition> copy = List.copyOf(chosen);
        runOnContext(() -> partitions.resume(copy));
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
        return commitOffsets(partitions.uncommitted());
    }

    private Future<Void> commitOffsets(Map<TopicPartition, Long> offsets) {
        GroupMembership member = membership;
        if (member == null) {
            return context.failedFuture(new ThalwegException(ErrorCode.INVALID_GROUP_ID, "commit needs a groupId"));
        }
        return member.commit(offsets).onSuccess(committed -> partitions.onCommitted(offsets));
    }

    private void commitInBackground() {
        if (closed || partitions.isEmpty()) {
            return;
        }
        commitPositions().onFailure(failure -> {
            ErrorCode error = ThalwegException.codeOf(failure);
            if (!partitions.isEmpty()
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
    public Consumer revocationHandler(@Nullable Function<Set<TopicPartition>, Future<Void>> handler) {
        runOnContext(() -> revocationHandler = handler);
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
        context.removeCloseHook(verticlesEnd);
        context.owner().cancelTimer(commitTimer);
        partitions.close();
        Future<Void> committed = finalCommit();
        partitions.dropAll();
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
        if (membership == null || config.autoCommitMillis() == 0 || partitions.isEmpty()) {
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
            Function<Set<TopicPartition>, Future<Void>> handler = revocationHandler;
            Set<TopicPartition> held = partitions.assignment();
            if (handler == null || held.isEmpty()) {
                return giveUp();
            }
            partitions.pause(held);
            return finishing(handler, held).transform(finished -> giveUp());
        }

        private Future<Void> finishing(Function<Set<TopicPartition>, Future<Void>> handler, Set<TopicPartition> held) {
            try {
                return handler.apply(held).onFailure(LocalConsumer.this::report);
            } catch (RuntimeException failure) {
                report(failure);
                return context.succeededFuture();
            }
        }

        private Future<Void> giveUp() {
            Future<Void> committed = finalCommit();
            partitions.dropAll();
            GroupMembership member = membership;
            // A commit that the handler of the change asked for comes first too.
            return member == null ? committed : committed.compose(done -> member.commit(Map.of()));
        }

        @Override
        public void onLost() {
            partitions.dropAll();
        }

        @Override
        public void onAssigned(Set<TopicPartition> assigned) {
            partitions.replaceBy(assigned);
        }

        @Override
        public void onFailed(Throwable failure) {
            partitions.dropAll();
            report(failure);
        }
    }
}
