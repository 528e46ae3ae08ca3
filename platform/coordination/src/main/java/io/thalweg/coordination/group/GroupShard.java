package io.thalweg.coordination.group;

import static io.thalweg.coordination.group.api.GroupsApi.GroupState.DEAD;
import static io.thalweg.coordination.group.api.GroupsApi.GroupState.EMPTY;
import static io.thalweg.coordination.group.api.GroupsApi.GroupState.STABLE;

import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.GroupDescription;
import io.thalweg.coordination.group.api.GroupsApi.GroupListing;
import io.thalweg.coordination.group.api.GroupsApi.JoinGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.LeaveOutcome;
import io.thalweg.coordination.group.api.GroupsApi.LeavingMember;
import io.thalweg.coordination.group.api.GroupsApi.MemberDescription;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.coordination.group.api.GroupsApi.SyncGroup;
import io.thalweg.coordination.group.api.GroupsApi.SyncedGroup;
import io.thalweg.coordination.group.record.GroupKey;
import io.thalweg.coordination.group.record.GroupRecordCodec;
import io.thalweg.coordination.group.record.MalformedRecordException;
import io.thalweg.coordination.group.record.OffsetValue;
import io.thalweg.coordination.runtime.CoordinatorLog.CoordinatorRecord;
import io.thalweg.coordination.runtime.CoordinatorShard;
import io.thalweg.coordination.runtime.Reply;
import io.thalweg.coordination.runtime.Turn;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The groups and committed offsets of one partition of {@code __consumer_offsets}. Pure, and confined by the runtime. */
final class GroupShard implements CoordinatorShard {

    private static final Logger LOGGER = LoggerFactory.getLogger(GroupShard.class);

    /**
     * A timer that is later than this says that this process stood still (a pause, a suspended machine) and did not
     * hear the members meanwhile. It then waits once more, as long as it was late, up to {@link #GRACE_MILLIS_MAX}.
     */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long GRACE_MILLIS_MAX = TimeUnit.SECONDS.toMillis(10);

    private final GroupCoordinatorConfig config;
    private final OffsetRetention retention;
    private final ClassicGroupStateMachine machine;
    private final JoinStateMachine joins;
    private final Map<String, ClassicGroup> groups = new HashMap<>();
    private final CommittedOffsets offsets = new CommittedOffsets();
    private long malformedRecords;

    GroupShard(GroupCoordinatorConfig config, RandomGenerator random) {
        this.config = config;
        this.retention = new OffsetRetention(config.offsetsRetentionMillis());
        this.machine = new ClassicGroupStateMachine(config);
        this.joins = new JoinStateMachine(config, random, machine);
    }

    // Loading

    @Override
    public void replay(byte[] key, byte @Nullable [] value) {
        try {
            GroupKey decoded = GroupRecordCodec.decodeKey(key);
            if (decoded instanceof GroupKey.Offset offset) {
                replayOffset(offset, value);
            } else if (decoded instanceof GroupKey.Metadata metadata) {
                replayGroup(metadata.groupId(), value);
            }
        } catch (MalformedRecordException malformed) {
            malformedRecords++;
            if (malformedRecords == 1) {
                LOGGER.atWarn()
                        .addKeyValue("error", malformed.getMessage())
                        .log("a record of the offsets topic cannot be read and is skipped, and so are others like it");
            }
        }
    }

    private void replayOffset(GroupKey.Offset key, byte @Nullable [] value) {
        if (value == null) {
            offsets.remove(key.groupId(), key.partition());
        } else {
            offsets.put(key.groupId(), key.partition(), GroupRecordCodec.decodeOffset(value));
        }
    }

    private void replayGroup(String groupId, byte @Nullable [] value) {
        if (value == null) {
            groups.remove(groupId);
        } else {
            groups.put(groupId, ClassicGroup.restore(groupId, GroupRecordCodec.decodeGroup(value)));
        }
    }

    @Override
    public void onLoaded(Turn turn) {
        offsets.all().keySet().forEach(groupId -> groups.computeIfAbsent(groupId, id -> new ClassicGroup(id, -1)));
        for (ClassicGroup group : groups.values()) {
            // Members could not be heard while nobody coordinated them: each gets a whole session.
            for (GroupMember member : group.members()) {
                machine.startSession(group, member, member.sessionTimeoutMillis, turn);
            }
            if (group.size() > config.groupMembersMax()) {
                machine.prepareRebalance(group, "the group has more members than are allowed now", turn);
            }
        }
        turn.schedule(new GroupTimer.OffsetExpiry(), config.offsetsRetentionCheckMillis());
    }

    // Membership

    void join(JoinGroup request, Reply<JoinedGroup> reply, Turn turn) {
        int session = request.sessionTimeoutMillis();
        if (session < config.sessionTimeoutMinMillis() || session > config.sessionTimeoutMaxMillis()) {
            throw GroupErrors.sessionTimeout(
                    request.groupId(), session, config.sessionTimeoutMinMillis(), config.sessionTimeoutMaxMillis());
        }
        ClassicGroup group = groups.get(request.groupId());
        if (group != null) {
            joins.join(group, request, reply, turn);
            return;
        }
        if (!request.memberId().isEmpty()) {
            throw GroupErrors.unknownMember(request.groupId(), request.memberId());
        }
        group = newGroup(request.groupId(), turn);
        joins.join(group, request, reply, turn);
        groups.put(request.groupId(), group);
    }

    private ClassicGroup newGroup(String groupId, Turn turn) {
        if (groups.size() >= config.groupsMax()) {
            throw new ThalwegException(
                    ErrorCode.POLICY_VIOLATION,
                    "too many groups: groupId=" + groupId + " limit=" + config.groupsMax()
                            + " in its coordinator's partition; delete groups that are not used");
        }
        return new ClassicGroup(groupId, turn.wallMillis());
    }

    void sync(SyncGroup request, Reply<SyncedGroup> reply, Turn turn) {
        machine.sync(memberGroup(request.groupId(), request.memberId()), request, reply, turn);
    }

    void heartbeat(
            String groupId,
            int generation,
            String memberId,
            @Nullable String groupInstanceId,
            Reply<Void> reply,
            Turn turn) {
        machine.heartbeat(memberGroup(groupId, memberId), generation, memberId, groupInstanceId, reply, turn);
    }

    private ClassicGroup memberGroup(String groupId, String memberId) {
        ClassicGroup group = groups.get(groupId);
        if (group == null) {
            throw GroupErrors.unknownMember(groupId, memberId);
        }
        return group;
    }

    void leave(String groupId, List<LeavingMember> members, Reply<List<LeaveOutcome>> reply, Turn turn) {
        ClassicGroup group = groups.get(groupId);
        if (group == null) {
            turn.reply(
                    reply,
                    members.stream()
                            .map(member -> new LeaveOutcome(member, ErrorCode.UNKNOWN_MEMBER_ID))
                            .toList());
            return;
        }
        turn.reply(reply, machine.leave(group, members, turn));
        forgetIfUnused(group);
    }

    @Override
    public void onTimer(Object timer, long lateNanos, Turn turn) {
        if (lateNanos > LATE_NANOS) {
            turn.schedule(timer, Math.min(GRACE_MILLIS_MAX, TimeUnit.NANOSECONDS.toMillis(lateNanos)));
        } else if (timer instanceof GroupTimer.Session session) {
            withGroup(session.groupId(), group -> machine.onSessionTimer(group, session.memberId(), turn));
        } else if (timer instanceof GroupTimer.PendingJoin pending) {
            withGroup(pending.groupId(), group -> machine.onPendingJoinTimer(group, pending.memberId(), turn));
        } else if (timer instanceof GroupTimer.JoinPhase phase) {
            withGroup(phase.groupId(), group -> machine.onJoinPhaseTimer(group, turn));
        } else if (timer instanceof GroupTimer.SyncPhase phase) {
            withGroup(phase.groupId(), group -> machine.onSyncPhaseTimer(group, turn));
        } else if (timer instanceof GroupTimer.OffsetExpiry) {
            List.copyOf(groups.values()).forEach(group -> expireOffsets(group, turn));
            turn.schedule(timer, config.offsetsRetentionCheckMillis());
        }
    }

    private void withGroup(String groupId, Consumer<ClassicGroup> action) {
        ClassicGroup group = groups.get(groupId);
        if (group != null) {
            action.accept(group);
            forgetIfUnused(group);
        }
    }

    private void forgetIfUnused(ClassicGroup group) {
        if (group.isUnused() && !offsets.has(group.groupId())) {
            groups.remove(group.groupId());
        }
    }

    // Offsets

    void commitOffsets(CommitOffsets request, Reply<Map<TopicPartition, ErrorCode>> reply, Turn turn) {
        ClassicGroup group = groups.get(request.groupId());
        if (group == null) {
            if (request.generation() >= 0) {
                throw GroupErrors.illegalGeneration(request.groupId(), request.generation());
            }
            group = newGroup(request.groupId(), turn);
        }
        Map<TopicPartition, ErrorCode> outcomes = new HashMap<>();
        Map<TopicPartition, OffsetValue> accepted = new HashMap<>();
        List<CoordinatorRecord> records = new ArrayList<>(request.offsets().size());
        for (Map.Entry<TopicPartition, OffsetToCommit> commit :
                request.offsets().entrySet()) {
            OffsetToCommit offset = commit.getValue();
            if (offset.metadata().length() > config.offsetMetadataLengthMax()) {
                outcomes.put(commit.getKey(), ErrorCode.OFFSET_METADATA_TOO_LARGE);
                continue;
            }
            OffsetValue value = new OffsetValue(
                    offset.offset(),
                    offset.leaderEpoch(),
                    offset.metadata(),
                    turn.wallMillis(),
                    request.expireTimestampMillis());
            accepted.put(commit.getKey(), value);
            records.add(GroupRecordCodec.offset(turn.wallMillis(), request.groupId(), commit.getKey(), value));
            outcomes.put(commit.getKey(), ErrorCode.NONE);
        }
        checkSize(request.groupId(), records);
        machine.validateCommit(group, request, turn);
        if (!accepted.isEmpty()) {
            groups.putIfAbsent(request.groupId(), group);
        }
        accepted.forEach((partition, value) -> offsets.put(request.groupId(), partition, value));
        records.forEach(turn::append);
        turn.reply(reply, outcomes);
    }

    private void checkSize(String groupId, List<CoordinatorRecord> records) {
        long bytes = records.stream().mapToLong(CoordinatorRecord::bytesMax).sum();
        if (bytes > config.runtime().batchBytesMax()) {
            throw new ThalwegException(
                    ErrorCode.INVALID_COMMIT_OFFSET_SIZE,
                    "a commit does not fit one batch: groupId=" + groupId + " bytes=" + bytes + " limit="
                            + config.runtime().batchBytesMax() + "; commit fewer partitions at once");
        }
    }

    void fetchOffsets(
            String groupId,
            @Nullable List<TopicPartition> partitions,
            Reply<Map<TopicPartition, CommittedOffset>> reply,
            Turn turn) {
        Map<TopicPartition, OffsetValue> stored = offsets.of(groupId);
        Map<TopicPartition, CommittedOffset> found = new HashMap<>();
        for (TopicPartition partition : partitions == null ? stored.keySet() : partitions) {
            OffsetValue value = stored.get(partition);
            if (value != null) {
                found.put(
                        partition,
                        new CommittedOffset(
                                value.offset(), value.leaderEpoch(), value.metadata(), value.commitTimestampMillis()));
            }
        }
        turn.reply(reply, found);
    }

    void deleteOffsets(
            String groupId, List<TopicPartition> partitions, Reply<Map<TopicPartition, ErrorCode>> reply, Turn turn) {
        ClassicGroup group = existing(groupId);
        if (!group.is(EMPTY) && !group.usesConsumerProtocol()) {
            throw GroupErrors.nonEmptyGroup(group);
        }
        Set<String> subscribed = group.subscribedTopics();
        Map<TopicPartition, ErrorCode> outcomes = new HashMap<>();
        for (TopicPartition partition : partitions) {
            boolean inUse = !group.is(EMPTY) && (subscribed == null || subscribed.contains(partition.topic()));
            if (inUse) {
                outcomes.put(partition, ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
                continue;
            }
            if (offsets.remove(groupId, partition)) {
                turn.append(GroupRecordCodec.offsetTombstone(turn.wallMillis(), groupId, partition));
            }
            outcomes.put(partition, ErrorCode.NONE);
        }
        turn.reply(reply, outcomes);
        forgetIfUnused(group);
    }

    /** The topic was deleted: what was committed for it means nothing for one of the same name. */
    void forgetTopic(String topic, Reply<Void> reply, Turn turn) {
        for (ClassicGroup group : List.copyOf(groups.values())) {
            String groupId = group.groupId();
            for (TopicPartition partition : List.copyOf(offsets.of(groupId).keySet())) {
                if (partition.topic().equals(topic)) {
                    offsets.remove(groupId, partition);
                    turn.append(GroupRecordCodec.offsetTombstone(turn.wallMillis(), groupId, partition));
                }
            }
            forgetIfUnused(group);
        }
        turn.done(reply);
    }

    private void expireOffsets(ClassicGroup group, Turn turn) {
        String groupId = group.groupId();
        int expired = 0;
        for (Map.Entry<TopicPartition, OffsetValue> offset :
                Map.copyOf(offsets.of(groupId)).entrySet()) {
            if (retention.isExpired(group, offset.getKey(), offset.getValue(), turn.wallMillis())) {
                offsets.remove(groupId, offset.getKey());
                turn.append(GroupRecordCodec.offsetTombstone(turn.wallMillis(), groupId, offset.getKey()));
                expired++;
            }
        }
        if (expired > 0) {
            LOGGER.atInfo()
                    .addKeyValue("groupId", groupId)
                    .addKeyValue("expired", expired)
                    .log("committed offsets expired");
        }
        // An empty group without offsets has nothing left to keep; Kafka forgets it at the same occasion.
        if (group.is(EMPTY) && group.pendingJoins.isEmpty() && !offsets.has(groupId)) {
            forget(group, "expired", turn);
        }
    }

    // Groups as a whole

    void list(Reply<List<GroupListing>> reply, Turn turn) {
        turn.reply(
                reply,
                groups.values().stream()
                        .map(group -> new GroupListing(group.groupId(), typeOf(group), group.state()))
                        .toList());
    }

    void describe(String groupId, Reply<GroupDescription> reply, Turn turn) {
        ClassicGroup group = existing(groupId);
        boolean stable = group.is(STABLE);
        String protocolName = group.protocolName();
        List<MemberDescription> members = group.members().stream()
                .map(member -> new MemberDescription(
                        member.memberId,
                        member.groupInstanceId,
                        member.clientId,
                        member.clientHost,
                        stable ? member.metadata(protocolName) : new byte[0],
                        stable ? member.assignment : new byte[0]))
                .toList();
        turn.reply(
                reply,
                new GroupDescription(
                        groupId,
                        group.state(),
                        typeOf(group),
                        stable && protocolName != null ? protocolName : "",
                        group.generation(),
                        members));
    }

    private static String typeOf(ClassicGroup group) {
        String type = group.protocolType();
        return type == null ? "" : type;
    }

    void delete(String groupId, Reply<Void> reply, Turn turn) {
        ClassicGroup group = existing(groupId);
        if (!group.is(EMPTY)) {
            throw GroupErrors.nonEmptyGroup(group);
        }
        for (TopicPartition partition : List.copyOf(offsets.of(groupId).keySet())) {
            offsets.remove(groupId, partition);
            turn.append(GroupRecordCodec.offsetTombstone(turn.wallMillis(), groupId, partition));
        }
        forget(group, "deleted", turn);
        turn.done(reply);
    }

    private void forget(ClassicGroup group, String reason, Turn turn) {
        group.pendingJoins.forEach(memberId -> turn.cancel(new GroupTimer.PendingJoin(group.groupId(), memberId)));
        group.transitionTo(DEAD, turn.wallMillis(), reason);
        groups.remove(group.groupId());
        turn.append(GroupRecordCodec.groupTombstone(turn.wallMillis(), group.groupId()));
    }

    private ClassicGroup existing(String groupId) {
        ClassicGroup group = groups.get(groupId);
        if (group == null) {
            throw GroupErrors.groupNotFound(groupId);
        }
        return group;
    }

    // For the simulation

    Map<String, ClassicGroup> groups() {
        return groups;
    }

    CommittedOffsets offsets() {
        return offsets;
    }

    void checkInvariants() {
        groups.values().forEach(ClassicGroup::checkInvariants);
        for (String groupId : offsets.all().keySet()) {
            if (!groups.containsKey(groupId)) {
                throw new IllegalStateException("offsets without a group: groupId=" + groupId);
            }
        }
    }
}
