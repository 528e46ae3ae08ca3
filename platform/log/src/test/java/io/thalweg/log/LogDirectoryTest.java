package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.environment.Environment;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.ValidatedBatches;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class LogDirectoryTest {

    private static final Path ROOT = Path.of("/data");
    private static final LogId ORDERS = new LogId(new Uuid(1, 2), 0);
    private static final LogConfig SETTINGS = LogConfig.defaults();
    private static final LogDirectoryConfig FSYNC =
            LogDirectoryConfig.defaults().withBounds(4 << 20, 64, 4 << 20).withIntervals(0, 0);
    private static final LogDirectoryConfig OS = FSYNC.withDurability(Durability.OS);

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final ManualEnvironment manual = ManualEnvironment.on(1, disk);
    private final Environment environment = manual.environment();

    private LogDirectory open(LogDirectoryConfig config) throws IOException {
        return LogDirectory.open(environment, ROOT, config);
    }

    private long now() {
        return environment.clock().wallMillis();
    }

    private Append append(LogDirectory directory, PartitionLog log, ValidatedBatches batches) {
        return append(directory, log, batches, AppendOrigin.CLIENT);
    }

    private Append append(LogDirectory directory, PartitionLog log, ValidatedBatches batches, AppendOrigin origin) {
        Append append = new Append(log, batches, 3, origin);
        directory.append(List.of(append));
        log.advanceHighWatermark(log.logEndOffset());
        directory.checkInvariants();
        return append;
    }

    @Test
    void whatWasAppendedIsReadFromMemoryAndFromTheFile() throws IOException {
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog log = directory.log(ORDERS, SETTINGS);

            Append first = append(directory, log, Batches.of(now(), "a", "b"));
            Append second = append(directory, log, Batches.of(now(), "c"));

            assertThat(first.baseOffset()).isZero();
            assertThat(second.baseOffset()).isEqualTo(2);
            assertThat(log.readTail(1, 1000, 3, true)).isNotNull();
            assertThat(Batches.read(log, 0, 1000)).containsExactly("0=a", "1=b", "2=c");
        }
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog log = directory.log(ORDERS, SETTINGS);
            assertThat(log.logEndOffset()).isEqualTo(3);
            assertThat(log.highWatermark()).isEqualTo(3);
            assertThat(log.leaderEpoch()).isEqualTo(3);
            assertThat(log.readTail(1, 1000, 3, true)).isNull();
            assertThat(Batches.read(log, 1, 1000)).containsExactly("1=b", "2=c");
        }
    }

    @Test
    void aGroupCommitsAllItsLogsWithOneFlush() throws IOException {
        try (LogDirectory directory = open(FSYNC)) {
            List<Append> group = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                PartitionLog log = directory.log(new LogId(new Uuid(1, 2), i % 10), SETTINGS);
                group.add(new Append(log, Batches.of(now(), "v" + i), 0, AppendOrigin.CLIENT));
            }
            long before = disk.forces();

            directory.append(group);

            assertThat(disk.forces() - before).isEqualTo(1);
            assertThat(group).allMatch(append -> append.failure() == null);
            assertThat(Batches.read(directory.log(new LogId(new Uuid(1, 2), 7), SETTINGS), 0, 1000))
                    .containsExactly("0=v7", "1=v17", "2=v27", "3=v37", "4=v47");
            directory.checkInvariants();
        }
    }

    @Test
    void anAcknowledgedAppendSurvivesAPowerCutBeforeAnySegmentWasFlushed() throws IOException {
        // Not closed: the machine dies with it.
        LogDirectory dies = open(FSYNC);
        append(dies, dies.log(ORDERS, SETTINGS), Batches.of(now(), "a"));
        append(dies, dies.log(ORDERS, SETTINGS), Batches.of(now(), "b", "c"));

        disk.crash(5);

        try (LogDirectory directory = open(FSYNC)) {
            assertThat(Batches.read(directory.log(ORDERS, SETTINGS), 0, 1000)).containsExactly("0=a", "1=b", "2=c");
        }
    }

    @Test
    void aRetryOfAnyOfTheLastFiveBatchesGetsTheFirstOffsetBack() throws IOException {
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog log = directory.log(ORDERS, SETTINGS);
            for (int i = 0; i < 6; i++) {
                assertThat(append(directory, log, Batches.idempotent(now(), 9, 0, 2 * i, false, "a" + i, "b" + i))
                                .baseOffset())
                        .isEqualTo(2L * i);
            }
        }
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog log = directory.log(ORDERS, SETTINGS);
            for (int i = 1; i < 6; i++) {
                Append retry = append(directory, log, Batches.idempotent(now(), 9, 0, 2 * i, false, "a" + i, "b" + i));
                assertThat(retry.duplicate()).isTrue();
                assertThat(retry.baseOffset()).isEqualTo(2L * i);
            }
            Append gap = append(directory, log, Batches.idempotent(now(), 9, 0, 40, false, "x"));
            assertThat(gap.failure().error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
            Append old = append(directory, log, Batches.idempotent(now(), 9, 1, 0, false, "new epoch"));
            assertThat(old.baseOffset()).isEqualTo(12);
            Append fenced = append(directory, log, Batches.idempotent(now(), 9, 0, 12, false, "x"));
            assertThat(fenced.failure().error()).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
            assertThat(log.logEndOffset()).isEqualTo(13);
        }
    }

    @Test
    void pipelinedBatchesOfOneProducerFollowEachOtherWithinAGroup() throws IOException {
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog log = directory.log(ORDERS, SETTINGS);
            List<Append> group = List.of(
                    new Append(log, Batches.idempotent(now(), 9, 0, 0, false, "a"), 0, AppendOrigin.CLIENT),
                    new Append(log, Batches.idempotent(now(), 9, 0, 1, false, "b"), 0, AppendOrigin.CLIENT),
                    new Append(log, Batches.idempotent(now(), 9, 0, 1, false, "b"), 0, AppendOrigin.CLIENT),
                    new Append(log, Batches.idempotent(now(), 9, 0, 3, false, "d"), 0, AppendOrigin.CLIENT));

            directory.append(group);

            assertThat(group.get(1).baseOffset()).isEqualTo(1);
            assertThat(group.get(2).duplicate()).isTrue();
            assertThat(group.get(2).baseOffset()).isEqualTo(1);
            assertThat(group.get(3).failure().error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertThat(log.logEndOffset()).isEqualTo(2);
        }
    }

    @Test
    void sequencesWrapToZero() throws IOException {
        try (LogDirectory directory = open(OS)) {
            PartitionLog log = directory.log(ORDERS, SETTINGS);
            append(directory, log, Batches.idempotent(now(), 9, 0, Integer.MAX_VALUE - 1, false, "a", "b"));

            Append wrapped = append(directory, log, Batches.idempotent(now(), 9, 0, 0, false, "c"));

            assertThat(wrapped.failure()).isNull();
            assertThat(wrapped.baseOffset()).isEqualTo(2);
        }
    }

    @Test
    void anOpenTransactionHoldsTheLastStableOffsetAndItsAbortIsTold() throws IOException {
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog log = directory.log(ORDERS, SETTINGS);
            append(directory, log, Batches.of(now(), "plain"));
            append(directory, log, Batches.idempotent(now(), 9, 0, 0, true, "t1"));
            append(directory, log, Batches.of(now(), "plain2"));
            assertThat(log.lastStableOffset()).isEqualTo(1);

            append(directory, log, Batches.marker(now(), 9, 0, false, 7), AppendOrigin.COORDINATOR);

            assertThat(log.lastStableOffset()).isEqualTo(4);
            assertThat(log.abortedTransactions(0, 4)).containsExactly(new AbortedTxn(9, 1, 3, 4));
            assertThat(log.abortedTransactionsIfOpen(3, 4)).containsExactly(new AbortedTxn(9, 1, 3, 4));
            assertThat(log.abortedTransactionsIfOpen(4, 5)).isEmpty();
            Append stale = append(directory, log, Batches.marker(now(), 9, 0, false, 6), AppendOrigin.COORDINATOR);
            assertThat(stale.failure().error()).isEqualTo(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
            append(directory, log, Batches.idempotent(now(), 9, 0, 1, true, "t2"));
        }
        disk.killProcess();
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog log = directory.log(ORDERS, SETTINGS);
            assertThat(log.abortedTransactionsIfOpen(0, 5)).isNull();
            assertThat(log.lastStableOffset()).isEqualTo(4);
            assertThat(log.abortedTransactions(0, 5)).containsExactly(new AbortedTxn(9, 1, 3, 4));
            append(directory, log, Batches.marker(now(), 9, 0, true, 7), AppendOrigin.COORDINATOR);
            assertThat(log.lastStableOffset()).isEqualTo(6);
            assertThat(log.abortedTransactions(0, 6)).hasSize(1);
        }
    }

    @Test
    void readsOutsideTheLogAreRefused() throws IOException {
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog log = directory.log(ORDERS, SETTINGS);
            append(directory, log, Batches.of(now(), "a"));

            assertThatThrownBy(() -> log.read(2, 100, 2, true))
                    .isInstanceOfSatisfying(
                            ThalwegException.class,
                            refused -> assertThat(refused.error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE));
            assertThat(log.read(1, 100, 1, true).records().sizeInBytes()).isZero();
        }
    }
}
