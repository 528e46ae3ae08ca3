package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.environment.FileHandle;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.ControlRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a log gives up for replication: its end, its beginning, or all that it holds. */
class LogReplicaCutTest extends LogReplicaFixture {

    @Test
    void aTruncationBelowTheHighWatermarkLeavesNoCheckpointThatClaimsIt() throws IOException {
        open(FSYNC);
        lead(follower, 1, "a");
        lead(follower, 1, "b");
        follower.advanceHighWatermark(2);
        directory.maintain();

        follower.truncateTo(1);
        lead(follower, 2, "c");
        lead(follower, 2, "d");
        disk.crash(3);
        open(FSYNC);

        assertThat(follower.end()).isEqualTo(new EpochOffset(2, 3));
        assertThat(follower.highWatermark()).isEqualTo(1);
    }

    /** A checkpoint names every log of the directory; a node that comes back may cut thousands of logs at once. */
    @Test
    void logsThatAreCutOffTogetherCostOneCheckpoint() throws IOException {
        open(FSYNC);
        List<Truncation> group = new ArrayList<>();
        for (int partition = 1; partition <= 50; partition++) {
            PartitionLog log = directory.log(new LogId(new Uuid(5, 6), partition), SETTINGS);
            for (String value : List.of("a", "b", "c")) {
                lead(log, 1, value);
            }
            group.add(new Truncation(log, partition % 4));
        }
        long before = disk.forces();
        directory.truncate(group);
        // Each log's own, of which one that is emptied has two; the journal's, before and after; the checkpoint's.
        // Each log would cost four by itself.
        assertThat(disk.forces() - before).isLessThan(2L * group.size());

        disk.crash(7);
        open(FSYNC);
        for (Truncation one : group) {
            assertThat(directory.log(one.log().id(), SETTINGS).logEndOffset()).isEqualTo(one.offset());
        }
    }

    @Test
    void noLogIsCutOffIfOneOfThemCannotBe() throws IOException {
        open(FSYNC);
        lead(leader, 1, "a");
        lead(leader, 1, "b");
        List<Truncation> group = List.of(new Truncation(leader, 1), new Truncation(follower, 1));
        assertThatThrownBy(() -> directory.truncate(group))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE));
        assertThat(leader.logEndOffset()).isEqualTo(2);
    }

    @Test
    void aFollowersStartFollowsTheLeadersUpToTheHighWatermark() throws IOException {
        open(FSYNC);
        lead(follower, 1, "a", "b");
        lead(follower, 2, "c", "d");
        follower.advanceHighWatermark(3);

        follower.followStart(2);
        assertThat(follower.view().start()).isEqualTo(new EpochOffset(1, 2));
        follower.followStart(1);
        assertThat(follower.logStartOffset()).isEqualTo(2);
        follower.followStart(4);
        assertThat(follower.view().start()).isEqualTo(new EpochOffset(2, 3));
        assertThat(follower.highWatermark()).isEqualTo(3);
    }

    @Test
    void aLogThatRetentionEmptiedRemembersItsLastEpochAndItsVoters() throws IOException {
        open(FSYNC);
        lead(follower, 4, "a");
        control(follower, 4, ControlRecords.voters(now(), List.of(1, 2)));
        lead(follower, 6, "b");
        follower.advanceHighWatermark(3);
        follower.deleteRecordsBefore(3);

        for (int restarts = 0; restarts < 4; restarts++) {
            LogView view = follower.view();
            assertThat(view.start()).isEqualTo(new EpochOffset(6, 3));
            assertThat(view.end()).isEqualTo(new EpochOffset(6, 3));
            assertThat(view.endOfEpoch(4)).isEqualTo(new EpochOffset(6, 3));
            assertThat(view.latestVoters()).isEqualTo(VotersAt.of(1, List.of(1, 2)));
            directory.maintain();
            if (restarts == 1) {
                directory.close();
            } else {
                disk.crash(restarts);
            }
            open(FSYNC);
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void aRestartedLogHasNothingButItsPlaceAndItsVoters(Durability durability) throws IOException {
        LogDirectoryConfig config = FSYNC.withDurability(durability);
        open(config);
        append(follower, 3, Batches.idempotent(now(), 9, 0, 0, true, "x".repeat(900)), AppendOrigin.CLIENT);
        for (int i = 0; i < 5; i++) {
            lead(follower, 3, "y".repeat(900));
        }
        follower.advanceHighWatermark(2);
        directory.maintain();

        follower.restartAt(new EpochOffset(7, 1000), List.of(1, 2, 3));

        directory.checkInvariants();
        for (int restarts = 0; restarts < 3; restarts++) {
            LogView view = follower.view();
            assertThat(view.start()).isEqualTo(new EpochOffset(7, 1000));
            assertThat(view.end()).isEqualTo(new EpochOffset(7, 1000));
            assertThat(view.latestVoters()).isEqualTo(VotersAt.of(999, List.of(1, 2, 3)));
            assertThat(follower.highWatermark()).isEqualTo(1000);
            assertThat(follower.lastStableOffset()).isEqualTo(1000);
            assertThat(follower.producer(9)).isNull();
            assertThat(follower.damage()).isNull();
            assertThat(Replicas.batches(follower)).isEmpty();
            disk.killProcess();
            open(config);
        }
        Append next = fetched(follower, new EpochOffset(7, 1000), placed(1003, 7, "z"));
        directory.append(List.of(next));
        assertThat(next.failure()).isNull();
        assertThat(Batches.read(follower, 1000, 100)).containsExactly("1003=z");
    }

    @Test
    void aLogMayBeginAnewWithinABatch() throws IOException {
        open(FSYNC);
        follower.restartAt(new EpochOffset(3, 11), List.of());
        Append spanning = fetched(follower, new EpochOffset(3, 11), placed(10, 3, "a", "b", "c"));
        directory.append(List.of(spanning));
        assertThat(spanning.failure()).isNull();

        for (int restarts = 0; restarts < 4; restarts++) {
            directory.checkInvariants();
            assertThat(follower.view().start()).isEqualTo(new EpochOffset(3, 11));
            assertThat(follower.end()).isEqualTo(new EpochOffset(3, 13));
            assertThat(Batches.read(follower, 11, 100)).containsExactly("11=b", "12=c");
            disk.crash(restarts);
            open(FSYNC);
        }
        refused(fetchedOf(placed(12, 3, "x", "y"), new EpochOffset(3, 13)), ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void aLogMayBeginAnewBeforeItsEnd() throws IOException {
        open(FSYNC);
        for (int i = 0; i < 40; i++) {
            lead(follower, 3, "y".repeat(100));
        }
        directory.maintain();

        follower.restartAt(new EpochOffset(5, 20), List.of());

        assertThat(follower.end()).isEqualTo(new EpochOffset(5, 20));
        assertThat(follower.view().latestVoters()).isNull();
        lead(follower, 5, "z");
        disk.crash(9);
        open(FSYNC);
        assertThat(Batches.read(follower, 20, 1000)).containsExactly("20=z");
        assertThat(follower.view().start()).isEqualTo(new EpochOffset(5, 20));
        assertThatThrownBy(() -> follower.read(19, 100, 21, true)).isInstanceOf(ThalwegException.class);
    }

    @Test
    void aDamagedReplicaGivesUpFromTheDamageOnAndFetchesAgain() throws IOException {
        open(FSYNC);
        for (int i = 0; i < 30; i++) {
            lead(leader, 1 + i / 10, "value " + i + "x".repeat(200));
        }
        copyAll();
        follower.advanceHighWatermark(30);
        directory.close();
        Path segment = ROOT.resolve(FOLLOWER.directoryName()).resolve("00000000000000000007.log");
        assertThat(disk.exists(segment)).isTrue();
        try (FileHandle file = disk.openForWrite(segment)) {
            file.write(ByteBuffer.allocate(150), 400);
        }
        // Nothing is known, so that everything is read, and nothing else has what was damaged.
        disk.delete(ROOT.resolve("thalweg-checkpoint"));
        for (String journal : disk.list(ROOT.resolve("journal"))) {
            disk.delete(ROOT.resolve("journal").resolve(journal));
        }
        open(FSYNC);
        follower.open();
        assertThat(follower.damage()).isNotNull();
        long from = follower.damagedFrom();
        assertThat(from).isBetween(8L, 9L);
        refused(append(follower, 9, Batches.of(now(), "no"), AppendOrigin.CLIENT), ErrorCode.KAFKA_STORAGE_ERROR);

        follower.discardDamage();

        assertThat(follower.damage()).isNull();
        assertThat(follower.damagedFrom()).isEqualTo(-1);
        assertThat(follower.logEndOffset()).isEqualTo(from);
        copyAll();
        assertThat(Replicas.batches(follower)).isEqualTo(Replicas.batches(leader));
        assertThat(follower.view()).isEqualTo(leader.view());
    }

    @Test
    void aReplicaWhoseBeginningIsMissingBeginsAnewThere() throws IOException {
        open(FSYNC);
        for (int i = 0; i < 30; i++) {
            lead(leader, 1, "value " + i + "x".repeat(200));
        }
        copyAll();
        directory.maintain();
        directory.close();
        disk.delete(ROOT.resolve(FOLLOWER.directoryName()).resolve("00000000000000000000.log"));
        open(FSYNC);
        follower.open();
        assertThat(follower.damagedFrom()).isZero();

        follower.discardDamage();

        assertThat(follower.end()).isEqualTo(new EpochOffset(-1, 0));
        copyAll();
        assertThat(Replicas.batches(follower)).isEqualTo(Replicas.batches(leader));
    }
}
