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

    private static final LogId ID_OF_FIRST = new LogId(new Uuid(1, 2), 0);

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final Environment environment = ManualEnvironment.on(1, disk).environment();
    private final AtomicInteger asked = new AtomicInteger();

    private LogDirectory open() throws IOException {
        LogDirectory directory = LogDirectory.open(environment, Path.of("/data"), CONFIG);
        directory.onFlushWanted(asked::incrementAndGet);
        return directory;
    }

    private static PartitionLog log(LogDirectory directory, int partition) {
        return directory.log(new LogId(ID_OF_FIRST.topicId(), partition), LogConfig.defaults());
    }

    private void append(LogDirectory directory, int partition, String value) {
        Append append = new Append(
                log(directory, partition), Batches.of(environment.clock().wallMillis(), value), 0, AppendOrigin.CLIENT);
        directory.append(List.of(append));
        assertThat(append.failure()).isNull();
        directory.checkInvariants();
    }

    private long forcesOfFlush(LogDirectory directory) {
        long before = disk.forces();
        directory.flushBehind();
        return disk.forces() - before;
    }

    @Test
    void aLogWithMuchToFlushIsFlushedLongBeforeTheJournalFileIsFull() throws IOException {
        try (LogDirectory directory = open()) {
            append(directory, 1, "little");
            for (int i = 0; i < 4; i++) {
                append(directory, 0, HALF);
            }
            assertThat(asked).as("two mebibytes, but for those of this group").hasValue(0);
            assertThat(forcesOfFlush(directory)).isZero();

            append(directory, 0, "one more");

            assertThat(asked).hasValue(1);
            assertThat(forcesOfFlush(directory)).as("a segment and its names").isPositive();
            assertThat(forcesOfFlush(directory)).as("no more to do").isZero();
            append(directory, 1, "little");
            append(directory, 0, HALF);
            assertThat(asked).as("little is unflushed now").hasValue(1);
        }
    }

    @Test
    void aLogIsFlushedAheadAgainAndAgain() throws IOException {
        try (LogDirectory directory = open()) {
            for (int i = 0; i < 40; i++) {
                append(directory, 0, HALF);
                directory.flushBehind();
                assertThat(log(directory, 0).flush.unflushedBytes()).isLessThan(3 * MIB);
            }
            assertThat(asked).as("each two and a half mebibytes").hasValue(8);
        }
    }

    @Test
    void whatWaitsIsFlushedOnceHoweverOftenItAsks() throws IOException {
        try (LogDirectory directory = open()) {
            append(directory, 0, "first");
            append(directory, 1, "first");
            log(directory, 0).flush.flush();
            log(directory, 1).flush.flush();
            for (int i = 0; i < 20; i++) {
                append(directory, i % 2, HALF);
            }

            assertThat(forcesOfFlush(directory)).as("two segments").isEqualTo(2);
            assertThat(log(directory, 0).flush.unflushedBytes()).isZero();
            assertThat(log(directory, 1).flush.unflushedBytes()).isZero();
        }
    }

    @Test
    void logsWithLittleToFlushWaitForTheJournalFile() throws IOException {
        String eighth = "x".repeat(MIB / 8);
        try (LogDirectory directory = open()) {
            for (int partition = 0; partition < 70; partition++) {
                append(directory, partition, eighth);
            }

            assertThat(asked).hasValue(0);
            assertThat(forcesOfFlush(directory)).isZero();
        }
    }

    @Test
    void aLogThatIsDeletedMeanwhileIsLeftAlone() throws IOException {
        try (LogDirectory directory = open()) {
            for (int i = 0; i < 5; i++) {
                append(directory, 0, HALF);
            }
            directory.delete(ID_OF_FIRST);

            assertThat(forcesOfFlush(directory)).isZero();
            assertThat(directory.offline()).isFalse();
        }
    }

    @Test
    void whatWasFlushedAheadIsReadAfterAPowerCut() throws IOException {
        // Not closed: the machine dies with it.
        LogDirectory dies = open();
        for (int i = 0; i < 16; i++) {
            append(dies, 0, i + HALF);
        }
        assertThat(forcesOfFlush(dies)).isPositive();
        append(dies, 0, "last");

        disk.crash(5);

        try (LogDirectory directory = open()) {
            List<String> found = Batches.read(log(directory, 0), 0, 4 * MIB);
            assertThat(found).hasSize(17);
            assertThat(found.get(15)).startsWith("15=15x");
            assertThat(found.get(16)).isEqualTo("16=last");
        }
    }
}
