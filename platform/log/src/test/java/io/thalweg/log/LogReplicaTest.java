package io.thalweg.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.BatchValidator;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A log as replication drives it: as a leader's, as a follower's, and as one that turns from one into the other. */
class LogReplicaTest extends LogReplicaFixture {

    @Test
    void aFollowerHasTheLeadersBatchesEpochsProducersAndVoters() throws IOException {
        open(FSYNC);
        control(leader, 2, ControlRecords.leaderChange(now(), 1, List.of(1, 2), List.of(1, 2)));
        lead(leader, 2, "a", "b");
        append(leader, 2, Batches.idempotent(now(), 9, 0, 0, true, "t1"), AppendOrigin.CLIENT);
        append(leader, 2, Batches.marker(now(), 9, 0, false, 4), AppendOrigin.COORDINATOR);
        control(leader, 5, ControlRecords.leaderChange(now(), 2, List.of(1, 2), List.of(2)));
        control(leader, 5, ControlRecords.voters(now(), List.of(1, 2, 3)));
        append(leader, 5, Batches.idempotent(now(), 10, 1, 7, true, "open"), AppendOrigin.CLIENT);
        lead(leader, 5, "c".repeat(700));
        lead(leader, 6, "d".repeat(700));
        lead(leader, 6, "e".repeat(700));

        copyAll();

        for (int restarts = 0; restarts < 2; restarts++) {
            assertThat(Replicas.batches(follower)).isEqualTo(Replicas.batches(leader));
            assertThat(follower.view()).isEqualTo(leader.view());
            assertThat(follower.view().end()).isEqualTo(new EpochOffset(6, leader.logEndOffset()));
            assertThat(follower.view().latestVoters()).isEqualTo(VotersAt.of(6, List.of(1, 2, 3)));
            assertThat(follower.producer(9)).isEqualTo(leader.producer(9));
            assertThat(follower.producer(10)).isEqualTo(leader.producer(10));
            assertThat(follower.abortedTransactions(0, 100)).isEqualTo(leader.abortedTransactions(0, 100));
            follower.advanceHighWatermark(100);
            assertThat(follower.lastStableOffset()).isEqualTo(7);
            disk.crash(restarts);
            open(FSYNC);
        }
    }

    @Test
    void aFetchIsRefusedWhenTheLogEndsElsewhereByThen() throws IOException {
        open(FSYNC);
        lead(leader, 1, "a", "b");
        lead(leader, 1, "c");
        List<Append> first = Replicas.fetch(leader, follower, 1000);
        List<Append> again = Replicas.fetch(leader, follower, 1000);
        directory.append(first);

        directory.append(again);

        assertThat(again).hasSize(2);
        again.forEach(append -> refused(append, ErrorCode.OFFSET_OUT_OF_RANGE));
        assertThat(Replicas.batches(follower)).isEqualTo(Replicas.batches(leader));
        directory.checkInvariants();
    }

    @Test
    void whatFollowsARefusedBatchIsRefused() throws IOException {
        open(FSYNC);
        follower.open();
        EpochOffset none = new EpochOffset(-1, 0);
        ByteBuffer records = ByteBuffer.allocate(1000)
                .put(placed(0, 3, "a"))
                .put(placed(1, 3, "b"))
                .put(placed(2, 4, "c"))
                .flip();
        List<Append> appends = Append.fetched(follower, records, none, new EpochOffset(4, 3));
        lead(follower, 3, "x");

        directory.append(appends);

        appends.forEach(append -> refused(append, ErrorCode.OFFSET_OUT_OF_RANGE));
        assertThat(follower.end()).isEqualTo(new EpochOffset(3, 1));
    }

    @Test
    void whatCompactionLeftOutAtTheLeaderStaysOut() throws IOException {
        open(FSYNC);
        EpochOffset none = new EpochOffset(-1, 0);
        Append first = fetched(follower, none, placed(0, 3, "a"));
        Append second = fetched(follower, new EpochOffset(3, 1), placed(100, 3, "b", "c"));
        BatchHeader header = BatchHeader.read(placed(200, 4, "d", "e"), 0);
        ByteBuffer emptied = BatchBuilder.like(header, -1).build();
        Append third = fetched(follower, new EpochOffset(3, 102), emptied);

        directory.append(List.of(first, second, third));

        for (int restarts = 0; restarts < 4; restarts++) {
            assertThat(follower.damage()).isNull();
            assertThat(follower.end()).isEqualTo(new EpochOffset(4, 202));
            assertThat(follower.view().endOfEpoch(3)).isEqualTo(new EpochOffset(3, 200));
            assertThat(Batches.read(follower, 0, 1000)).containsExactly("0=a", "100=b", "101=c");
            assertThat(Batches.read(follower, 50, 1000)).containsExactly("100=b", "101=c");
            directory.checkInvariants();
            if (restarts == 2) {
                directory.close();
            } else {
                disk.crash(restarts);
            }
            open(FSYNC);
        }
        assertThat(fetched(follower, new EpochOffset(4, 202), placed(300, 4, "f"))
                        .failure())
                .isNull();
    }

    @Test
    void recordsThatAreNotWhatTheLeaderSaidAreRefused() throws IOException {
        open(FSYNC);
        EpochOffset from = new EpochOffset(3, 10);
        ByteBuffer batch = placed(10, 3, "a", "b");
        for (EpochOffset end : List.of(new EpochOffset(3, 11), new EpochOffset(4, 12), new EpochOffset(3, 13))) {
            misfits(batch, from, end);
        }
        misfits(placed(8, 3, "a", "b"), from, new EpochOffset(3, 10));
        refused(fetchedOf(placed(9, 3, "a", "b"), from), ErrorCode.OFFSET_OUT_OF_RANGE);
        misfits(placed(10, 2, "a", "b"), from, new EpochOffset(2, 12));
        misfits(batch.slice(0, batch.limit() - 1), from, new EpochOffset(3, 12));
        misfits(batch.slice(0, 5), from, new EpochOffset(3, 12));
        misfits(ByteBuffer.allocate(0), from, new EpochOffset(3, 12));
        assertThat(Append.fetched(follower, ByteBuffer.allocate(0), from, from)).isEmpty();
    }

    private void misfits(ByteBuffer records, EpochOffset from, EpochOffset end) {
        assertThatThrownBy(() -> Append.fetched(follower, records, from, end))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE));
    }

    @Test
    void anEpochBeforeTheLogsIsRefusedWhoeverAsks() throws IOException {
        open(FSYNC);
        lead(follower, 7, "a");

        Append stale = fetched(follower, new EpochOffset(6, 1), placed(1, 6, "b"));
        directory.append(List.of(stale));

        refused(stale, ErrorCode.OFFSET_OUT_OF_RANGE);
        refused(append(follower, 6, Batches.of(now(), "b"), AppendOrigin.CLIENT), ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(follower.end()).isEqualTo(new EpochOffset(7, 1));
    }

    @Test
    void aFenceRefusesLeadersOfEarlierEpochsAndNoFollower() throws IOException {
        open(FSYNC);
        lead(follower, 3, "a");

        follower.fence(5);
        follower.fence(4);

        refused(append(follower, 3, Batches.of(now(), "b"), AppendOrigin.CLIENT), ErrorCode.NOT_LEADER_OR_FOLLOWER);
        refused(
                append(follower, 4, ControlRecords.voters(now(), List.of(1)), AppendOrigin.COORDINATOR),
                ErrorCode.NOT_LEADER_OR_FOLLOWER);
        Append fetched = fetched(follower, new EpochOffset(3, 1), placed(1, 4, "c"));
        directory.append(List.of(fetched));
        assertThat(fetched.failure()).isNull();
        lead(follower, 5, "d");
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void nothingButItsOwnerMovesTheHighWatermark(Durability durability) throws IOException {
        LogDirectoryConfig config = FSYNC.withDurability(durability);
        open(config);
        lead(leader, 1, "a", "b");
        lead(leader, 1, "c");
        copyAll();
        assertThat(follower.highWatermark()).isZero();
        assertThat(leader.highWatermark()).isZero();
        follower.advanceHighWatermark(2);
        directory.maintain();
        lead(leader, 1, "d");
        copyAll();

        disk.killProcess();
        open(config);

        assertThat(follower.end()).isEqualTo(new EpochOffset(1, 4));
        assertThat(follower.highWatermark()).isEqualTo(2);
        assertThat(leader.highWatermark()).isZero();
        directory.close();
        open(config);
        assertThat(follower.highWatermark()).isEqualTo(2);
        follower.open();
        assertThat(follower.highWatermark()).isEqualTo(2);
    }

    @Test
    void aFollowerReadsTheLeaderBeyondTheHighWatermark() throws IOException {
        open(FSYNC);
        for (int i = 0; i < 20; i++) {
            lead(leader, 1, "v" + i);
        }
        leader.advanceHighWatermark(5);

        LogRead hot = leader.readTail(3, 1 << 20, leader.end().offset(), true);
        assertThat(hot).isNotNull();
        assertThat(hot.nextOffset()).isEqualTo(20);
        hot.records().close();

        directory.close();
        open(FSYNC);
        assertThat(leader.readTail(3, 1 << 20, 20, true)).isNull();
        LogRead cold = leader.read(3, 1 << 20, leader.end().offset(), true);
        assertThat(cold.nextOffset()).isEqualTo(20);
        assertThat(Batches.bytes(cold).limit()).isPositive();
        // What is read from files does not enter the memory that the tail is served from.
        assertThat(leader.readTail(3, 1 << 20, 20, true)).isNull();
        copyAll();
        assertThat(Replicas.batches(follower)).isEqualTo(Replicas.batches(leader));
    }

    @Test
    void replicationsOwnBatchesAreTakenWhateverTheTopicsSettings() throws IOException {
        open(FSYNC);
        PartitionLog tiny = directory.log(
                new LogId(new Uuid(5, 6), 0),
                SETTINGS.with()
                        .segmentBytes(128)
                        .maxMessageBytes(0)
                        .compact(true)
                        .build());
        control(tiny, 1, ControlRecords.leaderChange(now(), 1, List.of(1, 2, 3, 4, 5), List.of(1, 2, 3, 4, 5)));
        control(tiny, 1, ControlRecords.voters(now(), List.of(1, 2, 3, 4, 5)));
        control(tiny, 1, ControlRecords.voters(now(), List.of(1, 2, 3, 4)));
        assertThat(tiny.end()).isEqualTo(new EpochOffset(1, 3));
        disk.crash(1);
        open(FSYNC);
        PartitionLog again = directory.log(new LogId(new Uuid(5, 6), 0), SETTINGS);
        assertThat(again.view().latestVoters()).isEqualTo(VotersAt.of(2, List.of(1, 2, 3, 4)));
        assertThat(again.view().votersBefore()).isEqualTo(VotersAt.of(1, List.of(1, 2, 3, 4, 5)));
    }

    @Test
    void compactionKeepsWhatReplicationWrote() throws IOException {
        LogConfig compacted = SETTINGS.with()
                .compact(true)
                .delete(false)
                .minCleanableDirtyRatio(0.01)
                .deleteRetentionMillis(0)
                .build();
        open(FSYNC);
        LogId id = new LogId(new Uuid(7, 8), 0);
        PartitionLog log = directory.log(id, compacted);
        for (int epoch = 1; epoch <= 30; epoch++) {
            // An epoch of a single replica begins without a marker.
            if (epoch < 20) {
                control(log, epoch, ControlRecords.leaderChange(now(), epoch % 3, List.of(0, 1, 2), List.of(0, 1)));
            }
            if (epoch == 4 || epoch == 7) {
                control(log, epoch, ControlRecords.voters(now(), List.of(0, 1, epoch)));
            }
            for (int i = 0; i < 3; i++) {
                keyed(log, epoch, "k" + i, "x".repeat(80));
            }
        }
        log.advanceHighWatermark(log.logEndOffset());
        long size = log.sizeBytes();
        LogView before = log.view();

        for (int i = 0; i < 20; i++) {
            manual.clock().advance(10_000);
            directory.maintain();
        }

        assertThat(log.sizeBytes()).isLessThan(size);
        int[] changes = new int[1];
        for (ByteBuffer batch : Replicas.batches(log)) {
            changes[0] += ControlRecords.readLeaderChange(batch, 0) != null ? 1 : 0;
        }
        assertThat(changes[0]).isEqualTo(19);
        assertThat(log.view()).isEqualTo(before);
        // Those who know nothing but what is left come to the same.
        directory.close();
        disk.delete(ROOT.resolve(id.directoryName()).resolve("leader-epoch-checkpoint"));
        disk.delete(ROOT.resolve(id.directoryName()).resolve("voters-checkpoint"));
        open(FSYNC);
        log = directory.log(id, compacted);
        assertThat(log.view()).isEqualTo(before);
        leader = log;
        copyAll();
        assertThat(follower.view()).isEqualTo(before);
        assertThat(records(follower)).isEqualTo(records(log));
    }

    private void keyed(PartitionLog log, int epoch, String key, String value) {
        ByteBuffer batch = BatchBuilder.uncompressed()
                .append(now(), key.getBytes(UTF_8), value.getBytes(UTF_8))
                .build();
        Append append = append(
                log, epoch, BatchValidator.validate(batch, log.config().validationRules(), now()), AppendOrigin.CLIENT);
        assertThat(append.failure()).isNull();
    }

    private static int records(PartitionLog log) throws IOException {
        int[] count = new int[1];
        for (ByteBuffer batch : Replicas.batches(log)) {
            RecordReader.forEach(batch, ReadLimits.defaults(), record -> {
                count[0]++;
                return true;
            });
        }
        return count[0];
    }

    @Test
    void aFollowerOfAnInternalLogGoesOnWhenTheDiskIsFull() throws IOException {
        open(FSYNC);
        lead(leader, 1, "x".repeat(500));
        for (int i = 0; i < 4; i++) {
            lead(leader, 1, "y".repeat(500));
        }
        directory.append(Replicas.fetch(leader, follower, 100));
        disk.setCapacity(disk.usedBytes());
        PartitionLog other = directory.log(new LogId(new Uuid(9, 9), 0), SETTINGS);
        append(other, 1, Batches.of(now(), "waits for a segment"), AppendOrigin.COORDINATOR);
        List<Append> refused = Replicas.fetch(leader, follower, 100);
        directory.append(refused);
        refused(refused.get(0), ErrorCode.KAFKA_STORAGE_ERROR);

        follower.takeWhenFull(true);

        List<Append> taken = Replicas.fetch(leader, follower, 100);
        directory.append(taken);
        assertThat(taken.get(0).failure()).isNull();
    }
}
