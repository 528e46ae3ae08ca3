package io.thalweg.coordination.group.record;

import io.thalweg.coordination.runtime.CoordinatorLog.CoordinatorRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Bytes of {@code __consumer_offsets} to values and back. Every key and every value begins with an int16: the kind of the
 * key, the version of the value.
 */
public final class GroupRecordCodec {

    private static final short OFFSET_KEY_LEGACY = 0;
    private static final short OFFSET_KEY = 1;
    private static final short GROUP_KEY = 2;
    private static final short OFFSET_VALUE = 3;
    /** The only version that carries an expiry of its own. */
    private static final short OFFSET_VALUE_EXPIRING = 1;

    private static final short GROUP_VALUE = 3;
    private static final short FLEXIBLE = 4;

    private GroupRecordCodec() {}

    /** @param nowMillis wall time, for the record's timestamp */
    public static CoordinatorRecord offset(
            long nowMillis, String groupId, TopicPartition partition, OffsetValue value) {
        return new CoordinatorRecord(nowMillis, offsetKey(groupId, partition), encode(value));
    }

    /** Deletes a committed offset. */
    public static CoordinatorRecord offsetTombstone(long nowMillis, String groupId, TopicPartition partition) {
        return new CoordinatorRecord(nowMillis, offsetKey(groupId, partition), null);
    }

    public static CoordinatorRecord group(long nowMillis, String groupId, GroupValue value) {
        return new CoordinatorRecord(nowMillis, groupKey(groupId), encode(value));
    }

    /** Deletes a group. */
    public static CoordinatorRecord groupTombstone(long nowMillis, String groupId) {
        return new CoordinatorRecord(nowMillis, groupKey(groupId), null);
    }

    private static byte[] offsetKey(String groupId, TopicPartition partition) {
        return new RecordWriter()
                .int16(OFFSET_KEY)
                .string(groupId)
                .string(partition.topic())
                .int32(partition.partition())
                .toByteArray();
    }

    private static byte[] groupKey(String groupId) {
        return new RecordWriter().int16(GROUP_KEY).string(groupId).toByteArray();
    }

    private static byte[] encode(OffsetValue value) {
        RecordWriter writer = new RecordWriter();
        if (value.expireTimestampMillis() >= 0) {
            return writer.int16(OFFSET_VALUE_EXPIRING)
                    .int64(value.offset())
                    .string(value.metadata())
                    .int64(value.commitTimestampMillis())
                    .int64(value.expireTimestampMillis())
                    .toByteArray();
        }
        return writer.int16(OFFSET_VALUE)
                .int64(value.offset())
                .int32(value.leaderEpoch())
                .string(value.metadata())
                .int64(value.commitTimestampMillis())
                .toByteArray();
    }

    private static byte[] encode(GroupValue value) {
        RecordWriter writer = new RecordWriter()
                .int16(GROUP_VALUE)
                .string(value.protocolType())
                .int32(value.generation())
                .string(value.protocolName())
                .string(value.leaderId())
                .int64(value.stateTimestampMillis())
                .int32(value.members().size());
        for (GroupValue.Member member : value.members()) {
            writer.string(member.memberId())
                    .string(member.groupInstanceId())
                    .string(member.clientId())
                    .string(member.clientHost())
                    .int32(member.rebalanceTimeoutMillis())
                    .int32(member.sessionTimeoutMillis())
                    .bytes(member.subscription())
                    .bytes(member.assignment());
        }
        return writer.toByteArray();
    }

    public static GroupKey decodeKey(byte[] key) {
        FieldReader reader = new FieldReader(key);
        short kind = reader.int16();
        return switch (kind) {
            case OFFSET_KEY_LEGACY, OFFSET_KEY ->
                new GroupKey.Offset(reader.string(), new TopicPartition(reader.string(), reader.int32()));
            case GROUP_KEY -> new GroupKey.Metadata(reader.string());
            default -> new GroupKey.Unknown(kind);
        };
    }

    public static OffsetValue decodeOffset(byte[] value) {
        FieldReader reader = new FieldReader(value);
        short version = versionUpTo(FLEXIBLE, reader, "OffsetCommitValue");
        reader.flexible(version >= FLEXIBLE);
        long offset = reader.int64();
        int leaderEpoch = version >= 3 ? reader.int32() : -1;
        String metadata = reader.string();
        long committed = reader.int64();
        long expires = version == OFFSET_VALUE_EXPIRING ? reader.int64() : -1;
        reader.taggedFields();
        return new OffsetValue(offset, leaderEpoch, metadata, committed, expires);
    }

    public static GroupValue decodeGroup(byte[] value) {
        FieldReader reader = new FieldReader(value);
        short version = versionUpTo(FLEXIBLE, reader, "GroupMetadataValue");
        reader.flexible(version >= FLEXIBLE);
        String protocolType = reader.string();
        int generation = reader.int32();
        String protocolName = reader.nullableString();
        String leaderId = reader.nullableString();
        long stateTimestampMillis = version >= 2 ? reader.int64() : -1;
        int count = reader.arrayLength();
        List<GroupValue.Member> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            members.add(decodeMember(reader, version));
        }
        reader.taggedFields();
        return new GroupValue(protocolType, generation, protocolName, leaderId, stateTimestampMillis, members);
    }

    private static GroupValue.Member decodeMember(FieldReader reader, short version) {
        String memberId = reader.string();
        String groupInstanceId = version >= 3 ? reader.nullableString() : null;
        String clientId = reader.string();
        String clientHost = reader.string();
        int rebalanceTimeoutMillis = version >= 1 ? reader.int32() : -1;
        int sessionTimeoutMillis = reader.int32();
        byte[] subscription = reader.bytes();
        byte[] assignment = reader.bytes();
        reader.taggedFields();
        return new GroupValue.Member(
                memberId,
                groupInstanceId,
                clientId,
                clientHost,
                rebalanceTimeoutMillis < 0 ? sessionTimeoutMillis : rebalanceTimeoutMillis,
                sessionTimeoutMillis,
                subscription,
                assignment);
    }

    private static short versionUpTo(short newest, FieldReader reader, String schema) {
        short version = reader.int16();
        if (version < 0 || version > newest) {
            throw new MalformedRecordException(
                    "version not known: schema=" + schema + " version=" + version + " expected 0 to " + newest);
        }
        return version;
    }
}
