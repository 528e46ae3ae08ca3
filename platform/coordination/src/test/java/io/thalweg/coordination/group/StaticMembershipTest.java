package io.thalweg.coordination.group;

import static io.thalweg.coordination.group.GroupHarness.code;
import static io.thalweg.coordination.group.GroupHarness.joinRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.coordination.group.api.GroupsApi.GroupState;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.LeavingMember;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** KIP-345 and KIP-814: members that keep their place over a restart. */
class StaticMembershipTest {

    private final GroupHarness harness = new GroupHarness();
    private String leader;
    private String follower;

    @BeforeEach
    void twoStaticMembersAreStable() {
        Future<JoinedGroup> a = harness.join(joinRequest("", "a", true));
        Future<JoinedGroup> b = harness.join(joinRequest("", "b", true));
        harness.advance(300);
        leader = a.result().memberId();
        follower = b.result().memberId();
        harness.syncStatic(leader, "a", 1, Map.of(leader, new byte[] {1}, follower, new byte[] {2}));
        harness.syncStatic(follower, "b", 1, Map.of());
        assertThat(harness.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void followerThatRestartsGetsItsAssignmentBackWithoutARebalance() {
        JoinedGroup back = harness.join(joinRequest("", "b", true)).result();

        assertThat(back.memberId()).isNotEqualTo(follower);
        assertThat(back.generation()).isEqualTo(1);
        assertThat(back.skipAssignment()).isFalse();
        assertThat(back.members()).isEmpty();
        assertThat(harness.syncStatic(back.memberId(), "b", 1, Map.of())
                        .result()
                        .assignment())
                .containsExactly(2);
        assertThat(harness.heartbeat(leader, "a", 1)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void leaderThatRestartsLeadsOnAndSkipsTheAssignment() {
        JoinedGroup back = harness.join(joinRequest("", "a", true)).result();

        assertThat(back.leaderId()).isEqualTo(back.memberId());
        assertThat(back.skipAssignment()).isTrue();
        assertThat(back.members()).hasSize(2);
        assertThat(harness.heartbeat(follower, "b", 1)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void oldIncarnationIsFenced() {
        harness.join(joinRequest("", "b", true));

        assertThat(harness.heartbeat(follower, "b", 1)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(code(harness.syncStatic(follower, "b", 1, Map.of()))).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(code(harness.join(joinRequest(follower, "b", true)))).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(harness.leave(new LeavingMember(follower, "b", null)))
                .allMatch(outcome -> outcome.error() == ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void joinThatWaitsIsFencedByTheNextIncarnation() {
        Future<JoinedGroup> first = harness.join(joinRequest("", "c", true));
        Future<JoinedGroup> second = harness.join(joinRequest("", "c", true));

        assertThat(code(first)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(second.isComplete()).isFalse();
    }

    @Test
    void replacedMemberIdSurvivesACoordinatorRestart() {
        JoinedGroup back = harness.join(joinRequest("", "b", true)).result();
        harness.restart();

        assertThat(harness.heartbeat(back.memberId(), "b", 1)).isEqualTo(ErrorCode.NONE);
        assertThat(harness.heartbeat(follower, "b", 1)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void toolRemovesAStaticMemberByItsInstanceId() {
        assertThat(harness.leave(new LeavingMember("", "b", "scaled down")))
                .allMatch(outcome -> outcome.error() == ErrorCode.NONE);

        assertThat(harness.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
        assertThat(harness.heartbeat(follower, "b", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void changeOfProtocolOnRestartRebalances() {
        Future<JoinedGroup> back = harness.join(joinRequest("", "b", true, "range", "sticky"));
        assertThat(back.isComplete()).as("range is still elected").isTrue();

        GroupHarness fresh = new GroupHarness();
        Future<JoinedGroup> only = fresh.join(joinRequest("", "a", true, "range", "sticky"));
        fresh.advance(300);
        fresh.syncStatic(only.result().memberId(), "a", 1, Map.of());
        Future<JoinedGroup> changed = fresh.join(joinRequest("", "a", true, "sticky", "range"));
        assertThat(changed.result().generation()).isEqualTo(2);
        assertThat(changed.result().protocolName()).isEqualTo("sticky");
    }

    @Test
    void absentStaticMemberKeepsItsPlaceInARebalanceUntilItsSessionEnds() {
        Future<JoinedGroup> rejoined = harness.join(joinRequest(leader, "a", true));
        harness.advance(9_000);
        assertThat(rejoined.isComplete()).isFalse();
        assertThat(harness.shard.groups().get(GroupHarness.GROUP).size()).isEqualTo(2);
        harness.advance(1_100);

        assertThat(rejoined.result().members()).hasSize(1);
    }
}
