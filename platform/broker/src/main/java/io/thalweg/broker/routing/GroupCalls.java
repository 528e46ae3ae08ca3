package io.thalweg.broker.routing;

import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.GroupDescription;
import io.thalweg.coordination.group.api.GroupsApi.GroupListing;
import io.thalweg.coordination.group.api.GroupsApi.GroupState;
import io.thalweg.coordination.group.api.GroupsApi.JoinGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedMember;
import io.thalweg.coordination.group.api.GroupsApi.LeaveOutcome;
import io.thalweg.coordination.group.api.GroupsApi.LeavingMember;
import io.thalweg.coordination.group.api.GroupsApi.MemberDescription;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.coordination.group.api.GroupsApi.Protocol;
import io.thalweg.coordination.group.api.GroupsApi.SyncGroup;
import io.thalweg.coordination.group.api.GroupsApi.SyncedGroup;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Bytes of calls about groups. */
final class GroupCalls {

    private GroupCalls() {}

    static void write(WireWriter out, JoinGroup request) {
        out.string(request.groupId())
                .string(request.memberId())
                .string(request.groupInstanceId())
                .string(request.clientId())
                .string(request.clientHost())
                .int32(request.sessionTimeoutMillis())
                .int32(request.rebalanceTimeoutMillis())
                .string(request.protocolType())
                .list(
                        request.protocols(),
                        (to, protocol) -> to.string(protocol.name()).bytes(protocol.metadata()))
                .bool(request.requireKnownMemberId())
                .string(request.reason());
    }

    static JoinGroup joinGroup(WireReader in) {
        return new JoinGroup(
                in.string(),
                in.string(),
                in.nullableString(),
                in.string(),
                in.string(),
                in.int32(),
                in.int32(),
                in.string(),
                in.list(each -> new Protocol(each.string(), each.bytes())),
                in.bool(),
                in.nullableString());
    }

    static Buffer encode(JoinedGroup joined) {
        return new WireWriter()
                .string(joined.memberId())
                .int32(joined.generation())
                .string(joined.protocolType())
                .string(joined.protocolName())
                .string(joined.leaderId())
                .bool(joined.skipAssignment())
                .list(
                        joined.members(),
                        (out, member) -> out.string(member.memberId())
                                .string(member.groupInstanceId())
                                .bytes(member.metadata()))
                .buffer();
    }

    static JoinedGroup joinedGroup(WireReader in) {
        return new JoinedGroup(
                in.string(),
                in.int32(),
                in.string(),
                in.nullableString(),
                in.string(),
                in.bool(),
                in.list(each -> new JoinedMember(each.string(), each.nullableString(), each.bytes())));
    }

    static void write(WireWriter out, SyncGroup request) {
        out.string(request.groupId())
                .int32(request.generation())
                .string(request.memberId())
                .string(request.groupInstanceId())
                .string(request.protocolType())
                .string(request.protocolName())
                .list(
                        request.assignments().entrySet(),
                        (to, assignment) -> to.string(assignment.getKey()).bytes(assignment.getValue()));
    }

    static SyncGroup syncGroup(WireReader in) {
        String groupId = in.string();
        int generation = in.int32();
        String memberId = in.string();
        String instanceId = in.nullableString();
        String protocolType = in.nullableString();
        String protocolName = in.nullableString();
        Map<String, byte[]> assignments = new HashMap<>();
        in.list(each -> assignments.put(each.string(), each.bytes()));
        return new SyncGroup(groupId, generation, memberId, instanceId, protocolType, protocolName, assignments);
    }

    static Buffer encode(SyncedGroup synced) {
        return new WireWriter()
                .string(synced.protocolType())
                .string(synced.protocolName())
                .bytes(synced.assignment())
                .buffer();
    }

    static SyncedGroup syncedGroup(WireReader in) {
        return new SyncedGroup(in.nullableString(), in.nullableString(), in.bytes());
    }

    static void writeMembers(WireWriter out, List<LeavingMember> members) {
        out.list(
                members,
                (to, member) -> to.string(member.memberId())
                        .string(member.groupInstanceId())
                        .string(member.reason()));
    }

    static List<LeavingMember> leavingMembers(WireReader in) {
        return in.list(GroupCalls::leavingMember);
    }

    private static LeavingMember leavingMember(WireReader in) {
        return new LeavingMember(in.string(), in.nullableString(), in.nullableString());
    }

    static Buffer encodeOutcomes(List<LeaveOutcome> outcomes) {
        return new WireWriter()
                .list(
                        outcomes,
                        (out, outcome) -> out.string(outcome.member().memberId())
                                .string(outcome.member().groupInstanceId())
                                .string(outcome.member().reason())
                                .int16(outcome.error().code()))
                .buffer();
    }

    static List<LeaveOutcome> outcomes(WireReader in) {
        return in.list(each -> new LeaveOutcome(leavingMember(each), ErrorCode.of(each.int16())));
    }

    static void write(WireWriter out, CommitOffsets request) {
        out.string(request.groupId())
                .int32(request.generation())
                .string(request.memberId())
                .string(request.groupInstanceId())
                .int64(request.expireTimestampMillis())
                .list(
                        request.offsets().entrySet(),
                        (to, entry) -> to.partition(entry.getKey())
                                .int64(entry.getValue().offset())
                                .int32(entry.getValue().leaderEpoch())
                                .string(entry.getValue().metadata()));
    }

    static CommitOffsets commitOffsets(WireReader in) {
        String groupId = in.string();
        int generation = in.int32();
        String memberId = in.string();
        String instanceId = in.nullableString();
        long expires = in.int64();
        Map<TopicPartition, OffsetToCommit> offsets = new HashMap<>();
        in.list(each -> offsets.put(each.partition(), new OffsetToCommit(each.int64(), each.int32(), each.string())));
        return new CommitOffsets(groupId, generation, memberId, instanceId, offsets, expires);
    }

    static Buffer encodeErrors(Map<TopicPartition, ErrorCode> errors) {
        return new WireWriter()
                .list(
                        errors.entrySet(),
                        (out, entry) -> out.partition(entry.getKey())
                                .int16(entry.getValue().code()))
                .buffer();
    }

    static Map<TopicPartition, ErrorCode> errors(WireReader in) {
        Map<TopicPartition, ErrorCode> errors = new HashMap<>();
        in.list(each -> errors.put(each.partition(), ErrorCode.of(each.int16())));
        return errors;
    }

    static void writePartitions(WireWriter out, @Nullable List<TopicPartition> partitions) {
        out.bool(partitions != null);
        if (partitions != null) {
            out.list(partitions, WireWriter::partition);
        }
    }

    static @Nullable List<TopicPartition> partitions(WireReader in) {
        return in.bool() ? in.list(WireReader::partition) : null;
    }

    static Buffer encodeCommitted(Map<TopicPartition, CommittedOffset> offsets) {
        return new WireWriter()
                .list(
                        offsets.entrySet(),
                        (out, entry) -> out.partition(entry.getKey())
                                .int64(entry.getValue().offset())
                                .int32(entry.getValue().leaderEpoch())
                                .string(entry.getValue().metadata())
                                .int64(entry.getValue().commitTimestampMillis()))
                .buffer();
    }

    static Map<TopicPartition, CommittedOffset> committed(WireReader in) {
        Map<TopicPartition, CommittedOffset> offsets = new HashMap<>();
        in.list(each -> offsets.put(
                each.partition(), new CommittedOffset(each.int64(), each.int32(), each.string(), each.int64())));
        return offsets;
    }

    static Buffer encodeListings(List<GroupListing> listings) {
        return new WireWriter()
                .list(
                        listings,
                        (out, listing) -> out.string(listing.groupId())
                                .string(listing.protocolType())
                                .name(listing.state()))
                .buffer();
    }

    static List<GroupListing> listings(WireReader in) {
        return in.list(each -> new GroupListing(each.string(), each.string(), each.name(GroupState.class)));
    }

    static Buffer encode(GroupDescription group) {
        return new WireWriter()
                .string(group.groupId())
                .name(group.state())
                .string(group.protocolType())
                .string(group.protocolName())
                .int32(group.generation())
                .list(
                        group.members(),
                        (out, member) -> out.string(member.memberId())
                                .string(member.groupInstanceId())
                                .string(member.clientId())
                                .string(member.clientHost())
                                .bytes(member.metadata())
                                .bytes(member.assignment()))
                .buffer();
    }

    static GroupDescription description(WireReader in) {
        return new GroupDescription(
                in.string(),
                in.name(GroupState.class),
                in.string(),
                in.string(),
                in.int32(),
                in.list(each -> new MemberDescription(
                        each.string(),
                        each.nullableString(),
                        each.string(),
                        each.string(),
                        each.bytes(),
                        each.bytes())));
    }
}
