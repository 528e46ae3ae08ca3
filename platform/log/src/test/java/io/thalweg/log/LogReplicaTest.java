package io.thalweg.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileHandle;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.BatchValidator;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.thalweg.log.record.ValidatedBatches;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A log as replication drives it: as a leader's, as a follower's, and as one that turns from one into the other. */
class LogReplicaTest {

    private static final Path ROOT = Path.of("/data");
    private static final LogId LEADER = new LogId(new Uuid(1, 2), 0);
    private static final LogId FOLLOWER = new LogId(new Uuid(3, 4), 0);
    private static final LogConfig SETTINGS =
            LogConfig.defaults().with().segmentBytes(2000).build();
    private static final LogDirectoryConfig FSYNC =
            LogDirectoryConfig.defaults().withBounds(4 << 20, 64, 1 << 20).withIntervals(0, 0);

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final ManualEnvironment manual = ManualEnvironment.on(1, disk);
    private final Environment environment = manual.environment();
    private LogDirectory directory;
    private PartitionLog leader;
    private PartitionLog follower;

    private void open(LogDirectoryConfig config) throws IOException {
        directory = LogDirectory.open(environment, ROOT, config);
        leader = directory.log(LEADER, SETTINGS);
        follower = directory.log(FOLLOWER, SETTINGS);
    }

    private long now() {
        return environment.clock().wallMillis();
    }

    private Append append(PartitionLog log, int epoch, ValidatedBatches batches, AppendOrigin origin) {
        Append append = new Append(log, batches, epoch, origin);
        directory.append(List.of(append));
        directory.checkInvariants();
        return append;
    }

    private void lead(PartitionLog log, int epoch, String... values) {
        assertThat(append(log, epoch, Batches.of(now(), values), AppendOrigin.CLIENT)
                        .failure())
                .isNull();
    }

    private void control(PartitionLog log, int epoch, ValidatedBatches batches) {
        assertThat(append(log, epoch, batches, AppendOrigin.COORDINATOR).failure())
                .isNull();
    }

    private void copyAll() throws IOException {
        while (true) {
            List<Append> appends = Replicas.fetch(leader, follower, 300);
            if (appends.isEmpty()) {
                return;
            }
            directory.append(appends);
            directory.checkInvariants();
            assertThat(appends)
                    .allSatisfy(append -> assertThat(append.failure()).isNull());
        }
    }

    private static void refused(Append append, ErrorCode error) {
        ThalwegException failure = append.failure();
        assertThat(failure).isNotNull();
        assertThat(failure.error()).isEqualTo(error);
    }

    /** A batch that has its place, as it comes from a leader. */
    private static ByteBuffer placed(long base, int epoch, String... values) {
        BatchBuilder builder = BatchBuilder.uncompressed().position(base, epoch);
        for (String value : values) {
            builder.append(1000, null, value.getBytes(UTF_8));
        }
        return builder.build();
    }

    private static Append fetched(PartitionLog log, EpochOffset from, ByteBuffer batch) {
        return Append.fetched(log, batch, from, Replicas.endOf(batch, from)).get(0);
    }

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

    private Append fetchedOf(ByteBuffer batch, EpochOffset from) {
        Append append = fetched(follower, from, batch);
        directory.append(List.of(append));
        return append;
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
