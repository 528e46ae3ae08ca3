package io.thalweg.coordination.group;

import static io.thalweg.coordination.group.GroupHarness.GROUP;
import static io.thalweg.coordination.group.GroupHarness.code;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.GroupState;
import io.thalweg.coordination.group.api.GroupsApi.JoinGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.coordination.group.api.GroupsApi.Protocol;
import io.thalweg.coordination.group.api.GroupsApi.SyncGroup;
import io.thalweg.coordination.group.api.GroupsApi.SyncedGroup;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class CommittedOffsetsTest {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final long WEEK = TimeUnit.DAYS.toMillis(7);

    private final GroupHarness harness = new GroupHarness();

    @Test
    void commitFromOutsideAMembershipIsKeptOverARestart() {
        assertThat(harness.commit("", -1, P0, 7).result()).containsEntry(P0, ErrorCode.NONE);
        long committedAt = harness.wallMillis;
        harness.restart();

        assertThat(harness.fetch()).containsEntry(P0, new CommittedOffset(7, 3, "note", committedAt));
        assertThat(harness.describe().result().state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void onlyMembersOfTheCurrentGenerationCommitToAGroupInUse() {
        String memberId = harness.stableGroup(1).keySet().iterator().next();

        assertThat(code(harness.commit("", -1, P0, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(code(harness.commit("stranger", 1, P0, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(code(harness.commit(memberId, 0, P0, 1))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(code(harness.commit(memberId, 2, P0, 1))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(harness.fetch()).isEmpty();
        assertThat(code(harness.commit(memberId, 1, P0, 1))).isEqualTo(ErrorCode.NONE);
        assertThat(harness.fetch()).containsKey(P0);
    }

    @Test
    void commitOfAGenerationForAGroupThatDoesNotExistIsRefused() {
        assertThat(code(harness.commit("m", 1, P0, 1))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(harness.shard.groups()).isEmpty();
    }

    @Test
    void membersCommitWhileTheyPrepareARebalanceButNotBetweenJoinAndSync() {
        String memberId = harness.stableGroup(1).keySet().iterator().next();
        Future<JoinedGroup> newcomer = harness.join("");
        assertThat(code(harness.commit(memberId, 1, P0, 1))).isEqualTo(ErrorCode.NONE);
        harness.join(memberId);

        assertThat(harness.state()).isEqualTo(GroupState.COMPLETING_REBALANCE);
        assertThat(code(harness.commit(newcomer.result().memberId(), 2, P0, 2)))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void commitKeepsItsMemberAlive() {
        String memberId = harness.stableGroup(1).keySet().iterator().next();
        for (int i = 0; i < 5; i++) {
            harness.advance(9_000);
            assertThat(code(harness.commit(memberId, 1, P0, i))).isEqualTo(ErrorCode.NONE);
        }
    }

    @Test
    void tooLongMetadataFailsItsPartitionAlone() {
        TopicPartition other = new TopicPartition("orders", 1);
        Map<TopicPartition, OffsetToCommit> offsets = Map.of(
                P0, new OffsetToCommit(1, -1, "x".repeat(4_097)), other, new OffsetToCommit(2, -1, "x".repeat(4_096)));

        assertThat(harness.commit(new CommitOffsets(GROUP, -1, "", null, offsets, -1))
                        .result())
                .containsEntry(P0, ErrorCode.OFFSET_METADATA_TOO_LARGE)
                .containsEntry(other, ErrorCode.NONE);
        assertThat(harness.fetch()).containsOnlyKeys(other);
    }

    @Test
    void commitThatDoesNotFitOneBatchIsRefusedWhole() {
        Map<TopicPartition, OffsetToCommit> offsets = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            offsets.put(new TopicPartition("orders", i), new OffsetToCommit(1, -1, "x".repeat(4_000)));
        }

        assertThat(code(harness.commit(new CommitOffsets(GROUP, -1, "", null, offsets, -1))))
                .isEqualTo(ErrorCode.INVALID_COMMIT_OFFSET_SIZE);
        assertThat(harness.shard.groups()).isEmpty();
    }

    @Test
    void offsetsOfAnEmptyGroupExpireAndTheGroupWithThem() {
        String memberId = harness.stableGroup(1).keySet().iterator().next();
        harness.commit(memberId, 1, P0, 5);
        harness.leave(memberId);
        harness.advance(WEEK - 1_000);
        assertThat(harness.fetch()).containsKey(P0);
        harness.advance(TimeUnit.MINUTES.toMillis(11));

        assertThat(harness.fetch()).isEmpty();
        assertThat(harness.shard.groups()).isEmpty();
        assertThat(harness.log.subList(harness.log.size() - 2, harness.log.size()))
                .allMatch(record -> record.value() == null);
    }

    @Test
    void offsetsOfAGroupInUseDoNotExpireHoweverOldTheCommit() {
        String memberId = harness.stableGroup(1).keySet().iterator().next();
        harness.commit(memberId, 1, P0, 5);
        harness.wallMillis += 3 * WEEK;
        for (int i = 0; i < 150; i++) {
            harness.advance(5_000);
            assertThat(harness.heartbeat(memberId, 1)).isEqualTo(ErrorCode.NONE);
        }

        assertThat(harness.fetch()).containsKey(P0);
    }

    @Test
    void expiryOfItsOwnComesBeforeTheRetention() {
        harness.commit(new CommitOffsets(
                GROUP, -1, "", null, Map.of(P0, new OffsetToCommit(1, -1, "")), harness.wallMillis + 60_000));
        harness.restart();
        harness.advance(TimeUnit.MINUTES.toMillis(11));

        assertThat(harness.fetch()).isEmpty();
    }

    @Test
    void commitOfAToolForAGroupThatWasLongEmptyIsKept() {
        String memberId = harness.stableGroup(1).keySet().iterator().next();
        harness.commit(memberId, 1, P0, 5);
        harness.leave(memberId);
        harness.advance(WEEK - 1_000);
        harness.commit("", -1, P0, 0);
        harness.advance(TimeUnit.MINUTES.toMillis(30));

        assertThat(harness.fetch().get(P0).offset()).isZero();
    }

    @Test
    void deletingAGroupDeletesItsOffsetsForGood() {
        assertThat(code(harness.delete())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        harness.commit("", -1, P0, 5);
        String memberId = harness.stableGroup(1).keySet().iterator().next();
        assertThat(code(harness.delete())).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        harness.leave(memberId);

        assertThat(code(harness.delete())).isEqualTo(ErrorCode.NONE);
        harness.restart();
        assertThat(harness.shard.groups()).isEmpty();
        assertThat(harness.fetch()).isEmpty();
        assertThat(code(harness.describe())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void offsetsOfSubscribedTopicsCannotBeDeleted() {
        byte[] metadata = Utils.toArray(ConsumerProtocol.serializeSubscription(new Subscription(List.of("orders"))));
        JoinGroup request = new JoinGroup(
                GROUP,
                "",
                null,
                "c",
                "/h",
                10_000,
                60_000,
                "consumer",
                List.of(new Protocol("range", metadata)),
                false,
                null);
        Future<JoinedGroup> joined = harness.join(request);
        harness.advance(100);
        String memberId = joined.result().memberId();
        SyncGroup sync = new SyncGroup(GROUP, 1, memberId, null, null, null, Map.of());
        harness.<SyncedGroup>run((s, reply, turn) -> s.sync(sync, reply, turn));
        TopicPartition other = new TopicPartition("payments", 0);
        harness.commit(memberId, 1, P0, 5);
        harness.commit(memberId, 1, other, 6);

        Future<Map<TopicPartition, ErrorCode>> deleted =
                harness.run((s, reply, turn) -> s.deleteOffsets(GROUP, List.of(P0, other), reply, turn));
        assertThat(deleted.result())
                .containsEntry(P0, ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC)
                .containsEntry(other, ErrorCode.NONE);
        assertThat(harness.fetch()).containsOnlyKeys(P0);
    }

    @Test
    void offsetsOfADeletedTopicAreForgotten() {
        TopicPartition other = new TopicPartition("payments", 0);
        harness.commit("", -1, P0, 5);
        harness.commit("", -1, other, 6);
        harness.<Void>run((s, reply, turn) -> s.forgetTopic("orders", reply, turn));
        harness.restart();

        assertThat(harness.fetch()).containsOnlyKeys(other);
    }

    @Test
    void offsetsOfOtherGroupsCannotBeDeletedWhileTheyHaveMembers() {
        harness.stableGroup(1);
        Future<Map<TopicPartition, ErrorCode>> deleted =
                harness.run((s, reply, turn) -> s.deleteOffsets(GROUP, List.of(P0), reply, turn));

        assertThat(code(deleted)).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
    }
}
