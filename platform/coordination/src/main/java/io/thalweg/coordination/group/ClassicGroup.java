package io.thalweg.coordination.group;

import static io.thalweg.coordination.group.api.GroupsApi.GroupState.COMPLETING_REBALANCE;
import static io.thalweg.coordination.group.api.GroupsApi.GroupState.DEAD;
import static io.thalweg.coordination.group.api.GroupsApi.GroupState.EMPTY;
import static io.thalweg.coordination.group.api.GroupsApi.GroupState.PREPARING_REBALANCE;
import static io.thalweg.coordination.group.api.GroupsApi.GroupState.STABLE;

import io.thalweg.coordination.group.api.GroupsApi.GroupState;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.Protocol;
import io.thalweg.coordination.group.record.GroupValue;
import io.thalweg.coordination.runtime.Reply;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of one classic group. {@link ClassicGroupStateMachine} decides; this keeps the members, their counts and the
 * state consistent.
 *
 * <pre>
 *            join                  all joined, or time is up              leader synced
 *   EMPTY ----------> PREPARING --------------------> COMPLETING ------------------> STABLE
 *     ^                |  ^  ^                             |                           |
 *     |   nobody left  |  |  +---- join, leave, expiry ----+                           |
 *     +----------------+  +------- join with a change, leave, expiry ------------------+
 *   EMPTY ----------> DEAD   (deleted, or nothing left to keep)
 * </pre>
 */
final class ClassicGroup {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClassicGroup.class);

    private static final Map<GroupState, Set<GroupState>> PREVIOUS = new EnumMap<>(Map.of(
            EMPTY, Set.of(PREPARING_REBALANCE),
            PREPARING_REBALANCE, Set.of(EMPTY, COMPLETING_REBALANCE, STABLE),
            COMPLETING_REBALANCE, Set.of(PREPARING_REBALANCE),
            STABLE, Set.of(COMPLETING_REBALANCE),
            DEAD, Set.of(EMPTY)));

    private final String groupId;
    private GroupState state = EMPTY;
    private GroupState previousState = EMPTY;
    /** Wall time of the last transition; persisted. */
    private long stateTimestampMillis;
    /** Grows by one with each completed join phase; persisted when the generation becomes stable or empty. */
    private int generation;
    /** Null for a group that only ever committed offsets. */
    private @Nullable String protocolType;

    private @Nullable String protocolName;
    private @Nullable String leaderId;
    /** In the order of arrival, which makes elections and votes repeatable. */
    private final Map<String, GroupMember> members = new LinkedHashMap<>();

    private final Map<String, String> memberIdByInstance = new HashMap<>();
    /** How many members support each protocol. */
    private final Map<String, Integer> supporters = new HashMap<>();

    private int awaitingJoin;
    /** Members that the generation began with. */
    private int generationSize;
    /** Member ids that were handed out and not used yet (KIP-394); a join phase waits for them. */
    final Set<String> pendingJoins = new HashSet<>();
    /** Members of this generation that have not asked for their assignment yet. */
    final Set<String> pendingSyncs = new LinkedHashSet<>();
    /** Somebody arrived during the current slice of the initial delay, so another slice is granted. */
    boolean newMemberAdded;
    /** What is left of the initial delay's budget; 0 when the join phase is not the first. */
    long initialDelayRemainingMillis;
    /** Topics of all members of a "consumer" group; null if not known. */
    private @Nullable Set<String> subscribedTopics;

    ClassicGroup(String groupId, long wallMillis) {
        this.groupId = groupId;
        this.stateTimestampMillis = wallMillis;
    }

    /** A group as the log has it: stable if it has members, else empty. */
    static ClassicGroup restore(String groupId, GroupValue value) {
        ClassicGroup group = new ClassicGroup(groupId, value.stateTimestampMillis());
        group.generation = value.generation();
        group.protocolType = value.protocolType().isEmpty() ? null : value.protocolType();
        group.protocolName = value.protocolName();
        for (GroupValue.Member stored : value.members()) {
            String protocol = value.protocolName() == null ? "" : value.protocolName();
            GroupMember member = new GroupMember(
                    stored.memberId(),
                    stored.groupInstanceId(),
                    stored.clientId(),
                    stored.clientHost(),
                    stored.rebalanceTimeoutMillis(),
                    stored.sessionTimeoutMillis(),
                    List.of(new Protocol(protocol, stored.subscription())));
            member.assignment = stored.assignment();
            group.add(member);
        }
        group.leaderId = group.members.containsKey(value.leaderId())
                ? value.leaderId()
                : group.members.keySet().stream().findFirst().orElse(null);
        if (!group.members.isEmpty()) {
            group.state = STABLE;
            group.generationSize = group.members.size();
            group.previousState = COMPLETING_REBALANCE;
            group.subscribedTopics = Subscriptions.topicsOf(group);
        }
        return group;
    }

    String groupId() {
        return groupId;
    }

    GroupState state() {
        return state;
    }

    GroupState previousState() {
        return previousState;
    }

    long stateTimestampMillis() {
        return stateTimestampMillis;
    }

    int generation() {
        return generation;
    }

    @Nullable
    String protocolType() {
        return protocolType;
    }

    @Nullable
    String protocolName() {
        return protocolName;
    }

    @Nullable
    String leaderId() {
        return leaderId;
    }

    boolean isLeader(String memberId) {
        return memberId.equals(leaderId);
    }

    boolean is(GroupState candidate) {
        return state == candidate;
    }

    Collection<GroupMember> members() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    @Nullable
    GroupMember member(String memberId) {
        return members.get(memberId);
    }

    /** The member id that holds this instance id, or null. */
    @Nullable
    String memberIdOf(String groupInstanceId) {
        return memberIdByInstance.get(groupInstanceId);
    }

    int generationSize() {
        return generationSize;
    }

    int awaitingJoin() {
        return awaitingJoin;
    }

    /** Null if a member's subscription cannot be read, or this is not a group of consumers. */
    @Nullable
    Set<String> subscribedTopics() {
        return subscribedTopics;
    }

    boolean usesConsumerProtocol() {
        return Subscriptions.PROTOCOL_TYPE.equals(protocolType);
    }

    /** Neither members nor anything that was ever persisted: may be forgotten without a trace. */
    boolean isUnused() {
        return state == EMPTY && generation == 0 && members.isEmpty() && pendingJoins.isEmpty() && protocolType == null;
    }

    // Members

    void add(GroupMember member) {
        if (members.isEmpty()) {
            leaderId = member.memberId;
        }
        if (members.putIfAbsent(member.memberId, member) != null) {
            throw new IllegalStateException("member is in the group already: memberId=" + member.memberId);
        }
        if (member.groupInstanceId != null) {
            memberIdByInstance.put(member.groupInstanceId, member.memberId);
        }
        countProtocols(member, 1);
        pendingJoins.remove(member.memberId);
    }

    void protocolType(String type) {
        protocolType = type;
    }

    void remove(GroupMember member) {
        members.remove(member.memberId);
        if (member.groupInstanceId != null) {
            memberIdByInstance.remove(member.groupInstanceId, member.memberId);
        }
        countProtocols(member, -1);
        if (member.isAwaitingJoin()) {
            awaitingJoin--;
        }
        pendingSyncs.remove(member.memberId);
        if (member.memberId.equals(leaderId)) {
            leaderId = members.keySet().stream().findFirst().orElse(null);
        }
    }

    /** Puts {@code replacement}, the same instance with a new member id, in the place of {@code old} (KIP-345). */
    void replaceStatic(GroupMember old, GroupMember replacement) {
        boolean led = isLeader(old.memberId);
        remove(old);
        add(replacement);
        if (led) {
            leaderId = replacement.memberId;
        }
    }

    void protocols(GroupMember member, List<Protocol> protocols) {
        countProtocols(member, -1);
        member.protocols = List.copyOf(protocols);
        countProtocols(member, 1);
    }

    private void countProtocols(GroupMember member, int by) {
        for (Protocol protocol : member.protocols) {
            supporters.merge(protocol.name(), by, (old, change) -> old + change == 0 ? null : old + change);
        }
    }

    /** Sets or clears whom a member's join is answered to; returns who waited before. */
    @Nullable
    Reply<JoinedGroup> awaitJoin(GroupMember member, @Nullable Reply<JoinedGroup> reply) {
        Reply<JoinedGroup> before = member.joinReply;
        awaitingJoin += (reply == null ? 0 : 1) - (before == null ? 0 : 1);
        member.joinReply = reply;
        return before;
    }

    boolean allMembersJoined() {
        return awaitingJoin == members.size() && pendingJoins.isEmpty();
    }

    int rebalanceTimeoutMillis() {
        return members.values().stream()
                .mapToInt(member -> member.rebalanceTimeoutMillis)
                .max()
                .orElse(0);
    }

    // Protocols

    /** Whether a member with these protocols can be in the group together with all who are. */
    boolean supports(String type, List<Protocol> protocols) {
        if (state == EMPTY || members.isEmpty()) {
            return !type.isEmpty() && !protocols.isEmpty();
        }
        return type.equals(protocolType)
                && protocols.stream()
                        .anyMatch(protocol -> supporters.getOrDefault(protocol.name(), 0) == members.size());
    }

    /** Each member votes for the first of its protocols that all support; ties go to the leader's preference. */
    String electProtocol() {
        Map<String, Integer> votes = new HashMap<>();
        for (GroupMember member : members.values()) {
            member.protocols.stream()
                    .map(Protocol::name)
                    .filter(this::isSupportedByAll)
                    .findFirst()
                    .ifPresent(name -> votes.merge(name, 1, Integer::sum));
        }
        GroupMember leader = leaderId == null ? null : members.get(leaderId);
        List<String> preference = leader == null
                ? List.of()
                : leader.protocols.stream().map(Protocol::name).toList();
        return votes.entrySet().stream()
                .max(Comparator.<Map.Entry<String, Integer>>comparingInt(Map.Entry::getValue)
                        .thenComparing(entry -> -preference.indexOf(entry.getKey()))
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey)
                .orElseThrow(() -> new IllegalStateException("no protocol that all support: groupId=" + groupId));
    }

    private boolean isSupportedByAll(String protocol) {
        return supporters.getOrDefault(protocol, 0) == members.size();
    }

    // Generations

    /** Makes sure that the leader is somebody who joined; false if nobody did. */
    boolean electJoinedLeader() {
        GroupMember leader = leaderId == null ? null : members.get(leaderId);
        if (leader != null && leader.isAwaitingJoin()) {
            return true;
        }
        for (GroupMember member : members.values()) {
            if (member.isAwaitingJoin()) {
                leaderId = member.memberId;
                return true;
            }
        }
        return false;
    }

    /** Ends the join phase with whoever is in the group now. */
    void beginGeneration(long wallMillis) {
        generation++;
        generationSize = members.size();
        pendingSyncs.clear();
        if (members.isEmpty()) {
            protocolName = null;
            leaderId = null;
            subscribedTopics = Set.of();
            transitionTo(EMPTY, wallMillis, "no members left");
        } else {
            protocolName = electProtocol();
            subscribedTopics = Subscriptions.topicsOf(this);
            pendingSyncs.addAll(members.keySet());
            transitionTo(COMPLETING_REBALANCE, wallMillis, "join phase complete");
        }
    }

    void transitionTo(GroupState next, long wallMillis, String reason) {
        if (!PREVIOUS.getOrDefault(next, Set.of()).contains(state)) {
            throw new IllegalStateException(
                    "transition is not legal: groupId=" + groupId + " from=" + state + " to=" + next);
        }
        LOGGER.atDebug()
                .addKeyValue("groupId", groupId)
                .addKeyValue("generation", generation)
                .addKeyValue("members", members.size())
                .log("group {} -> {}: {}", state, next, reason);
        previousState = state;
        state = next;
        stateTimestampMillis = wallMillis;
    }

    boolean canRebalance() {
        return PREVIOUS.getOrDefault(PREPARING_REBALANCE, Set.of()).contains(state);
    }

    /** What the log keeps of this group. */
    GroupValue toValue() {
        return new GroupValue(
                protocolType == null ? "" : protocolType,
                generation,
                protocolName,
                leaderId,
                stateTimestampMillis,
                members.values().stream()
                        .map(member -> new GroupValue.Member(
                                member.memberId,
                                member.groupInstanceId,
                                member.clientId,
                                member.clientHost,
                                member.rebalanceTimeoutMillis,
                                member.sessionTimeoutMillis,
                                member.metadata(protocolName),
                                member.assignment))
                        .toList());
    }

    /** Fails with IllegalStateException on a broken invariant; the simulation calls it after every event. */
    void checkInvariants() {
        long joining =
                members.values().stream().filter(GroupMember::isAwaitingJoin).count();
        check(joining == awaitingJoin, "awaitingJoin=" + awaitingJoin + " counted=" + joining);
        check(members.isEmpty() || members.containsKey(leaderId), "leaderId=" + leaderId + " is not a member");
        check(members.keySet().containsAll(pendingSyncs), "pendingSyncs=" + pendingSyncs + " not all members");
        check(members.keySet().stream().noneMatch(pendingJoins::contains), "a member is pending: " + pendingJoins);
        check(
                memberIdByInstance.size()
                        == members.values().stream()
                                .filter(GroupMember::isStatic)
                                .count(),
                "static members=" + memberIdByInstance);
        check(members.isEmpty() == (state == EMPTY || state == DEAD) || state == PREPARING_REBALANCE, "state=" + state);
        check(state == PREPARING_REBALANCE || awaitingJoin == 0, "a join waits in state=" + state);
        boolean syncing = members.values().stream().anyMatch(GroupMember::isAwaitingSync);
        check(state == COMPLETING_REBALANCE || !syncing, "a sync waits in state=" + state);
    }

    private void check(boolean holds, String fact) {
        if (!holds) {
            throw new IllegalStateException(
                    "group invariant broken: groupId=" + groupId + " generation=" + generation + " " + fact);
        }
    }
}
