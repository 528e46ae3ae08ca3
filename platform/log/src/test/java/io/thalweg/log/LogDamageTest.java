package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileHandle;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.record.AppendOrigin;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is derived is rebuilt; what is not is told, never cut off. */
class LogDamageTest {

    private static final Path ROOT = Path.of("/data");
    private static final LogId ID = new LogId(new Uuid(1, 2), 0);
    private static final Path LOG = ROOT.resolve(ID.directoryName());
    private static final LogConfig SETTINGS = LogConfig.defaults()
            .with()
            .segmentBytes(2000)
            .indexIntervalBytes(100)
            .build();
    private static final LogDirectoryConfig FSYNC =
            LogDirectoryConfig.defaults().withBounds(4 << 20, 64, 1 << 20).withIntervals(0, 0);

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final ManualEnvironment manual = ManualEnvironment.on(1, disk);
    private final Environment environment = manual.environment();

    private LogDirectory open() throws IOException {
        return LogDirectory.open(environment, ROOT, FSYNC);
    }

    private Append append(LogDirectory directory, PartitionLog log, ValidatedBatches batches) {
        Append append = new Append(log, batches, 0, AppendOrigin.CLIENT);
        directory.append(List.of(append));
        log.advanceHighWatermark(Long.MAX_VALUE);
        return append;
    }

    /** Sixty batches in several segments, with an idempotent producer and an aborted transaction. */
    private List<String> fill(LogDirectory directory) throws IOException {
        PartitionLog log = directory.log(ID, SETTINGS);
        long now = environment.clock().wallMillis();
        for (int i = 0; i < 20; i++) {
            append(directory, log, Batches.of(now + i, "plain" + i, "x".repeat(80)));
            append(directory, log, Batches.idempotent(now + i, 9, 0, i, false, "mine" + i));
            append(directory, log, Batches.idempotent(now + i, 10, 0, i, true, "open" + i));
        }
        Append marker = new Append(log, Batches.marker(now, 10, 0, false, 1), 0, AppendOrigin.COORDINATOR);
        directory.append(List.of(marker));
        log.advanceHighWatermark(Long.MAX_VALUE);
        assertThat(marker.failure()).isNull();
        return Batches.read(log, 0, 1 << 20);
    }

    private void verify(LogDirectory directory, List<String> content) throws IOException {
        PartitionLog log = directory.log(ID, SETTINGS);
        assertThat(log.damage()).isNull();
        assertThat(Batches.read(log, 0, 700)).isEqualTo(content);
        assertThat(log.abortedTransactions(0, 1000)).hasSize(1);
        assertThat(log.endOfEpoch(0)).isEqualTo(new EpochEnd(0, log.logEndOffset()));
        long now = environment.clock().wallMillis();
        assertThat(log.offsetForTimestamp(now + 19).timestamp()).isEqualTo(now + 19);
        Append retry = append(directory, log, Batches.idempotent(now + 19, 9, 0, 19, false, "mine19"));
        assertThat(retry.duplicate()).isTrue();
        Append next = append(directory, log, Batches.idempotent(now + 20, 9, 0, 20, false, "mine20"));
        assertThat(next.failure()).isNull();
        directory.checkInvariants();
    }

    private void spoil(String suffix, String how) throws IOException {
        int spoilt = 0;
        for (Path directory : List.of(ROOT, LOG)) {
            for (String name : disk.list(directory)) {
                Path file = directory.resolve(name);
                if (!name.endsWith(suffix)) {
                    continue;
                }
                long size = disk.size(file);
                switch (how) {
                    case "deleted" -> disk.delete(file);
                    case "cut" -> {
                        try (FileHandle handle = disk.openForWrite(file)) {
                            handle.truncate(size / 2);
                        }
                    }
                    case "zeroed" -> {
                        try (FileHandle handle = disk.openForWrite(file)) {
                            handle.write(ByteBuffer.allocate((int) size), 0);
                        }
                    }
                    default -> throw new IllegalArgumentException(how);
                }
                spoilt++;
            }
        }
        assertThat(spoilt).as("files spoilt").isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        ".index,deleted", ".index,cut", ".index,zeroed",
        ".timeindex,deleted", ".timeindex,cut", ".timeindex,zeroed",
        ".snapshot,deleted", ".snapshot,cut", ".snapshot,zeroed",
        "leader-epoch-checkpoint,deleted", "leader-epoch-checkpoint,cut", "leader-epoch-checkpoint,zeroed",
        "thalweg-checkpoint,deleted", "thalweg-checkpoint,cut", "thalweg-checkpoint,zeroed",
        "meta.properties,deleted", "meta.properties,cut", "meta.properties,zeroed",
        "partition.metadata,deleted", ".txnindex,deleted"
    })
    void aDerivedFileIsRebuilt(String suffix, String how) throws IOException {
        List<String> content;
        try (LogDirectory directory = open()) {
            content = fill(directory);
        }
        spoil(suffix, how);
        try (LogDirectory directory = open()) {
            verify(directory, content);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".index", ".snapshot", "leader-epoch-checkpoint", "thalweg-checkpoint"})
    void aDerivedFileIsRebuiltAfterAPowerCutToo(String suffix) throws IOException {
        LogDirectory dies = open();
        List<String> content = fill(dies);
        dies.maintain();
        dies.log(ID, SETTINGS).flush.flush();
        disk.crash(3);
        spoil(suffix, "deleted");
        try (LogDirectory directory = open()) {
            verify(directory, content);
        }
    }

    /** A power cut may take the new log's directory, whose name nobody made durable yet; the journal has all of it. */
    @Test
    void aNewLogOfWhichACheckpointTellsComesFromTheJournal() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            InMemoryFileSystem fresh = InMemoryFileSystem.with(Path.of("/"));
            Environment machine = ManualEnvironment.on(seed, fresh).environment();
            LogDirectory dies = LogDirectory.open(machine, ROOT, FSYNC);
            PartitionLog young = dies.log(ID, SETTINGS);
            append(dies, young, Batches.of(environment.clock().wallMillis(), "a", "b"));
            append(dies, young, Batches.of(environment.clock().wallMillis(), "c"));
            List<String> content = Batches.read(young, 0, 700);
            dies.maintain();
            fresh.crash(seed);
            try (LogDirectory directory = LogDirectory.open(machine, ROOT, FSYNC)) {
                PartitionLog log = directory.log(ID, SETTINGS);
                assertThat(Batches.read(log, 0, 700)).as("seed=%d", seed).isEqualTo(content);
                assertThat(log.damage()).isNull();
                directory.checkInvariants();
            }
        }
    }

    /** The record that lies at this byte of the log's first segment, and those of its batch, are lost. */
    private long flip(int position) throws IOException {
        String first = disk.list(LOG).stream()
                .filter(name -> name.endsWith(".log"))
                .findFirst()
                .orElseThrow();
        disk.flipBit(LOG.resolve(first), 8L * position);
        return position;
    }

    @Test
    void aFlippedBitInWhatTheJournalHoldsIsRepaired() throws IOException {
        LogDirectory dies = open();
        List<String> content = fill(dies);
        flip(900);
        disk.killProcess();
        try (LogDirectory directory = open()) {
            verify(directory, content);
        }
        assertThat(dies.offline()).isFalse();
    }

    private void scrub(LogDirectory directory) {
        manual.clock().advance(LogScrubber.FIRST_PASS_NANOS / 1_000_000);
        for (int i = 0; i < 3; i++) {
            manual.clock().advance(1_000);
            directory.maintain();
        }
    }

    @Test
    void scrubbingFindsABitThatFlippedWhileTheNodeRuns() throws IOException {
        try (LogDirectory directory = open()) {
            List<String> content = fill(directory);
            PartitionLog log = directory.log(ID, SETTINGS);
            flip(900);
            manual.clock().advance(1_000);
            directory.maintain();
            assertThat(log.damage()).as("before the first pass").isNull();

            scrub(directory);

            assertThat(log.damage()).contains("unreadable").contains("position=");
            assertThat(log.logEndOffset()).as("nothing is cut off").isEqualTo(content.size() + 1L);
            Append refused =
                    append(directory, log, Batches.of(environment.clock().wallMillis(), "more"));
            assertThat(refused.failure().error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            directory.checkInvariants();
        }
    }

    @Test
    void scrubbingASoundLogFindsNothing() throws IOException {
        try (LogDirectory directory = open()) {
            List<String> content = fill(directory);

            scrub(directory);

            PartitionLog log = directory.log(ID, SETTINGS);
            assertThat(log.damage()).isNull();
            assertThat(Batches.read(log, 0, 700)).isEqualTo(content);
            directory.checkInvariants();
        }
    }

    @Test
    void aFlippedBitThatNothingCanRepairMakesTheLogReadOnlyAndAllElseReadable() throws IOException {
        List<String> content;
        try (LogDirectory directory = open()) {
            content = fill(directory);
        }
        flip(900);
        disk.delete(ROOT.resolve("thalweg-checkpoint"));
        for (String name : disk.list(ROOT.resolve("journal"))) {
            disk.delete(ROOT.resolve("journal").resolve(name));
        }
        try (LogDirectory directory = open()) {
            PartitionLog log = directory.log(ID, SETTINGS);

            List<String> found = Batches.read(log, 0, 700);

            assertThat(log.damage()).contains("unreadable").contains("position=");
            List<String> lost = new ArrayList<>(content);
            lost.removeAll(found);
            assertThat(lost).hasSizeBetween(1, 2);
            assertThat(found)
                    .isEqualTo(content.stream()
                            .filter(line -> !lost.contains(line))
                            .toList());
            Append refused =
                    append(directory, log, Batches.of(environment.clock().wallMillis(), "more"));
            assertThat(refused.failure().error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);

            // The operator gives up what cannot be read.
            long before = Long.parseLong(lost.get(0).substring(0, lost.get(0).indexOf('=')));
            log.truncateTo(before);
            assertThat(log.damage()).isNull();
            assertThat(append(directory, log, Batches.of(environment.clock().wallMillis(), "more"))
                            .baseOffset())
                    .isEqualTo(before);
        }
    }

    @Test
    void aTornTailIsCutOffAndNothingElse() throws IOException {
        List<String> content;
        try (LogDirectory directory = open()) {
            content = fill(directory);
        }
        String last = disk.list(LOG).stream()
                .filter(name -> name.endsWith(".log"))
                .reduce((a, b) -> b)
                .orElseThrow();
        disk.delete(ROOT.resolve("thalweg-checkpoint"));
        try (FileHandle handle = disk.openForWrite(LOG.resolve(last))) {
            handle.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 1, 2, 3}), handle.size());
        }
        try (LogDirectory directory = open()) {
            verify(directory, content);
        }
    }

    @Test
    void aDirectoryOfAnotherClusterIsRefusedBeforeAByteIsWritten() throws IOException {
        open().close();
        long written = disk.bytesWritten();

        assertThatThrownBy(() -> LogDirectory.open(environment, ROOT, FSYNC.withOwner(new Uuid(5, 5), 0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another cluster");
        assertThatThrownBy(() -> LogDirectory.open(environment, ROOT, FSYNC.withOwner(null, 7)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another node");
        assertThat(disk.bytesWritten()).isEqualTo(written);
        open().close();
    }

    @Test
    void aFailedFlushIsFatalForAppendsAndNotForReads() throws IOException {
        LogDirectory directory = open();
        PartitionLog log = directory.log(ID, SETTINGS);
        append(directory, log, Batches.of(environment.clock().wallMillis(), "a"));
        disk.failNextForce();

        Append failed = append(directory, log, Batches.of(environment.clock().wallMillis(), "b"));
        Append later = append(directory, log, Batches.of(environment.clock().wallMillis(), "c"));

        assertThat(failed.failure().error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(later.failure().error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(directory.offline()).isTrue();
        assertThat(Batches.read(log, 0, 1000)).containsExactly("0=a");
        directory.close();
    }

    @Test
    void aFullDiskRefusesAppendsUntilThereIsSpaceAgain() throws IOException {
        try (LogDirectory directory = open()) {
            PartitionLog log = directory.log(ID, SETTINGS);
            append(directory, log, Batches.of(environment.clock().wallMillis(), "a"));
            disk.setCapacity(disk.usedBytes());
            // In the journal, so durable; the segment has no space for it, memory does.
            Append journaled =
                    append(directory, log, Batches.of(environment.clock().wallMillis(), "b"));
            assertThat(journaled.failure()).isNull();

            Append refused =
                    append(directory, log, Batches.of(environment.clock().wallMillis(), "c"));

            assertThat(refused.failure().error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            assertThat(refused.failure().error().retriable()).isTrue();
            assertThat(directory.offline()).isFalse();
            assertThat(Batches.read(log, 0, 1000)).containsExactly("0=a", "1=b");

            disk.setCapacity(Long.MAX_VALUE);
            manual.clock().advance(1000);
            Append resumed =
                    append(directory, log, Batches.of(environment.clock().wallMillis(), "d"));
            assertThat(resumed.baseOffset()).isEqualTo(2);
            assertThat(Batches.read(log, 0, 1000)).containsExactly("0=a", "1=b", "2=d");
            directory.checkInvariants();
        }
    }

    @Test
    void manyLogsNeedFewOpenFilesAndOpenLazily() throws IOException {
        try (LogDirectory directory = open()) {
            for (int from = 0; from < 2000; from += 100) {
                List<Append> group = new ArrayList<>();
                for (int i = from; i < from + 100; i++) {
                    group.add(new Append(
                            directory.log(new LogId(new Uuid(1, 2), i), SETTINGS),
                            Batches.of(environment.clock().wallMillis(), "v" + i),
                            0,
                            AppendOrigin.CLIENT));
                }
                directory.append(group);
                assertThat(group).allMatch(append -> append.failure() == null);
            }
            assertThat(directory.openFiles().count()).isLessThanOrEqualTo(64);
        }
        long reads = disk.forces();
        try (LogDirectory directory = open()) {
            assertThat(directory.stored()).hasSize(2000);
            for (int i = 0; i < 2000; i++) {
                assertThat(directory.log(new LogId(new Uuid(1, 2), i), SETTINGS).logEndOffset())
                        .isEqualTo(1);
            }
            // Nothing was opened to say so.
            assertThat(directory.openFiles().count()).isZero();
            assertThat(disk.forces() - reads).isLessThan(20);
        }
    }
}
