package io.thalweg.coordination.group;

import static io.thalweg.coordination.group.GroupHarness.GROUP;
import static io.thalweg.coordination.group.GroupHarness.code;
import static io.thalweg.coordination.group.GroupHarness.joinRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.coordination.group.api.GroupsApi.GroupState;
import io.thalweg.coordination.group.api.GroupsApi.JoinGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedMember;
import io.thalweg.coordination.group.api.GroupsApi.LeavingMember;
import io.thalweg.coordination.group.api.GroupsApi.SyncGroup;
import io.thalweg.coordination.group.api.GroupsApi.SyncedGroup;
import io.thalweg.coordination.group.api.MemberIdRequiredException;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClassicGroupTest {

    private final GroupHarness harness = new GroupHarness();

    @Test
    void firstGenerationWaitsTheInitialDelayAndTakesAllWhoCame() {
        Future<JoinedGroup> first = harness.join("");
        harness.advance(60);
        Future<JoinedGroup> second = harness.join("");
        harness.advance(60);
        assertThat(first.isComplete()).as("a newcomer extends the delay").isFalse();
        harness.advance(200);

        assertThat(first.result().generation()).isEqualTo(1);
        assertThat(second.result().generation()).isEqualTo(1);
        assertThat(first.result().leaderId()).isEqualTo(first.result().memberId());
        assertThat(first.result().members()).extracting(JoinedMember::memberId).hasSize(2);
        assertThat(second.result().members()).isEmpty();
        assertThat(harness.state()).isEqualTo(GroupState.COMPLETING_REBALANCE);
    }

    @Test
    void initialDelayIsExtendedNoLongerThanTheRebalanceTimeout() {
        List<Future<JoinedGroup>> joins = new ArrayList<>();
        for (int i = 0; i < 60_000 / 50 + 10; i++) {
            joins.add(harness.join(""));
            harness.advance(50);
        }

        assertThat(joins.get(0).isComplete()).isTrue();
    }

    @Test
    void assignmentsReachTheMembersTheyAreFor() {
        Map<String, JoinedGroup> members = harness.stableGroup(3);
        JoinedGroup leader = members.values().iterator().next();

        for (String memberId : members.keySet()) {
            SyncedGroup again =
                    harness.sync(memberId, leader.generation(), Map.of()).result();
            assertThat(new String(again.assignment(), StandardCharsets.UTF_8)).isEqualTo(memberId);
            assertThat(again.protocolName()).isEqualTo("range");
        }
        assertThat(harness.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void newDynamicMemberMustComeAgainWithItsId() {
        Future<JoinedGroup> refused = harness.join(joinRequest("", null, true));

        assertThat(refused.cause()).isInstanceOf(MemberIdRequiredException.class);
        String memberId = ((MemberIdRequiredException) refused.cause()).memberId();
        assertThat(memberId).startsWith("client-");
        Future<JoinedGroup> joined = harness.join(joinRequest(memberId, null, true));
        harness.advance(100);
        assertThat(joined.result().memberId()).isEqualTo(memberId);
    }

    @Test
    void idThatWasHandedOutAndNotUsedIsForgottenAndSoIsItsGroup() {
        String memberId = ((MemberIdRequiredException)
                        harness.join(joinRequest("", null, true)).cause())
                .memberId();
        harness.advance(10_001);

        assertThat(harness.shard.groups()).isEmpty();
        assertThat(code(harness.join(joinRequest(memberId, null, true)))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(harness.log).isEmpty();
    }

    @Test
    void joinPhaseWaitsForAMemberThatAnnouncedItself() {
        Map<String, JoinedGroup> members = harness.stableGroup(1);
        String memberId = members.keySet().iterator().next();
        String announced = ((MemberIdRequiredException)
                        harness.join(joinRequest("", null, true)).cause())
                .memberId();
        Future<JoinedGroup> rejoined = harness.join(memberId);
        assertThat(rejoined.isComplete()).isFalse();

        harness.join(announced);

        assertThat(rejoined.result().generation()).isEqualTo(2);
    }

    @Test
    void newcomerStartsARebalanceThatMembersHearOfByHeartbeat() {
        Map<String, JoinedGroup> members = harness.stableGroup(1);
        String memberId = members.keySet().iterator().next();
        Future<JoinedGroup> newcomer = harness.join("");

        assertThat(harness.heartbeat(memberId, 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        Future<JoinedGroup> rejoined = harness.join(memberId);

        assertThat(newcomer.result().generation()).isEqualTo(2);
        assertThat(rejoined.result().leaderId()).isEqualTo(memberId);
        assertThat(harness.heartbeat(memberId, 1)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(harness.heartbeat(memberId, 2)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void memberThatDoesNotRejoinInTimeIsLeftOut() {
        Map<String, JoinedGroup> members = harness.stableGroup(2);
        String slow = members.keySet().stream().skip(1).findFirst().orElseThrow();
        Future<JoinedGroup> newcomer = harness.join("");
        harness.join(members.keySet().iterator().next());
        for (int i = 0; i < 12; i++) {
            harness.advance(5_000);
            harness.heartbeat(slow, 1);
        }

        assertThat(newcomer.result().generation()).isEqualTo(2);
        assertThat(harness.shard.groups().get(GROUP).size()).isEqualTo(2);
        assertThat(harness.heartbeat(slow, 2)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void silentMemberExpiresWithItsSessionAndTheGroupRebalances() {
        Map<String, JoinedGroup> members = harness.stableGroup(2);
        List<String> ids = List.copyOf(members.keySet());
        harness.advance(6_000);
        assertThat(harness.heartbeat(ids.get(0), 1)).isEqualTo(ErrorCode.NONE);
        harness.advance(4_100);

        assertThat(harness.heartbeat(ids.get(1), 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(harness.heartbeat(ids.get(0), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(harness.join(ids.get(0)).result().generation()).isEqualTo(2);
    }

    @Test
    void wallClockJumpsExpireNobody() {
        Map<String, JoinedGroup> members = harness.stableGroup(2);
        for (long jump : new long[] {3_600_000, -1_800_000, 200, -200}) {
            harness.wallMillis += jump;
            harness.advance(5_000);
            members.forEach((id, joined) -> assertThat(harness.heartbeat(id, 1)).isEqualTo(ErrorCode.NONE));
        }
        assertThat(harness.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void coordinatorThatStoodStillHearsItsMembersBeforeItExpiresThem() {
        Map<String, JoinedGroup> members = harness.stableGroup(2);
        harness.standStill(30_000);
        members.forEach((id, joined) -> assertThat(harness.heartbeat(id, 1)).isEqualTo(ErrorCode.NONE));
        harness.advance(9_900);
        assertThat(harness.state()).isEqualTo(GroupState.STABLE);

        harness.advance(200);
        assertThat(harness.state()).as("silence after the grace counts").isEqualTo(GroupState.EMPTY);
    }

    @Test
    void lastMemberThatLeavesEmptiesTheGroupAndItsGenerationSurvives() {
        Map<String, JoinedGroup> members = harness.stableGroup(1);
        String memberId = members.keySet().iterator().next();

        assertThat(harness.leave(memberId)).allMatch(outcome -> outcome.error() == ErrorCode.NONE);
        assertThat(harness.state()).isEqualTo(GroupState.EMPTY);
        harness.restart();
        Map<String, JoinedGroup> next = harness.stableGroup(1);
        assertThat(next.values().iterator().next().generation()).isEqualTo(3);
    }

    @Test
    void leavingAnswersEachMemberForItself() {
        Map<String, JoinedGroup> members = harness.stableGroup(2);
        String memberId = members.keySet().iterator().next();

        assertThat(harness.leave(
                        new LeavingMember(memberId, null, null),
                        new LeavingMember("nobody", null, null),
                        new LeavingMember("", "no-instance", null)))
                .extracting(outcome -> outcome.error())
                .containsExactly(ErrorCode.NONE, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(harness.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
    }

    @Test
    void memberThatNeverSyncsIsRemovedAndTheOthersRebalance() {
        Future<JoinedGroup> first = harness.join("");
        Future<JoinedGroup> second = harness.join("");
        harness.advance(300);
        String leader = first.result().memberId();
        harness.sync(leader, 1, Map.of());
        for (int i = 0; i < 12; i++) {
            harness.advance(5_000);
            harness.heartbeat(leader, 1);
            harness.heartbeat(second.result().memberId(), 1);
        }

        assertThat(harness.heartbeat(second.result().memberId(), 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(harness.heartbeat(leader, 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void rebalanceDuringSyncSendsTheWaitingBackToJoin() {
        Future<JoinedGroup> first = harness.join("");
        Future<JoinedGroup> second = harness.join("");
        harness.advance(300);
        Future<SyncedGroup> waiting = harness.sync(second.result().memberId(), 1, Map.of());
        assertThat(waiting.isComplete()).isFalse();
        harness.join("");

        assertThat(code(waiting)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(code(harness.sync(first.result().memberId(), 1, Map.of())))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void protocolOfMostVotesAmongThoseThatAllSupportWins() {
        Future<JoinedGroup> a = harness.join("", "sticky", "range");
        harness.join("", "roundrobin", "range", "sticky");
        harness.join("", "range", "sticky");
        harness.advance(300);

        assertThat(a.result().protocolName()).isEqualTo("range");
    }

    @Test
    void memberWithoutACommonProtocolIsRefused() {
        harness.stableGroup(1);

        assertThat(code(harness.join("", "other"))).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        JoinGroup connect = new JoinGroup(
                GROUP,
                "",
                null,
                "c",
                "h",
                10_000,
                60_000,
                "connect",
                joinRequest("", null, false).protocols(),
                false,
                null);
        assertThat(code(harness.join(connect))).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(harness.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void syncOfAnotherProtocolIsRefused() {
        Future<JoinedGroup> joined = harness.join("");
        harness.advance(100);
        SyncGroup request = new SyncGroup(GROUP, 1, joined.result().memberId(), null, "test", "other", Map.of());

        assertThat(code(harness.<SyncedGroup>run((s, reply, turn) -> s.sync(request, reply, turn))))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void sessionTimeoutsOutsideTheLimitsAreRefused() {
        for (int session : new int[] {5_999, 1_800_001, 0, -1}) {
            JoinGroup request = new JoinGroup(
                    GROUP,
                    "",
                    null,
                    "c",
                    "h",
                    session,
                    60_000,
                    "test",
                    joinRequest("", null, false).protocols(),
                    false,
                    null);
            assertThat(code(harness.join(request))).isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        }
        assertThat(harness.shard.groups()).isEmpty();
    }

    @Test
    void strangersAreToldSo() {
        assertThat(code(harness.join("stranger"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(harness.heartbeat("stranger", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(code(harness.sync("stranger", 1, Map.of()))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        harness.stableGroup(1);
        assertThat(code(harness.join("stranger"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(harness.heartbeat("stranger", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void fullGroupRefusesNewcomersAndKeepsItsMembers() {
        GroupHarness small = new GroupHarness(GroupHarness.CONFIG.withGroupMembersMax(2), 1);
        Map<String, JoinedGroup> members = small.stableGroup(2);

        assertThat(code(small.join(""))).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(code(small.join(joinRequest("", null, true)))).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        members.forEach((id, joined) -> assertThat(small.heartbeat(id, 1)).isEqualTo(ErrorCode.NONE));
    }

    @Test
    void followerThatRejoinsUnchangedIsToldTheGenerationAgainAndTheLeaderRebalances() {
        Map<String, JoinedGroup> members = harness.stableGroup(2);
        List<String> ids = List.copyOf(members.keySet());

        assertThat(harness.join(ids.get(1)).result().generation()).isEqualTo(1);
        assertThat(harness.state()).isEqualTo(GroupState.STABLE);
        harness.join(ids.get(0));
        assertThat(harness.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
    }

    @Test
    void olderJoinOfAClientThatTriesAgainIsAnswered() {
        Map<String, JoinedGroup> members = harness.stableGroup(2);
        String leader = members.keySet().iterator().next();
        Future<JoinedGroup> older = harness.join(leader);
        Future<JoinedGroup> newer = harness.join(leader);

        assertThat(code(older)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(newer.isComplete()).isFalse();
    }

    @Test
    void membersContinueAfterTheCoordinatorRestarts() {
        Map<String, JoinedGroup> members = harness.stableGroup(3);
        harness.restart();

        members.forEach((id, joined) -> assertThat(harness.heartbeat(id, 1)).isEqualTo(ErrorCode.NONE));
        String first = members.keySet().iterator().next();
        assertThat(new String(harness.sync(first, 1, Map.of()).result().assignment(), StandardCharsets.UTF_8))
                .isEqualTo(first);
        harness.advance(10_100);
        assertThat(harness.state()).as("all were silent after it").isEqualTo(GroupState.EMPTY);
    }

    @Test
    void generationThatWasNotSyncedBeforeARestartMustJoinAgain() {
        Map<String, JoinedGroup> members = harness.stableGroup(1);
        String memberId = members.keySet().iterator().next();
        Future<JoinedGroup> rejoined = harness.join(memberId);
        assertThat(rejoined.result().generation()).isEqualTo(2);
        harness.restart();

        assertThat(code(harness.sync(memberId, 2, Map.of()))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(harness.heartbeat(memberId, 1)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void describeShowsMembersWithAssignmentsOnlyWhileStable() {
        Map<String, JoinedGroup> members = harness.stableGroup(2);
        var stable = harness.describe().result();
        assertThat(stable.state().kafkaName()).isEqualTo("Stable");
        assertThat(stable.protocolType()).isEqualTo("test");
        assertThat(stable.protocolName()).isEqualTo("range");
        assertThat(stable.members()).allSatisfy(member -> {
            assertThat(member.clientId()).isEqualTo("client");
            assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
            assertThat(member.metadata()).containsExactly(1, 2, 3);
            assertThat(new String(member.assignment(), StandardCharsets.UTF_8)).isEqualTo(member.memberId());
        });
        harness.join(members.keySet().iterator().next());

        var preparing = harness.describe().result();
        assertThat(preparing.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
        assertThat(preparing.protocolName()).isEmpty();
        assertThat(preparing.members()).allMatch(member -> member.assignment().length == 0);
    }
}
