package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Environment;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Segments are flushed bit by bit while a journal file fills, not all at once when it is full. */
class FlushAheadTest {

    private static final int MIB = 1 << 20;
    private static final String HALF = "x".repeat(MIB / 2);

    /** Journal files of 32 MiB, and nothing else that would be due at the same time. */
    private static final LogDirectoryConfig CONFIG =
            LogDirectoryConfig.defaults().withBounds(128 << 20, 64, 4 << 20).withIntervals(3_600_000, 3_600_000);

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final Environment environment = ManualEnvironment.on(1, disk).environment();
    private final AtomicInteger asked = new AtomicInteger();

    private LogDirectory open() throws IOException {
        LogDirectory directory = LogDirectory.open(environment, Path.of("/data"), CONFIG);
        directory.onMaintenanceWanted(asked::incrementAndGet);
        return directory;
    }

    private void append(LogDirectory directory, int partition, String value) {
        PartitionLog log = directory.log(new LogId(new Uuid(1, 2), partition), LogConfig.defaults());
        Append append = new Append(log, Batches.of(environment.clock().wallMillis(), value), 0, AppendOrigin.CLIENT);
        directory.append(List.of(append));
        assertThat(append.failure()).isNull();
        directory.checkInvariants();
    }

    private long forcesOfMaintenance(LogDirectory directory) {
        long before = disk.forces();
        directory.maintain();
        return disk.forces() - before;
    }

    @Test
    void aLogWithMuchToFlushIsFlushedLongBeforeTheJournalFileIsFull() throws IOException {
        try (LogDirectory directory = open()) {
            for (int i = 0; i < 15; i++) {
                append(directory, 0, HALF);
            }
            append(directory, 1, "little");
            assertThat(asked).hasValue(0);
            assertThat(forcesOfMaintenance(directory)).isZero();

            append(directory, 0, HALF);

            assertThat(asked).hasValue(1);
            assertThat(forcesOfMaintenance(directory)).as("one segment").isEqualTo(1);
            assertThat(forcesOfMaintenance(directory)).as("no more to do").isZero();
            append(directory, 1, "little");
            assertThat(asked).as("asked once for each eight mebibytes").hasValue(1);
        }
    }

    @Test
    void logsWithLittleToFlushWaitForTheJournalFile() throws IOException {
        String eighth = "x".repeat(MIB / 8);
        try (LogDirectory directory = open()) {
            for (int partition = 0; partition < 70; partition++) {
                append(directory, partition, eighth);
            }

            assertThat(asked).hasPositiveValue();
            assertThat(forcesOfMaintenance(directory)).isZero();
        }
    }

    @Test
    void oneRunFlushesABoundedNumberOfBytesAndTheNextGoesOn() throws IOException {
        try (LogDirectory directory = open()) {
            for (int partition = 0; partition < 20; partition++) {
                append(directory, partition, HALF);
            }
            assertThat(forcesOfMaintenance(directory)).isEqualTo(16);

            for (int partition = 20; partition < 36; partition++) {
                append(directory, partition, HALF);
            }
            assertThat(forcesOfMaintenance(directory)).isEqualTo(16);
            PartitionLog hadNoTurn = directory.log(new LogId(new Uuid(1, 2), 19), LogConfig.defaults());
            assertThat(hadNoTurn.flush.unflushedBytes()).isZero();
        }
    }

    @Test
    void whatWasFlushedAheadIsReadAfterAPowerCut() throws IOException {
        // Not closed: the machine dies with it.
        LogDirectory dies = open();
        for (int i = 0; i < 16; i++) {
            append(dies, 0, i + HALF);
        }
        assertThat(forcesOfMaintenance(dies)).isPositive();
        append(dies, 0, "last");

        disk.crash(5);

        try (LogDirectory directory = open()) {
            List<String> found =
                    Batches.read(directory.log(new LogId(new Uuid(1, 2), 0), LogConfig.defaults()), 0, 4 * MIB);
            assertThat(found).hasSize(17);
            assertThat(found.get(15)).startsWith("15=15x");
            assertThat(found.get(16)).isEqualTo("16=last");
        }
    }
}
