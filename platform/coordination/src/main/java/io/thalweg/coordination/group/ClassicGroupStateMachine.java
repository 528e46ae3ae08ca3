package io.thalweg.coordination.group;

import static io.thalweg.coordination.group.api.GroupsApi.GroupState.COMPLETING_REBALANCE;
import static io.thalweg.coordination.group.api.GroupsApi.GroupState.EMPTY;
import static io.thalweg.coordination.group.api.GroupsApi.GroupState.PREPARING_REBALANCE;
import static io.thalweg.coordination.group.api.GroupsApi.GroupState.STABLE;

import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.LeaveOutcome;
import io.thalweg.coordination.group.api.GroupsApi.LeavingMember;
import io.thalweg.coordination.group.api.GroupsApi.SyncGroup;
import io.thalweg.coordination.group.api.GroupsApi.SyncedGroup;
import io.thalweg.coordination.group.record.GroupRecordCodec;
import io.thalweg.coordination.runtime.CoordinatorLog.CoordinatorRecord;
import io.thalweg.coordination.runtime.Reply;
import io.thalweg.coordination.runtime.Turn;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a classic group answers after members have joined: sync, heartbeat, leave, expiry, and the phases of a rebalance.
 * Joins themselves are {@link JoinStateMachine}'s.
 */
final class ClassicGroupStateMachine {

    private static final byte[] NOTHING = new byte[0];

    private final GroupCoordinatorConfig config;

    ClassicGroupStateMachine(GroupCoordinatorConfig config) {
        this.config = config;
    }

    // Sync

    void sync(ClassicGroup group, SyncGroup request, Reply<SyncedGroup> reply, Turn turn) {
        GroupMember member = validMember(group, request.memberId(), request.groupInstanceId());
        checkGeneration(group, request.generation());
        checkSame(group, request.protocolType(), group.protocolType());
        checkSame(group, request.protocolName(), group.protocolName());
        switch (group.state()) {
            case EMPTY, DEAD -> throw GroupErrors.unknownMember(group.groupId(), request.memberId());
            case PREPARING_REBALANCE -> throw GroupErrors.rebalancing(group);
            case COMPLETING_REBALANCE -> {
                failSync(member, () -> GroupErrors.rebalancing(group), turn); // an older try of the same client
                member.syncReply = reply;
                group.pendingSyncs.remove(member.memberId);
                if (group.isLeader(member.memberId)) {
                    install(group, request, turn);
                }
            }
            case STABLE -> {
                group.pendingSyncs.remove(member.memberId);
                touch(member, turn);
                turn.reply(reply, synced(group, member));
                endSyncPhaseIfComplete(group, turn);
            }
        }
    }

    private static void checkSame(ClassicGroup group, @Nullable String found, @Nullable String expected) {
        if (found != null && !found.equals(expected)) {
            throw GroupErrors.inconsistentProtocol(group.groupId(), found, expected);
        }
    }

    /** The leader's assignments make the generation stable; they are in the log before anybody hears of them. */
    private void install(ClassicGroup group, SyncGroup request, Turn turn) {
        for (GroupMember member : group.members()) {
            member.assignment = request.assignments().getOrDefault(member.memberId, NOTHING);
        }
        group.transitionTo(STABLE, turn.wallMillis(), "the leader synced");
        CoordinatorRecord record = GroupRecordCodec.group(turn.wallMillis(), group.groupId(), group.toValue());
        if (record.bytesMax() > config.runtime().batchBytesMax()) {
            refuseAssignment(group, record.bytesMax(), turn);
            return;
        }
        turn.append(record);
        for (GroupMember member : group.members()) {
            Reply<SyncedGroup> waiting = member.syncReply;
            if (waiting != null) {
                member.syncReply = null;
                touch(member, turn);
                turn.reply(waiting, synced(group, member));
            }
        }
        endSyncPhaseIfComplete(group, turn);
    }

    private void refuseAssignment(ClassicGroup group, int bytes, Turn turn) {
        for (GroupMember member : group.members()) {
            member.assignment = NOTHING;
            failSync(
                    member,
                    () -> new ThalwegException(
                            ErrorCode.UNKNOWN_SERVER_ERROR,
                            "the group's members and assignments do not fit one record: groupId=" + group.groupId()
                                    + " bytes=" + bytes + " limit="
                                    + config.runtime().batchBytesMax()
                                    + "; use fewer members or shorter subscriptions"),
                    turn);
        }
        prepareRebalance(group, "assignment too large", turn);
    }

    private static SyncedGroup synced(ClassicGroup group, GroupMember member) {
        return new SyncedGroup(group.protocolType(), group.protocolName(), member.assignment);
    }

    private static void endSyncPhaseIfComplete(ClassicGroup group, Turn turn) {
        if (group.pendingSyncs.isEmpty()) {
            turn.cancel(new GroupTimer.SyncPhase(group.groupId()));
        }
    }

    // Heartbeats and commits

    void heartbeat(
            ClassicGroup group,
            int generation,
            String memberId,
            @Nullable String groupInstanceId,
            Reply<Void> reply,
            Turn turn) {
        GroupMember member = validMember(group, memberId, groupInstanceId);
        checkGeneration(group, generation);
        switch (group.state()) {
            case EMPTY, DEAD -> throw GroupErrors.unknownMember(group.groupId(), memberId);
            case PREPARING_REBALANCE -> {
                touch(member, turn);
                turn.fail(reply, GroupErrors.rebalancing(group));
            }
            // A member may heartbeat after its join and before its sync.
            case COMPLETING_REBALANCE, STABLE -> {
                touch(member, turn);
                turn.done(reply);
            }
        }
    }

    /** Whether the sender may commit; a commit of a member also counts as a sign of life. */
    void validateCommit(ClassicGroup group, CommitOffsets request, Turn turn) {
        boolean fromMember =
                request.generation() >= 0 || !request.memberId().isEmpty() || request.groupInstanceId() != null;
        if (request.generation() < 0 && group.is(EMPTY)) {
            return; // a tool, or a consumer that assigns its partitions itself
        }
        if (!fromMember) {
            throw GroupErrors.unknownMember(group.groupId(), request.memberId());
        }
        GroupMember member = validMember(group, request.memberId(), request.groupInstanceId());
        checkGeneration(group, request.generation());
        if (group.is(COMPLETING_REBALANCE)) {
            throw GroupErrors.rebalancing(group);
        }
        touch(member, turn);
    }

    // Leaving

    List<LeaveOutcome> leave(ClassicGroup group, List<LeavingMember> leaving, Turn turn) {
        List<LeaveOutcome> outcomes = new ArrayList<>(leaving.size());
        for (LeavingMember one : leaving) {
            outcomes.add(new LeaveOutcome(one, leave(group, one, turn)));
        }
        afterRemoval(group, "members left", turn);
        return outcomes;
    }

    private ErrorCode leave(ClassicGroup group, LeavingMember leaving, Turn turn) {
        String instanceId = leaving.groupInstanceId();
        if (instanceId == null && group.pendingJoins.remove(leaving.memberId())) {
            turn.cancel(new GroupTimer.PendingJoin(group.groupId(), leaving.memberId()));
            return ErrorCode.NONE;
        }
        // A tool may name a static member by its instance id alone (KIP-345).
        String memberId =
                leaving.memberId().isEmpty() && instanceId != null ? group.memberIdOf(instanceId) : leaving.memberId();
        if (memberId == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        try {
            expel(group, validMember(group, memberId, instanceId), turn);
            return ErrorCode.NONE;
        } catch (ThalwegException refused) {
            return refused.error();
        }
    }

    /** A member's session timer is due. */
    void onSessionTimer(ClassicGroup group, String memberId, Turn turn) {
        GroupMember member = group.member(memberId);
        if (member == null) {
            return;
        }
        GroupTimer timer = new GroupTimer.Session(group.groupId(), memberId);
        if (!member.isNew && (member.isAwaitingJoin() || member.isAwaitingSync())) {
            // The rebalance bounds this wait; a client that waits for an answer cannot heartbeat.
            turn.schedule(timer, member.sessionTimeoutMillis);
            return;
        }
        long remainingNanos = member.sessionDeadlineNanos - turn.nowNanos();
        if (remainingNanos > 0) {
            turn.schedule(timer, TimeUnit.NANOSECONDS.toMillis(remainingNanos) + 1);
            return;
        }
        expel(group, member, turn);
        afterRemoval(group, "session expired: memberId=" + memberId, turn);
    }

    /** A member id that was handed out was not used. */
    void onPendingJoinTimer(ClassicGroup group, String memberId, Turn turn) {
        if (group.pendingJoins.remove(memberId)) {
            afterRemoval(group, "a member that announced itself never joined", turn);
        }
    }

    /** Takes a member out and tells it so if it waits for something. Follow up with {@link #afterRemoval}. */
    private void expel(ClassicGroup group, GroupMember member, Turn turn) {
        failJoin(group, member, () -> GroupErrors.unknownMember(group.groupId(), member.memberId), turn);
        failSync(member, () -> GroupErrors.unknownMember(group.groupId(), member.memberId), turn);
        group.remove(member);
        turn.cancel(new GroupTimer.Session(group.groupId(), member.memberId));
    }

    private void afterRemoval(ClassicGroup group, String reason, Turn turn) {
        if (group.is(PREPARING_REBALANCE)) {
            completeJoinIfAllJoined(group, turn);
        } else if (membersLost(group)) {
            prepareRebalance(group, reason, turn);
        }
    }

    /** A generation counts its members when it begins; fewer now means that some left. */
    private static boolean membersLost(ClassicGroup group) {
        return (group.is(STABLE) || group.is(COMPLETING_REBALANCE)) && group.size() < group.generationSize();
    }

    // Rebalance

    /** Begins a join phase. Members hear of it with their next heartbeat. */
    void prepareRebalance(ClassicGroup group, String reason, Turn turn) {
        if (group.is(COMPLETING_REBALANCE)) {
            for (GroupMember member : group.members()) {
                member.assignment = NOTHING;
                failSync(member, () -> GroupErrors.rebalancing(group), turn);
            }
        }
        turn.cancel(new GroupTimer.SyncPhase(group.groupId()));
        group.pendingSyncs.clear();
        boolean first = group.is(EMPTY);
        group.transitionTo(PREPARING_REBALANCE, turn.wallMillis(), reason);
        if (first) {
            int delayMillis = config.initialRebalanceDelayMillis();
            group.newMemberAdded = false;
            group.initialDelayRemainingMillis = Math.max(group.rebalanceTimeoutMillis() - delayMillis, 0);
            turn.schedule(new GroupTimer.JoinPhase(group.groupId()), delayMillis);
        } else if (group.allMembersJoined()) {
            completeJoin(group, turn);
        } else {
            turn.schedule(new GroupTimer.JoinPhase(group.groupId()), group.rebalanceTimeoutMillis());
        }
    }

    /** Ends the join phase early when nobody is missing. The first one of a group always waits its delay. */
    void completeJoinIfAllJoined(ClassicGroup group, Turn turn) {
        if (group.is(PREPARING_REBALANCE) && group.previousState() != EMPTY && group.allMembersJoined()) {
            completeJoin(group, turn);
        }
    }

    void onJoinPhaseTimer(ClassicGroup group, Turn turn) {
        if (!group.is(PREPARING_REBALANCE)) {
            return;
        }
        if (group.previousState() == EMPTY && group.newMemberAdded && group.initialDelayRemainingMillis > 0) {
            long next = Math.min(config.initialRebalanceDelayMillis(), group.initialDelayRemainingMillis);
            group.newMemberAdded = false;
            group.initialDelayRemainingMillis -= next;
            turn.schedule(new GroupTimer.JoinPhase(group.groupId()), next);
            return;
        }
        completeJoin(group, turn);
    }

    private void completeJoin(ClassicGroup group, Turn turn) {
        turn.cancel(new GroupTimer.JoinPhase(group.groupId()));
        for (GroupMember member : List.copyOf(group.members())) {
            // A static member that restarts keeps its place until its session ends (KIP-345).
            if (!member.isAwaitingJoin() && !member.isStatic()) {
                expel(group, member, turn);
            }
        }
        if (group.size() > 0 && !group.electJoinedLeader()) {
            // Only absent static members are left: nobody to assign. Their sessions decide.
            turn.schedule(new GroupTimer.JoinPhase(group.groupId()), group.rebalanceTimeoutMillis());
            return;
        }
        group.beginGeneration(turn.wallMillis());
        if (group.is(EMPTY)) {
            turn.append(GroupRecordCodec.group(turn.wallMillis(), group.groupId(), group.toValue()));
            return;
        }
        turn.schedule(new GroupTimer.SyncPhase(group.groupId()), group.rebalanceTimeoutMillis());
        for (GroupMember member : group.members()) {
            JoinStateMachine.answerJoin(group, member, turn);
            member.isNew = false;
            startSession(group, member, member.sessionTimeoutMillis, turn);
        }
    }

    void onSyncPhaseTimer(ClassicGroup group, Turn turn) {
        if (!group.is(COMPLETING_REBALANCE) && !group.is(STABLE)) {
            return;
        }
        for (String memberId : List.copyOf(group.pendingSyncs)) {
            GroupMember member = group.member(memberId);
            if (member != null) {
                expel(group, member, turn);
            }
        }
        afterRemoval(group, "members did not sync in time", turn);
    }

    // Sessions, checks and answers

    void startSession(ClassicGroup group, GroupMember member, int timeoutMillis, Turn turn) {
        member.sessionDeadlineNanos = turn.nowNanos() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        turn.schedule(new GroupTimer.Session(group.groupId(), member.memberId), timeoutMillis);
    }

    private static void touch(GroupMember member, Turn turn) {
        member.sessionDeadlineNanos = turn.nowNanos() + TimeUnit.MILLISECONDS.toNanos(member.sessionTimeoutMillis);
    }

    static GroupMember validMember(ClassicGroup group, String memberId, @Nullable String groupInstanceId) {
        if (groupInstanceId != null) {
            String holder = group.memberIdOf(groupInstanceId);
            if (holder == null) {
                throw GroupErrors.unknownMember(group.groupId(), memberId);
            }
            if (!holder.equals(memberId)) {
                throw GroupErrors.fencedInstance(group.groupId(), groupInstanceId, memberId);
            }
        }
        GroupMember member = group.member(memberId);
        if (member == null) {
            throw GroupErrors.unknownMember(group.groupId(), memberId);
        }
        return member;
    }

    private static void checkGeneration(ClassicGroup group, int generation) {
        if (generation != group.generation()) {
            throw GroupErrors.illegalGeneration(group, generation);
        }
    }

    static void failJoin(ClassicGroup group, GroupMember member, Supplier<ThalwegException> failure, Turn turn) {
        var waiting = group.awaitJoin(member, null);
        if (waiting != null) {
            turn.fail(waiting, failure.get());
        }
    }

    static void failSync(GroupMember member, Supplier<ThalwegException> failure, Turn turn) {
        Reply<SyncedGroup> waiting = member.syncReply;
        if (waiting != null) {
            member.syncReply = null;
            turn.fail(waiting, failure.get());
        }
    }
}
