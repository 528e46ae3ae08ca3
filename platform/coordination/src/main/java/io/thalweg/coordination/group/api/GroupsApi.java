package io.thalweg.coordination.group.api;

import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Consumer groups. All methods fail with NOT_COORDINATOR or COORDINATOR_LOAD_IN_PROGRESS when the caller should look for
 * the coordinator again, INVALID_GROUP_ID for a name that is not allowed.
 */
public interface GroupsApi {

    /** The id of the broker that coordinates {@code groupId}. Creates the offsets topic on first use. */
    Future<Integer> coordinatorOf(String groupId);

    /**
     * Joins or rejoins a group; completes when the join phase ends. Fails with MEMBER_ID_REQUIRED (see
     * {@link MemberIdRequiredException}) when a new dynamic member must come again with the id it was given.
     */
    Future<JoinedGroup> join(JoinGroup request);

    /** Hands in the leader's assignments, or waits for them; completes with this member's own. */
    Future<SyncedGroup> sync(SyncGroup request);

    Future<Void> heartbeat(String groupId, int generation, String memberId, @Nullable String groupInstanceId);

    /** Removes members, by member id or by instance id. The outcomes are in the order of {@code members}. */
    Future<List<LeaveOutcome>> leave(String groupId, List<LeavingMember> members);

    /** Commits offsets. A failure for one partition is in the map; a failure of the request fails the future. */
    Future<Map<TopicPartition, ErrorCode>> commitOffsets(CommitOffsets request);

    /**
     * Reads committed offsets.
     *
     * @param partitions null for all that the group has; a partition without a commit is absent from the answer
     */
    Future<Map<TopicPartition, CommittedOffset>> fetchOffsets(
            String groupId, @Nullable List<TopicPartition> partitions, boolean requireStable);

    /** All groups that this node coordinates. */
    Future<List<GroupListing>> list();

    /** Fails with GROUP_ID_NOT_FOUND when the group does not exist. */
    Future<GroupDescription> describe(String groupId);

    /** Fails with NON_EMPTY_GROUP or GROUP_ID_NOT_FOUND. */
    Future<Void> delete(String groupId);

    /** Deletes committed offsets; GROUP_SUBSCRIBED_TO_TOPIC for a topic that a member of the group is subscribed to. */
    Future<Map<TopicPartition, ErrorCode>> deleteOffsets(String groupId, List<TopicPartition> partitions);

    /**
     * @param requireKnownMemberId answer a new dynamic member with MEMBER_ID_REQUIRED first (JoinGroup v4 and later)
     * @param protocols in the member's order of preference
     */
    record JoinGroup(
            String groupId,
            String memberId,
            @Nullable String groupInstanceId,
            String clientId,
            String clientHost,
            int sessionTimeoutMillis,
            int rebalanceTimeoutMillis,
            String protocolType,
            List<Protocol> protocols,
            boolean requireKnownMemberId,
            @Nullable String reason) {}

    record Protocol(String name, byte[] metadata) {}

    /**
     * @param members all members with their metadata if this member is the leader, else empty
     * @param skipAssignment a static leader came back and the assignment stands (KIP-814)
     */
    record JoinedGroup(
            String memberId,
            int generation,
            String protocolType,
            @Nullable String protocolName,
            String leaderId,
            boolean skipAssignment,
            List<JoinedMember> members) {}

    record JoinedMember(String memberId, @Nullable String groupInstanceId, byte[] metadata) {}

    /** @param assignments by member id; empty unless the leader sends it */
    record SyncGroup(
            String groupId,
            int generation,
            String memberId,
            @Nullable String groupInstanceId,
            @Nullable String protocolType,
            @Nullable String protocolName,
            Map<String, byte[]> assignments) {}

    record SyncedGroup(
            @Nullable String protocolType, @Nullable String protocolName, byte[] assignment) {}

    record LeavingMember(
            String memberId,
            @Nullable String groupInstanceId,
            @Nullable String reason) {}

    record LeaveOutcome(LeavingMember member, ErrorCode error) {}

    /**
     * @param generation -1 with an empty {@code memberId} for a commit from outside the group's membership
     * @param expireTimestampMillis -1 for the broker's retention
     */
    record CommitOffsets(
            String groupId,
            int generation,
            String memberId,
            @Nullable String groupInstanceId,
            Map<TopicPartition, OffsetToCommit> offsets,
            long expireTimestampMillis) {}

    /** @param leaderEpoch -1 if not known */
    record OffsetToCommit(long offset, int leaderEpoch, String metadata) {}

    /** @param commitTimestampMillis wall time of the commit */
    record CommittedOffset(long offset, int leaderEpoch, String metadata, long commitTimestampMillis) {}

    /** Kafka's names: PreparingRebalance, CompletingRebalance, Stable, Empty, Dead. */
    enum GroupState {
        PREPARING_REBALANCE("PreparingRebalance"),
        COMPLETING_REBALANCE("CompletingRebalance"),
        STABLE("Stable"),
        EMPTY("Empty"),
        DEAD("Dead");

        private final String kafkaName;

        GroupState(String kafkaName) {
            this.kafkaName = kafkaName;
        }

        public String kafkaName() {
            return kafkaName;
        }
    }

    record GroupListing(String groupId, String protocolType, GroupState state) {}

    record GroupDescription(
            String groupId,
            GroupState state,
            String protocolType,
            String protocolName,
            int generation,
            List<MemberDescription> members) {}

    record MemberDescription(
            String memberId,
            @Nullable String groupInstanceId,
            String clientId,
            String clientHost,
            byte[] metadata,
            byte[] assignment) {}
}
