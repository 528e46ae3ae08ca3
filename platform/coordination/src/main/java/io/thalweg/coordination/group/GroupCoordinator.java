package io.thalweg.coordination.group;

import io.thalweg.coordination.group.api.GroupsApi;
import io.thalweg.coordination.runtime.CoordinatorLog;
import io.thalweg.coordination.runtime.CoordinatorRuntime;
import io.thalweg.coordination.runtime.Reply;
import io.thalweg.coordination.runtime.ShardOperation;
import io.thalweg.coordination.runtime.ShardThreads;
import io.thalweg.coordination.runtime.Turn;
import io.thalweg.environment.Environment;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The group coordinator of a node: finds the partition of a group and runs the request on its shard, which is
 * loaded by the first request: a node without groups has nothing of this.
 */
public final class GroupCoordinator implements GroupsApi, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(GroupCoordinator.class);

    /** The internal topic that groups and offsets live in. */
    public static final String OFFSETS_TOPIC = OffsetsTopic.NAME;

    private static final int GROUP_ID_LENGTH_MAX = 8_192;

    private final CoordinatorLog log;
    private final ShardThreads threads;
    private final OffsetsTopic topic;
    private final ToIntFunction<TopicPartition> leaders;
    private final CoordinatorRuntime<GroupShard> runtime;

    /** @param leaders the broker that leads a partition, or -1 */
    public GroupCoordinator(
            Environment environment,
            GroupCoordinatorConfig config,
            ShardThreads threads,
            CoordinatorLog log,
            ToIntFunction<TopicPartition> leaders) {
        this.log = log;
        this.threads = threads;
        this.topic = new OffsetsTopic(log, config.offsetsTopicPartitions());
        this.leaders = leaders;
        this.runtime = new CoordinatorRuntime<>(
                environment,
                config.runtime(),
                threads,
                log,
                OFFSETS_TOPIC,
                partition -> new GroupShard(config, environment.random()));
    }

    /** Kafka's: the partition that coordinates a group. */
    public static int partitionOf(String groupId, int partitionCount) {
        int hash = groupId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitionCount;
    }

    @Override
    public Future<Integer> coordinatorOf(String groupId) {
        Promise<Integer> promise = threads.promise();
        whenPlaced(groupId, promise, partition -> {
            int leader = leaders.applyAsInt(new TopicPartition(OFFSETS_TOPIC, partition));
            if (leader >= 0) {
                runtime.open(partition);
                promise.complete(leader);
            } else {
                promise.fail(new ThalwegException(
                        ErrorCode.COORDINATOR_NOT_AVAILABLE,
                        "the group's partition has no leader now: groupId=" + groupId + " partition=" + partition
                                + "; ask again"));
            }
        });
        return promise.future();
    }

    @Override
    public Future<JoinedGroup> join(JoinGroup request) {
        return onMembers(request.groupId(), (shard, reply, turn) -> shard.join(request, reply, turn));
    }

    @Override
    public Future<SyncedGroup> sync(SyncGroup request) {
        return onMembers(request.groupId(), (shard, reply, turn) -> shard.sync(request, reply, turn));
    }

    @Override
    public Future<Void> heartbeat(String groupId, int generation, String memberId, @Nullable String groupInstanceId) {
        return onMembers(
                groupId,
                (shard, reply, turn) -> shard.heartbeat(groupId, generation, memberId, groupInstanceId, reply, turn));
    }

    @Override
    public Future<List<LeaveOutcome>> leave(String groupId, List<LeavingMember> members) {
        return onMembers(groupId, (shard, reply, turn) -> shard.leave(groupId, members, reply, turn));
    }

    @Override
    public Future<Map<TopicPartition, ErrorCode>> commitOffsets(CommitOffsets request) {
        return onShard(request.groupId(), (shard, reply, turn) -> shard.commitOffsets(request, reply, turn));
    }

    @Override
    public Future<Map<TopicPartition, CommittedOffset>> fetchOffsets(
            String groupId, @Nullable List<TopicPartition> partitions, boolean requireStable) {
        if (!topic.exists()) {
            return Future.succeededFuture(Map.of());
        }
        return onShard(groupId, (shard, reply, turn) -> shard.fetchOffsets(groupId, partitions, reply, turn));
    }

    @Override
    public Future<List<GroupListing>> list() {
        ShardOperation<GroupShard, List<GroupListing>> operation = GroupCoordinator::listShard;
        List<Future<List<GroupListing>>> answers = ledPartitions()
                .mapToObj(partition -> runtime.execute(partition, operation))
                .toList();
        return Future.all(answers)
                .map(all -> answers.stream()
                        .flatMap(answer -> answer.result().stream())
                        .toList());
    }

    private static void listShard(GroupShard shard, Reply<List<GroupListing>> reply, Turn turn) {
        shard.list(reply, turn);
    }

    @Override
    public Future<GroupDescription> describe(String groupId) {
        return onExisting(groupId, (shard, reply, turn) -> shard.describe(groupId, reply, turn));
    }

    @Override
    public Future<Void> delete(String groupId) {
        return onExisting(groupId, (shard, reply, turn) -> shard.delete(groupId, reply, turn));
    }

    @Override
    public Future<Map<TopicPartition, ErrorCode>> deleteOffsets(String groupId, List<TopicPartition> partitions) {
        return onExisting(groupId, (shard, reply, turn) -> shard.deleteOffsets(groupId, partitions, reply, turn));
    }

    /** This node leads a partition of the offsets topic now: begins to load what is in it. */
    public void open(int partition) {
        runtime.open(partition);
    }

    /** This node does not lead a partition of the offsets topic any more: fails all that waits there. */
    public void resign(int partition) {
        runtime.resign(partition);
    }

    /** Forgets what groups committed for a topic that is gone, so that one of the same name starts anew. */
    public Future<Void> onTopicDeleted(String topic) {
        ShardOperation<GroupShard, Void> operation = (shard, reply, turn) -> shard.forgetTopic(topic, reply, turn);
        return Future.join(ledPartitions()
                        .mapToObj(partition -> runtime.execute(partition, operation))
                        .toList())
                .onFailure(failure -> LOGGER.atWarn()
                        .addKeyValue("topic", topic)
                        .addKeyValue("error", failure.getMessage())
                        .log("offsets of a deleted topic may be left until they expire"))
                .mapEmpty();
    }

    private IntStream ledPartitions() {
        return IntStream.range(0, topic.partitionCount())
                .filter(partition -> log.leaderEpoch(new TopicPartition(OFFSETS_TOPIC, partition)) >= 0);
    }

    /** For requests of members, who need a name for their group; old tools may keep offsets under an empty one. */
    private <T> Future<T> onMembers(String groupId, ShardOperation<GroupShard, T> operation) {
        if (groupId.isEmpty()) {
            return Future.failedFuture(invalidGroupId(groupId));
        }
        return onShard(groupId, operation);
    }

    /** For requests that make no sense for a group that does not exist. */
    private <T> Future<T> onExisting(String groupId, ShardOperation<GroupShard, T> operation) {
        if (!topic.exists()) {
            return Future.failedFuture(GroupErrors.groupNotFound(groupId));
        }
        return onShard(groupId, operation);
    }

    private <T> Future<T> onShard(String groupId, ShardOperation<GroupShard, T> operation) {
        Promise<T> promise = threads.promise();
        whenPlaced(groupId, promise, partition -> runtime.execute(partition, operation, promise));
        return promise.future();
    }

    private void whenPlaced(String groupId, Promise<?> promise, IntConsumer use) {
        if (groupId.length() > GROUP_ID_LENGTH_MAX) {
            promise.fail(invalidGroupId(groupId.substring(0, 64)));
            return;
        }
        topic.whenPresent(partitionCount -> use.accept(partitionOf(groupId, partitionCount)), promise::tryFail);
    }

    private static ThalwegException invalidGroupId(String groupId) {
        return new ThalwegException(
                ErrorCode.INVALID_GROUP_ID,
                "group id is empty or too long: groupId=" + groupId + " limit=" + GROUP_ID_LENGTH_MAX);
    }

    /** Fails everything that waits. */
    @Override
    public void close() {
        runtime.close();
    }
}
