package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Environment;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import io.thalweg.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;

/**
 * A log whose start lies within its last batch, and that is cut off there: its files end before its start, and it goes on at its start. Found by
 * {@link ReplicaCrashModel}, seed 1000493.
 */
class CutBelowStartTest {

    private static final LogId ID = new LogId(new Uuid(1, 2), 0);

    /** Two of them need two segments. */
    private static final String LONG = "x".repeat(1500);

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final Environment environment = ManualEnvironment.on(1, disk).environment();

    private LogDirectory open() throws IOException {
        return LogDirectory.open(environment, Path.of("/data"), LogDirectoryConfig.defaults());
    }

    private static PartitionLog log(LogDirectory directory) {
        return directory.log(ID, LogConfig.defaults().with().segmentBytes(2000).build());
    }

    private void append(LogDirectory directory, String... values) {
        Append append = new Append(log(directory), Batches.of(1, values), 1, AppendOrigin.CLIENT);
        directory.append(List.of(append));
        assertThat(append.failure()).isNull();
    }

    @Seeds(count = 100)
    void whatIsAppendedAtItsStartSurvivesAPowerCutThatTearsIt(long seed) throws IOException {
        try (LogDirectory directory = open()) {
            append(directory, "a");
            append(directory, "b", "c", "d", "e");
            log(directory).advanceHighWatermark(5);
            log(directory).deleteRecordsBefore(2);
            log(directory).truncateTo(3);
        }
        // Not closed: the machine dies with it.
        LogDirectory dies = open();
        assertThat(log(dies).logEndOffset()).isEqualTo(2);
        append(dies, LONG, "g");
        append(dies, "h", LONG);

        disk.crash(seed);

        try (LogDirectory directory = open()) {
            PartitionLog log = log(directory);
            assertThat(log.damage()).isNull();
            assertThat(log.logStartOffset()).isEqualTo(2);
            assertThat(log.logEndOffset()).isEqualTo(6);
            assertThat(Batches.read(log, 2, 1 << 20)).containsExactly("2=" + LONG, "3=g", "4=h", "5=" + LONG);
        }
    }
}
