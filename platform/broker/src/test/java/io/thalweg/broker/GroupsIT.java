package io.thalweg.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.coordination.group.GroupCoordinator;
import io.thalweg.coordination.group.GroupCoordinatorConfig;
import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.GroupListing;
import io.thalweg.coordination.group.api.GroupsApi.GroupState;
import io.thalweg.coordination.group.api.GroupsApi.JoinGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.LeavingMember;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.coordination.group.api.GroupsApi.Protocol;
import io.thalweg.coordination.group.api.GroupsApi.SyncGroup;
import io.thalweg.coordination.group.api.GroupsApi.SyncedGroup;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups over a started broker: the coordinator, its partitions and the disk together. */
class GroupsIT {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 3);
    private static final int SESSION_MILLIS = 1_000;

    @TempDir
    private Path directory;

    private Vertx vertx;
    private Broker broker;

    @BeforeEach
    void start() throws Exception {
        vertx = Vertx.vertx();
        startBroker();
    }

    @AfterEach
    void stop() throws Exception {
        await(broker.close());
        await(vertx.close());
    }

    private void startBroker() throws Exception {
        BrokerConfig config = BrokerConfig.defaults(directory)
                .withGroups(GroupCoordinatorConfig.defaults()
                        .withSessionTimeouts(100, 60_000)
                        .withInitialRebalanceDelayMillis(50));
        broker = await(Broker.start(vertx, VertxTimers.environment(vertx), config));
    }

    private void restart() throws Exception {
        await(broker.close());
        startBroker();
    }

    @Test
    void nodeWithoutGroupsHasNoOffsetsTopic() throws Exception {
        assertThat(await(api().groups().list())).isEmpty();
        assertThat(await(api().groups().fetchOffsets("g", null, false))).isEmpty();
        assertThat(code(api().groups().describe("g"))).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);

        assertThat(api().cluster().topic(GroupCoordinator.OFFSETS_TOPIC)).isNull();
    }

    @Test
    void offsetsTopicIsMadeOnFirstUseInternalAndCompacted() throws Exception {
        assertThat(await(api().groups().coordinatorOf("g")))
                .isEqualTo(broker.config().nodeId());

        var topic = api().cluster().topic(GroupCoordinator.OFFSETS_TOPIC);
        assertThat(topic).isNotNull();
        assertThat(topic.internal()).isTrue();
        assertThat(topic.partitions()).hasSize(50);
        assertThat(topic.configs()).containsEntry("cleanup.policy", "compact");
    }

    @Test
    void nobodyElseMakesOrGrowsTheOffsetsTopic() throws Exception {
        NewTopic foreign = NewTopic.named(GroupCoordinator.OFFSETS_TOPIC, 1);
        assertThat(code(api().topics().create(foreign, false))).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(code(api().topics().getOrAutoCreate(GroupCoordinator.OFFSETS_TOPIC)))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        await(api().groups().coordinatorOf("g"));

        assertThat(code(api().topics().createPartitions(GroupCoordinator.OFFSETS_TOPIC, 60, false)))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(code(api().topics().delete(GroupCoordinator.OFFSETS_TOPIC))).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void commitsSurviveABrokerRestart() throws Exception {
        List<Future<Map<TopicPartition, ErrorCode>>> commits = new ArrayList<>();
        for (int group = 0; group < 100; group++) {
            for (long offset = 1; offset <= 5; offset++) {
                commits.add(commit("group-" + group, "", -1, offset));
            }
        }
        for (Future<Map<TopicPartition, ErrorCode>> commit : commits) {
            assertThat(await(commit)).containsEntry(ORDERS, ErrorCode.NONE);
        }
        restart();

        for (int group = 0; group < 100; group++) {
            CommittedOffset committed = await(api().groups().fetchOffsets("group-" + group, null, false))
                    .get(ORDERS);
            assertThat(committed.offset()).isEqualTo(5);
            assertThat(committed.metadata()).isEqualTo("note");
        }
        assertThat(await(api().groups().list()))
                .extracting(GroupListing::groupId)
                .hasSize(100);
    }

    @Test
    void membersAndTheirAssignmentsSurviveABrokerRestart() throws Exception {
        JoinedGroup member = await(join("", "a"));
        await(sync(member, Map.of(member.memberId(), new byte[] {7})));
        restart();

        await(api().groups().heartbeat("g", member.generation(), member.memberId(), null));
        assertThat(await(sync(member, Map.of())).assignment()).containsExactly(7);
        assertThat(await(commit("g", member.memberId(), member.generation(), 9)))
                .containsEntry(ORDERS, ErrorCode.NONE);
    }

    @Test
    void twoMembersShareAGroupAndRebalanceWhenOneLeaves() throws Exception {
        Future<JoinedGroup> first = join("", "a");
        Future<JoinedGroup> second = join("", "b");
        JoinedGroup one = await(first);
        JoinedGroup two = await(second);
        assertThat(one.generation()).isEqualTo(two.generation());
        JoinedGroup leader = one.leaderId().equals(one.memberId()) ? one : two;
        JoinedGroup follower = leader.equals(one) ? two : one;
        assertThat(leader.members()).hasSize(2);
        Future<SyncedGroup> waiting = sync(follower, Map.of());
        await(sync(leader, Map.of(leader.memberId(), new byte[] {1}, follower.memberId(), new byte[] {2})));
        assertThat(await(waiting).assignment()).containsExactly(2);

        await(api().groups().leave("g", List.of(new LeavingMember(follower.memberId(), null, "test"))));
        assertThat(code(api().groups().heartbeat("g", leader.generation(), leader.memberId(), null)))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        JoinedGroup alone = await(join(leader.memberId(), "a"));
        assertThat(alone.generation()).isEqualTo(leader.generation() + 1);
        assertThat(alone.members()).hasSize(1);
    }

    @Test
    void silentMemberIsExpiredAndTheOtherHearsOfIt() throws Exception {
        Future<JoinedGroup> first = join("", "a");
        Future<JoinedGroup> second = join("", "b");
        JoinedGroup alive = await(first);
        JoinedGroup silent = await(second);
        JoinedGroup leader = alive.leaderId().equals(alive.memberId()) ? alive : silent;
        await(sync(leader, Map.of()));
        await(sync(leader.equals(alive) ? silent : alive, Map.of()));

        Promise<ErrorCode> heard = Promise.promise();
        long timer = vertx.setPeriodic(
                SESSION_MILLIS / 10,
                tick -> api().groups()
                        .heartbeat("g", alive.generation(), alive.memberId(), null)
                        .onFailure(failure -> heard.tryComplete(ThalwegException.codeOf(failure))));
        assertThat(await(heard.future())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        vertx.cancelTimer(timer);

        assertThat(code(api().groups().heartbeat("g", silent.generation(), silent.memberId(), null)))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(await(api().groups().describe("g")).state()).isEqualTo(GroupState.PREPARING_REBALANCE);
    }

    @Test
    void deletedTopicLeavesNoOffsetsToItsSuccessor() throws Exception {
        await(api().topics().create(NewTopic.named("orders", 4), false));
        await(commit("g", "", -1, 5));
        await(api().topics().delete("orders"));

        assertThat(await(api().groups().fetchOffsets("g", null, false))).isEmpty();
    }

    private BrokerApi api() {
        return broker.api();
    }

    private Future<JoinedGroup> join(String memberId, String clientId) {
        return api().groups()
                .join(new JoinGroup(
                        "g",
                        memberId,
                        null,
                        clientId,
                        "/127.0.0.1",
                        SESSION_MILLIS,
                        10_000,
                        "test",
                        List.of(new Protocol("range", new byte[] {1})),
                        false,
                        null));
    }

    private Future<SyncedGroup> sync(JoinedGroup member, Map<String, byte[]> assignments) {
        return api().groups()
                .sync(new SyncGroup("g", member.generation(), member.memberId(), null, "test", "range", assignments));
    }

    private Future<Map<TopicPartition, ErrorCode>> commit(
            String groupId, String memberId, int generation, long offset) {
        return api().groups()
                .commitOffsets(new CommitOffsets(
                        groupId,
                        generation,
                        memberId,
                        null,
                        Map.of(ORDERS, new OffsetToCommit(offset, -1, "note")),
                        -1));
    }

    private static ErrorCode code(Future<?> outcome) throws Exception {
        return await(outcome.transform(done ->
                Future.succeededFuture(done.failed() ? ThalwegException.codeOf(done.cause()) : ErrorCode.NONE)));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
