package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.ValidatedBatches;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An idempotent producer that did not hear the answer sends its batches again, much later: it is told where they went, over
 * new segments, retention and every kind of restart (reliability scenario 14).
 */
class RetriedBatchTest {

    private static final Path ROOT = Path.of("/data");
    private static final LogId ID = new LogId(new Uuid(1, 2), 0);
    private static final LogConfig SETTINGS = LogConfig.defaults()
            .with()
            .segmentBytes(1_000)
            .retentionBytes(3_000)
            .fileDeleteDelayMillis(0)
            .build();
    private static final LogDirectoryConfig FSYNC =
            LogDirectoryConfig.defaults().withBounds(4 << 20, 64, 1 << 20).withIntervals(0, 0);
    private static final int PRODUCER = 9;

    /** Of the last batches of a producer so many are remembered, as with Kafka. */
    private static final int REMEMBERED = 5;

    private enum End {
        CLEAN,
        KILLED,
        POWER_CUT
    }

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final ManualEnvironment manual = ManualEnvironment.on(1, disk);

    private LogDirectory open() throws IOException {
        return LogDirectory.open(manual.environment(), ROOT, FSYNC);
    }

    private Append append(LogDirectory directory, ValidatedBatches batches) {
        PartitionLog log = directory.log(ID, SETTINGS);
        Append append = new Append(log, batches, 0, AppendOrigin.CLIENT);
        directory.append(List.of(append));
        log.advanceHighWatermark(Long.MAX_VALUE);
        return append;
    }

    private ValidatedBatches numbered(int sequence) {
        return Batches.idempotent(
                manual.clock().wallMillis(), PRODUCER, 0, sequence, false, "n" + sequence + "x".repeat(80));
    }

    @ParameterizedTest
    @EnumSource
    void isAnsweredWithItsFirstOffset(End end) throws IOException {
        LogDirectory first = open();
        List<Long> offsets = new ArrayList<>();
        for (int sequence = 0; sequence < 20; sequence++) {
            offsets.add(append(first, numbered(sequence)).baseOffset());
        }
        // Others push everything that the producer wrote out of the log.
        for (int i = 0; i < 60; i++) {
            append(first, Batches.of(manual.clock().wallMillis(), "plain" + "x".repeat(80)));
            manual.clock().advance(1_000);
            first.maintain();
        }
        assertThat(first.log(ID, SETTINGS).logStartOffset()).isGreaterThan(offsets.get(19));
        switch (end) {
            case CLEAN -> first.close();
            case KILLED -> disk.killProcess();
            case POWER_CUT -> disk.crash(5);
        }
        try (LogDirectory again = open()) {
            for (int sequence = 20 - REMEMBERED; sequence < 20; sequence++) {
                Append retried = append(again, numbered(sequence));
                assertThat(retried.failure()).isNull();
                assertThat(retried.duplicate()).isTrue();
                assertThat(retried.baseOffset()).isEqualTo(offsets.get(sequence));
            }
            Append skipping = append(again, numbered(21));
            assertThat(skipping.failure().error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertThat(append(again, numbered(20)).failure()).isNull();
            again.checkInvariants();
        }
    }
}
