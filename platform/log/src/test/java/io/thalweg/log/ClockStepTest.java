package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Environment;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Retention by age, when the wall clock is set ahead by more than it (reliability scenario 29). */
class ClockStepTest {

    private static final long DAY = 86_400_000;
    private static final LogId ID = new LogId(new Uuid(1, 2), 0);
    private static final LogConfig SETTINGS = LogConfig.defaults()
            .with()
            .segmentBytes(1_000)
            .retentionMillis(7 * DAY)
            .build();

    private final ManualEnvironment manual = ManualEnvironment.on(1, InMemoryFileSystem.with(Path.of("/")));
    private final Environment environment = manual.environment();

    private LogDirectory open() throws IOException {
        return LogDirectory.open(
                environment,
                Path.of("/data"),
                LogDirectoryConfig.defaults().withBounds(4 << 20, 64, 1 << 20).withIntervals(0, 0));
    }

    private void append(LogDirectory directory, PartitionLog log, int count) {
        for (int i = 0; i < count; i++) {
            long now = environment.clock().wallMillis();
            directory.append(List.of(new Append(log, Batches.of(now, "x".repeat(300)), 0, AppendOrigin.CLIENT)));
        }
        log.advanceHighWatermark(Long.MAX_VALUE);
    }

    @Test
    void nothingIsDeletedForAStepOfTheClockUntilTheHoldIsOver() throws IOException {
        try (LogDirectory directory = open()) {
            PartitionLog log = directory.log(ID, SETTINGS);
            append(directory, log, 20);

            manual.clock().jumpTo(environment.clock().wallMillis() + 30 * DAY);
            for (int hour = 0; hour < 23; hour++) {
                directory.maintain();
                manual.clock().advance(DAY / 24);
            }
            directory.maintain();
            assertThat(log.logStartOffset()).isZero();

            manual.clock().advance(DAY / 24);
            directory.maintain();
            assertThat(log.logStartOffset()).isPositive();
        }
    }

    @Test
    void whatIsReallyOldGoesDuringTheHoldAsEver() throws IOException {
        try (LogDirectory directory = open()) {
            PartitionLog log = directory.log(ID, SETTINGS);
            append(directory, log, 20);
            directory.maintain();
            manual.clock().advance(7 * DAY - DAY / 2);
            directory.maintain();
            manual.clock().jumpTo(environment.clock().wallMillis() + DAY);
            directory.maintain();
            assertThat(log.logStartOffset()).isZero();

            manual.clock().advance(DAY / 2 + 1);
            directory.maintain();
            assertThat(log.logStartOffset()).isPositive();
        }
    }

    @Test
    void aClockThatIsSetRightInTimeCostsNothing() throws IOException {
        try (LogDirectory directory = open()) {
            PartitionLog log = directory.log(ID, SETTINGS);
            append(directory, log, 20);
            manual.clock().jumpTo(environment.clock().wallMillis() + 30 * DAY);
            directory.maintain();
            manual.clock().advance(DAY / 2);
            manual.clock().jumpTo(environment.clock().wallMillis() - 30 * DAY);
            directory.maintain();

            manual.clock().advance(2 * DAY);
            directory.maintain();
            assertThat(log.logStartOffset()).isZero();
        }
    }
}
