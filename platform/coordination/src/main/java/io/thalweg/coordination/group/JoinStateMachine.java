package io.thalweg.coordination.group;

import static io.thalweg.coordination.group.api.GroupsApi.GroupState.EMPTY;
import static io.thalweg.coordination.group.api.GroupsApi.GroupState.PREPARING_REBALANCE;

import io.thalweg.coordination.group.api.GroupsApi.JoinGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedMember;
import io.thalweg.coordination.group.api.MemberIdRequiredException;
import io.thalweg.coordination.group.record.GroupRecordCodec;
import io.thalweg.coordination.runtime.Reply;
import io.thalweg.coordination.runtime.Turn;
import io.thalweg.log.error.ThalwegException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Who may join a classic group, and what a join does to it. Requests here belong to a group that exists. */
final class JoinStateMachine {

    private final GroupCoordinatorConfig config;
    private final RandomGenerator random;
    private final ClassicGroupStateMachine groups;

    JoinStateMachine(GroupCoordinatorConfig config, RandomGenerator random, ClassicGroupStateMachine groups) {
        this.config = config;
        this.random = random;
        this.groups = groups;
    }

    void join(ClassicGroup group, JoinGroup request, Reply<JoinedGroup> reply, Turn turn) {
        if (!group.supports(request.protocolType(), request.protocols())) {
            throw GroupErrors.inconsistentProtocol(group.groupId(), describe(request), null);
        }
        checkRoom(group, request.memberId());
        if (request.memberId().isEmpty()) {
            joinNewcomer(group, request, reply, turn);
        } else if (request.groupInstanceId() == null && group.pendingJoins.contains(request.memberId())) {
            turn.cancel(new GroupTimer.PendingJoin(group.groupId(), request.memberId()));
            addMember(group, request, request.memberId(), reply, turn);
        } else {
            rejoin(group, request, reply, turn);
        }
    }

    private void checkRoom(ClassicGroup group, String memberId) {
        GroupMember member = group.member(memberId);
        int limit = config.groupMembersMax();
        boolean room = switch (group.state()) {
            case EMPTY, DEAD -> true;
            // In a join phase those who come first stay; a group loaded under a smaller limit shrinks here.
            case PREPARING_REBALANCE -> (member != null && member.isAwaitingJoin()) || group.awaitingJoin() < limit;
            case COMPLETING_REBALANCE, STABLE -> member != null || group.size() < limit;
        };
        if (!room) {
            throw GroupErrors.groupFull(group.groupId(), limit);
        }
    }

    private static String describe(JoinGroup request) {
        return request.protocolType()
                + request.protocols().stream().map(protocol -> protocol.name()).toList();
    }

    private void joinNewcomer(ClassicGroup group, JoinGroup request, Reply<JoinedGroup> reply, Turn turn) {
        String instanceId = request.groupInstanceId();
        String memberId = newMemberId(request);
        if (instanceId != null) {
            String holder = group.memberIdOf(instanceId);
            GroupMember old = holder == null ? null : group.member(holder);
            if (old == null) {
                addMember(group, request, memberId, reply, turn);
            } else {
                replaceStatic(group, old, request, memberId, reply, turn);
            }
        } else if (request.requireKnownMemberId()) {
            if (group.pendingJoins.size() + group.size() >= config.groupMembersMax()) {
                throw GroupErrors.groupFull(group.groupId(), config.groupMembersMax());
            }
            group.pendingJoins.add(memberId);
            turn.schedule(new GroupTimer.PendingJoin(group.groupId(), memberId), request.sessionTimeoutMillis());
            turn.fail(reply, new MemberIdRequiredException(memberId));
        } else {
            addMember(group, request, memberId, reply, turn);
        }
    }

    private String newMemberId(JoinGroup request) {
        String prefix = request.groupInstanceId() != null ? request.groupInstanceId() : request.clientId();
        return prefix + "-" + new UUID(random.nextLong(), random.nextLong());
    }

    private void addMember(
            ClassicGroup group, JoinGroup request, String memberId, Reply<JoinedGroup> reply, Turn turn) {
        GroupMember member = newMember(request, memberId);
        member.isNew = true;
        if (group.size() == 0) {
            group.protocolType(request.protocolType());
        }
        group.add(member);
        group.awaitJoin(member, reply);
        if (group.is(PREPARING_REBALANCE) && group.previousState() == EMPTY) {
            group.newMemberAdded = true;
        }
        // It has no id to heartbeat with, and a client that gave up waiting joins again as somebody else.
        groups.startSession(group, member, config.newMemberTimeoutMillis(), turn);
        rebalanceOrComplete(group, "a member joined: memberId=" + memberId, turn);
    }

    private static GroupMember newMember(JoinGroup request, String memberId) {
        return new GroupMember(
                memberId,
                request.groupInstanceId(),
                request.clientId(),
                request.clientHost(),
                request.rebalanceTimeoutMillis(),
                request.sessionTimeoutMillis(),
                request.protocols());
    }

    private void rejoin(ClassicGroup group, JoinGroup request, Reply<JoinedGroup> reply, Turn turn) {
        GroupMember member = ClassicGroupStateMachine.validMember(group, request.memberId(), request.groupInstanceId());
        switch (group.state()) {
            case EMPTY, DEAD -> throw GroupErrors.unknownMember(group.groupId(), request.memberId());
            case PREPARING_REBALANCE -> {
                update(group, member, request, reply, turn);
                groups.completeJoinIfAllJoined(group, turn);
            }
            case COMPLETING_REBALANCE -> {
                if (member.matches(request.protocols())) {
                    // It did not get the answer to its join.
                    turn.reply(reply, joined(group, member, false));
                } else {
                    update(group, member, request, reply, turn);
                    groups.prepareRebalance(group, "a member changed what it asks for", turn);
                }
            }
            case STABLE -> {
                // The leader may want a new assignment for reasons of its own; others only with a change.
                if (group.isLeader(member.memberId) || !member.matches(request.protocols())) {
                    update(group, member, request, reply, turn);
                    groups.prepareRebalance(group, "a member joined again: memberId=" + member.memberId, turn);
                } else {
                    turn.reply(reply, joined(group, member, false));
                }
            }
        }
    }

    private static void update(
            ClassicGroup group, GroupMember member, JoinGroup request, Reply<JoinedGroup> reply, Turn turn) {
        group.protocols(member, request.protocols());
        member.clientId = request.clientId();
        member.clientHost = request.clientHost();
        member.rebalanceTimeoutMillis = request.rebalanceTimeoutMillis();
        member.sessionTimeoutMillis = request.sessionTimeoutMillis();
        // An older try of the same client, whose connection is most likely gone.
        ClassicGroupStateMachine.failJoin(group, member, () -> GroupErrors.rebalancing(group), turn);
        group.awaitJoin(member, reply);
    }

    private void rebalanceOrComplete(ClassicGroup group, String reason, Turn turn) {
        if (group.canRebalance()) {
            groups.prepareRebalance(group, reason, turn);
        } else {
            groups.completeJoinIfAllJoined(group, turn);
        }
    }

    /** A static member came back under a new member id; the one it had is fenced (KIP-345). */
    private void replaceStatic(
            ClassicGroup group,
            GroupMember old,
            JoinGroup request,
            String memberId,
            Reply<JoinedGroup> reply,
            Turn turn) {
        ClassicGroupStateMachine.failJoin(group, old, () -> fenced(group, old), turn);
        ClassicGroupStateMachine.failSync(old, () -> fenced(group, old), turn);
        turn.cancel(new GroupTimer.Session(group.groupId(), old.memberId));
        GroupMember member = newMember(request, memberId);
        member.assignment = old.assignment;
        var topicsBefore = group.subscribedTopics();
        group.replaceStatic(old, member);
        groups.startSession(group, member, member.sessionTimeoutMillis, turn);
        switch (group.state()) {
            case STABLE -> {
                boolean sameProtocol = group.electProtocol().equals(group.protocolName());
                if (sameProtocol && Objects.equals(topicsBefore, Subscriptions.topicsOf(group))) {
                    // The assignment stands: nobody else notices. Persisted, so that the new id survives a restart.
                    turn.append(GroupRecordCodec.group(turn.wallMillis(), group.groupId(), group.toValue()));
                    turn.reply(reply, joined(group, member, group.isLeader(memberId)));
                } else {
                    group.awaitJoin(member, reply);
                    groups.prepareRebalance(group, "a static member came back with a change", turn);
                }
            }
            // The leader may have been told the old id already, so its assignment would miss the new one.
            case COMPLETING_REBALANCE -> {
                group.awaitJoin(member, reply);
                groups.prepareRebalance(group, "a static member came back", turn);
            }
            case PREPARING_REBALANCE -> {
                group.awaitJoin(member, reply);
                groups.completeJoinIfAllJoined(group, turn);
            }
            case EMPTY, DEAD -> throw new IllegalStateException("a group without members has one: " + old.memberId);
        }
    }

    private static ThalwegException fenced(ClassicGroup group, GroupMember old) {
        return GroupErrors.fencedInstance(group.groupId(), String.valueOf(old.groupInstanceId), old.memberId);
    }

    /** Tells a member of the generation that begins, if it waits. */
    static void answerJoin(ClassicGroup group, GroupMember member, Turn turn) {
        Reply<JoinedGroup> waiting = group.awaitJoin(member, null);
        if (waiting != null) {
            turn.reply(waiting, joined(group, member, false));
        }
    }

    private static JoinedGroup joined(ClassicGroup group, GroupMember member, boolean skipAssignment) {
        boolean withMembers = group.isLeader(member.memberId);
        List<JoinedMember> members = withMembers
                ? group.members().stream()
                        .map(one ->
                                new JoinedMember(one.memberId, one.groupInstanceId, one.metadata(group.protocolName())))
                        .toList()
                : List.of();
        return new JoinedGroup(
                member.memberId,
                group.generation(),
                String.valueOf(group.protocolType()),
                group.protocolName(),
                String.valueOf(group.leaderId()),
                skipAssignment,
                members);
    }
}
