package io.thalweg.log.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.ControlRecords.Kind;
import io.thalweg.log.record.ControlRecords.LeaderChange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.junit.jupiter.api.Test;

/** What replication writes into the log is what Kafka's raft would have written. */
class ControlRecordsTest {

    private static final long NOW = 1_700_000_000_000L;

    @Test
    void aLeaderChangeIsKafkas() {
        ByteBuffer ours = ControlRecords.leaderChange(NOW, 2, List.of(3, 1, 2), List.of(2, 3))
                .bytes();

        LeaderChangeMessage message = new LeaderChangeMessage()
                .setVersion((short) 0)
                .setLeaderId(2)
                .setVoters(List.of(voter(1), voter(2), voter(3)))
                .setGrantingVoters(List.of(voter(2), voter(3)));
        ByteBuffer kafkas = MemoryRecords.withLeaderChangeMessage(0, NOW, 0, ByteBuffer.allocate(512), message)
                .buffer();
        assertThat(appended(ours)).isEqualTo(kafkas);
        assertThat(ControlRecords.kind(ours, 0)).isEqualTo(Kind.LEADER_CHANGE);
        assertThat(ControlRecords.readLeaderChange(ours, 0))
                .isEqualTo(new LeaderChange(2, new TreeSet<>(List.of(1, 2, 3)), new TreeSet<>(List.of(2, 3))));
        assertThat(ControlRecords.readVoters(ours, 0)).isNull();
        assertThat(TransactionMarker.read(ours, 0)).isNull();
    }

    /** At offset 0 in epoch 0, where Kafka's is. */
    private static ByteBuffer appended(ByteBuffer batch) {
        return batch.duplicate().putInt(BatchHeader.LEADER_EPOCH, 0);
    }

    private static LeaderChangeMessage.Voter voter(int id) {
        return new LeaderChangeMessage.Voter().setVoterId(id);
    }

    @Test
    void votersAreKafkas() {
        ByteBuffer ours = ControlRecords.voters(NOW, List.of(5, 4)).bytes();

        VotersRecord message = new VotersRecord().setVersion((short) 0);
        for (int id : List.of(4, 5)) {
            message.voters()
                    .add(new VotersRecord.Voter()
                            .setVoterId(id)
                            .setKRaftVersionFeature(new VotersRecord.KRaftVersionFeature()
                                    .setMinSupportedVersion((short) 0)
                                    .setMaxSupportedVersion((short) 1)));
        }
        ByteBuffer kafkas = MemoryRecords.withVotersRecord(0, NOW, 0, ByteBuffer.allocate(512), message)
                .buffer();
        assertThat(appended(ours)).isEqualTo(kafkas);
        assertThat(ControlRecords.kind(ours, 0)).isEqualTo(Kind.VOTERS);
        assertThat(ControlRecords.readVoters(ours, 0)).containsExactly(4, 5);
        assertThat(ControlRecords.readLeaderChange(ours, 0)).isNull();
    }

    @Test
    void clientsAndReadersSkipThem() {
        ByteBuffer batch = ControlRecords.voters(NOW, List.of(1)).bytes();
        for (MutableRecordBatch each :
                MemoryRecords.readableRecords(batch.duplicate()).batches()) {
            assertThat(each.isControlBatch()).isTrue();
            assertThat(each.isTransactional()).isFalse();
            each.ensureValid();
        }
        RecordReader.forEach(batch, ReadLimits.defaults(), record -> {
            throw new AssertionError("a reader saw " + record);
        });
    }

    @Test
    void othersAreTold() {
        ByteBuffer marker = BatchBuilder.transactionMarker(NOW, 7, (short) 0, new TransactionMarker(true, 3));
        assertThat(ControlRecords.kind(marker, 0)).isEqualTo(Kind.TRANSACTION_MARKER);
        ByteBuffer unknown = BatchBuilder.control(NOW, new byte[] {0, 0, 0, 77}, new byte[0]);
        assertThat(ControlRecords.kind(unknown, 0)).isEqualTo(Kind.OTHER);
        ByteBuffer emptied = BatchBuilder.like(BatchHeader.read(marker, 0), -1).build();
        assertThat(ControlRecords.kind(emptied, 0)).isEqualTo(Kind.OTHER);
        ByteBuffer data = BatchBuilder.uncompressed()
                .append(NOW, new byte[] {0, 0, 0, 6}, new byte[4])
                .build();
        assertThat(ControlRecords.readVoters(data, 0)).isNull();
    }

    @Test
    void votersThatAreNotReadableAreRefused() {
        ByteBuffer cut = BatchBuilder.control(NOW, new byte[] {0, 0, 0, 6}, new byte[] {0, 0, 9});

        assertThatThrownBy(() -> ControlRecords.readVoters(cut, 0))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_RECORD));
    }
}
