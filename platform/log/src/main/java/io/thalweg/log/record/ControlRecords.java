package io.thalweg.log.record;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.ControlRecordUtils;
import org.jspecify.annotations.Nullable;

/**
 * The control batches of replication, byte for byte as Kafka's raft writes them (KIP-595, KIP-853), so that its tools
 * read them and its clients skip them. Append them with {@link AppendOrigin#COORDINATOR}; no setting of a topic, like
 * its largest batch, can get in their way. Compaction keeps them all.
 */
public final class ControlRecords {

    /** What a control batch says. */
    public enum Kind {
        /** The end of a transaction: see {@link TransactionMarker}. */
        TRANSACTION_MARKER,
        /** A leader's epoch begins. */
        LEADER_CHANGE,
        /** Who votes from here on. */
        VOTERS,
        /** Of another kind, or a marker that compaction emptied. */
        OTHER
    }

    /** A leader of an epoch, and who chose it among whom. */
    public record LeaderChange(int leader, SortedSet<Integer> voters, SortedSet<Integer> granting) {}

    private static final short KRAFT_VERSION_MAX = 1;

    /** Version and type. */
    private static final int KEY_BYTES = 4;

    private ControlRecords() {}

    /** The batch with which a leader begins its epoch; the epoch itself is that of the append. */
    public static ValidatedBatches leaderChange(
            long timestamp, int leader, Collection<Integer> voters, Collection<Integer> granting) {
        short version = ControlRecordUtils.LEADER_CHANGE_CURRENT_VERSION;
        LeaderChangeMessage message = new LeaderChangeMessage()
                .setVersion(version)
                .setLeaderId(leader)
                .setVoters(leaderChangeVoters(voters))
                .setGrantingVoters(leaderChangeVoters(granting));
        return batch(
                timestamp,
                ControlRecordType.LEADER_CHANGE,
                MessageUtil.toByteBufferAccessor(message, version).buffer());
    }

    private static List<LeaderChangeMessage.Voter> leaderChangeVoters(Collection<Integer> ids) {
        List<LeaderChangeMessage.Voter> voters = new ArrayList<>(ids.size());
        for (int id : new TreeSet<>(ids)) {
            voters.add(new LeaderChangeMessage.Voter().setVoterId(id));
        }
        return voters;
    }

    /** The batch that says who votes from itself on. */
    public static ValidatedBatches voters(long timestamp, Collection<Integer> ids) {
        short version = ControlRecordUtils.KRAFT_VOTERS_CURRENT_VERSION;
        VotersRecord message = new VotersRecord().setVersion(version);
        for (int id : new TreeSet<>(ids)) {
            message.voters()
                    .add(new VotersRecord.Voter()
                            .setVoterId(id)
                            .setKRaftVersionFeature(new VotersRecord.KRaftVersionFeature()
                                    .setMinSupportedVersion((short) 0)
                                    .setMaxSupportedVersion(KRAFT_VERSION_MAX)));
        }
        return batch(
                timestamp,
                ControlRecordType.KRAFT_VOTERS,
                MessageUtil.toByteBufferAccessor(message, version).buffer());
    }

    private static ValidatedBatches batch(long timestamp, ControlRecordType type, ByteBuffer value) {
        byte[] key = bytes(type.recordKey());
        return new ValidatedBatches(BatchBuilder.control(timestamp, key, bytes(value)), timestamp, false);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** What the batch at {@code at} says; it must be a control batch. Fails as {@link RecordReader#forEachOf} does. */
    public static Kind kind(ByteBuffer buffer, int at) {
        DecodedRecord record = first(buffer, at);
        ByteBuffer key = record == null ? null : record.key();
        if (key == null || key.remaining() < KEY_BYTES) {
            return Kind.OTHER;
        }
        return switch (ControlRecordType.fromTypeId(key.getShort(key.position() + Short.BYTES))) {
            case ABORT, COMMIT -> Kind.TRANSACTION_MARKER;
            case LEADER_CHANGE -> Kind.LEADER_CHANGE;
            case KRAFT_VOTERS -> Kind.VOTERS;
            default -> Kind.OTHER;
        };
    }

    /** The voters that the batch at {@code at} names; null if it is no voters batch. */
    public static @Nullable SortedSet<Integer> readVoters(ByteBuffer buffer, int at) {
        if (!BatchHeader.isControl(buffer, at) || kind(buffer, at) != Kind.VOTERS) {
            return null;
        }
        SortedSet<Integer> ids = new TreeSet<>();
        try {
            ControlRecordUtils.deserializeVotersRecord(value(buffer, at))
                    .voters()
                    .forEach(voter -> ids.add(voter.voterId()));
        } catch (RuntimeException malformed) {
            throw unreadable(buffer, at, malformed);
        }
        return ids;
    }

    /** What the leader-change batch at {@code at} says; null if it is none. */
    public static @Nullable LeaderChange readLeaderChange(ByteBuffer buffer, int at) {
        if (!BatchHeader.isControl(buffer, at) || kind(buffer, at) != Kind.LEADER_CHANGE) {
            return null;
        }
        try {
            LeaderChangeMessage message = ControlRecordUtils.deserializeLeaderChangeMessage(value(buffer, at));
            return new LeaderChange(message.leaderId(), ids(message.voters()), ids(message.grantingVoters()));
        } catch (RuntimeException malformed) {
            throw unreadable(buffer, at, malformed);
        }
    }

    private static SortedSet<Integer> ids(List<LeaderChangeMessage.Voter> voters) {
        SortedSet<Integer> ids = new TreeSet<>();
        voters.forEach(voter -> ids.add(voter.voterId()));
        return ids;
    }

    private static ByteBuffer value(ByteBuffer buffer, int at) {
        DecodedRecord record = Objects.requireNonNull(first(buffer, at), "a control batch with a kind has a record");
        return Objects.requireNonNull(record.value(), "a control record has a value")
                .duplicate();
    }

    private static ThalwegException unreadable(ByteBuffer buffer, int at, RuntimeException malformed) {
        return new ThalwegException(
                ErrorCode.INVALID_RECORD,
                "control record is not readable: offset=" + BatchHeader.baseOffset(buffer, at) + ": " + malformed,
                malformed);
    }

    private static @Nullable DecodedRecord first(ByteBuffer buffer, int at) {
        First visitor = new First();
        RecordReader.forEachOf(buffer, at, ReadLimits.trusted(), visitor);
        return visitor.record;
    }

    private static final class First implements RecordVisitor {
        private @Nullable DecodedRecord record;

        @Override
        public boolean onBatch(BatchHeader batch) {
            return true;
        }

        @Override
        public boolean onRecord(DecodedRecord decoded) {
            record = decoded;
            return false;
        }
    }
}
