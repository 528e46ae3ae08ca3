package io.thalweg.coordination.group.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.coordination.runtime.CoordinatorLog.CoordinatorRecord;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.junit.jupiter.api.Test;

/** Our bytes against the classes that Apache Kafka generates from its schemas, in both directions. */
class GroupRecordCodecTest {

    private static final TopicPartition PARTITION = new TopicPartition("orders", 7);

    private static final GroupValue GROUP = new GroupValue(
            "consumer",
            12,
            "range",
            "m-1",
            1_700_000_000_123L,
            List.of(
                    new GroupValue.Member(
                            "m-1", null, "client-1", "/10.0.0.1", 60_000, 10_000, new byte[] {1}, new byte[] {2, 3}),
                    new GroupValue.Member(
                            "m-2", "inst", "clïent", "/10.0.0.2", 50_000, 9_000, new byte[] {}, new byte[] {})));

    @Test
    void kafkaReadsOurOffset() {
        CoordinatorRecord record =
                GroupRecordCodec.offset(5, "g", PARTITION, new OffsetValue(42, 9, "note", 1_000, -1));

        ByteBuffer key = ByteBuffer.wrap(record.key());
        assertThat(key.getShort()).isEqualTo((short) 1);
        assertThat(new OffsetCommitKey(new ByteBufferAccessor(key), (short) 0))
                .isEqualTo(
                        new OffsetCommitKey().setGroup("g").setTopic("orders").setPartition(7));
        assertThat(key.hasRemaining()).isFalse();
        ByteBuffer value = ByteBuffer.wrap(record.value());
        short version = value.getShort();
        assertThat(version).isEqualTo((short) 3);
        assertThat(new OffsetCommitValue(new ByteBufferAccessor(value), version))
                .isEqualTo(new OffsetCommitValue()
                        .setOffset(42)
                        .setLeaderEpoch(9)
                        .setMetadata("note")
                        .setCommitTimestamp(1_000));
        assertThat(value.hasRemaining()).isFalse();
        assertThat(record.timestampMillis()).isEqualTo(5);
    }

    @Test
    void anExpiryOfItsOwnIsWrittenInTheVersionThatHasIt() {
        CoordinatorRecord record =
                GroupRecordCodec.offset(5, "g", PARTITION, new OffsetValue(42, -1, "", 1_000, 2_000));

        ByteBuffer value = ByteBuffer.wrap(record.value());
        short version = value.getShort();
        assertThat(version).isEqualTo((short) 1);
        assertThat(new OffsetCommitValue(new ByteBufferAccessor(value), version).expireTimestamp())
                .isEqualTo(2_000);
    }

    @Test
    void kafkaReadsOurGroup() {
        CoordinatorRecord record = GroupRecordCodec.group(5, "g", GROUP);

        ByteBuffer key = ByteBuffer.wrap(record.key());
        assertThat(key.getShort()).isEqualTo((short) 2);
        assertThat(new GroupMetadataKey(new ByteBufferAccessor(key), (short) 0).group())
                .isEqualTo("g");
        ByteBuffer value = ByteBuffer.wrap(record.value());
        short version = value.getShort();
        assertThat(version).isEqualTo((short) 3);
        assertThat(new GroupMetadataValue(new ByteBufferAccessor(value), version))
                .isEqualTo(kafkas());
        assertThat(value.hasRemaining()).isFalse();
    }

    @Test
    void weReadEveryVersionThatKafkaWrites() {
        OffsetCommitValue offset =
                new OffsetCommitValue().setOffset(42).setMetadata("note").setCommitTimestamp(1_000);
        for (short version = 0; version <= OffsetCommitValue.HIGHEST_SUPPORTED_VERSION; version++) {
            assertThat(GroupRecordCodec.decodeOffset(versioned(version, offset)))
                    .isEqualTo(new OffsetValue(42, -1, "note", 1_000, -1));
        }
        for (short version = 3; version <= GroupMetadataValue.HIGHEST_SUPPORTED_VERSION; version++) {
            GroupValue decoded = GroupRecordCodec.decodeGroup(versioned(version, kafkas()));
            assertThat(decoded).usingRecursiveComparison().isEqualTo(GROUP);
        }
    }

    @Test
    void keysDecodeToWhatTheyWereMadeOf() {
        assertThat(GroupRecordCodec.decodeKey(
                        GroupRecordCodec.offsetTombstone(0, "g", PARTITION).key()))
                .isEqualTo(new GroupKey.Offset("g", PARTITION));
        assertThat(GroupRecordCodec.decodeKey(
                        GroupRecordCodec.groupTombstone(0, "g").key()))
                .isEqualTo(new GroupKey.Metadata("g"));
        assertThat(GroupRecordCodec.decodeKey(new byte[] {0, 3, 0})).isEqualTo(new GroupKey.Unknown((short) 3));
    }

    @Test
    void cutOrForeignBytesAreRefusedAndNeverReadBeyond() {
        byte[] group = GroupRecordCodec.group(0, "g", GROUP).value();
        for (int length = 0; length < group.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(group, length);
            assertThatThrownBy(() -> GroupRecordCodec.decodeGroup(cut)).isInstanceOf(MalformedRecordException.class);
        }
        assertThatThrownBy(() -> GroupRecordCodec.decodeOffset(new byte[] {0, 99}))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("version=99");
    }

    private static byte[] versioned(short version, Message message) {
        return MessageUtil.toVersionPrefixedBytes(version, message);
    }

    private static GroupMetadataValue kafkas() {
        return new GroupMetadataValue()
                .setProtocolType("consumer")
                .setGeneration(12)
                .setProtocol("range")
                .setLeader("m-1")
                .setCurrentStateTimestamp(1_700_000_000_123L)
                .setMembers(GROUP.members().stream()
                        .map(member -> new GroupMetadataValue.MemberMetadata()
                                .setMemberId(member.memberId())
                                .setGroupInstanceId(member.groupInstanceId())
                                .setClientId(member.clientId())
                                .setClientHost(member.clientHost())
                                .setRebalanceTimeout(member.rebalanceTimeoutMillis())
                                .setSessionTimeout(member.sessionTimeoutMillis())
                                .setSubscription(member.subscription())
                                .setAssignment(member.assignment()))
                        .toList());
    }
}
