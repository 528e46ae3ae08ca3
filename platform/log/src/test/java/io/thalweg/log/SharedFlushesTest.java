package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.environment.Environment;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import io.thalweg.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/**
 * How often a start after a crash waits for the disk, and that flushing many logs at once loses nothing, whenever the power goes
 * or a flush fails.
 */
class SharedFlushesTest {

    /** So many that they are not flushed in order. */
    private static final int LOGS = 2 * SharedFlushes.PARALLEL_LOGS;

    /** Fewer open files than logs: threads take them from each other. */
    private static final LogDirectoryConfig CONFIG =
            LogDirectoryConfig.defaults().withBounds(LogDirectoryConfig.JOURNAL_BYTES_MIN, LOGS / 4, 1 << 20);

    private static final Uuid TOPIC = new Uuid(1, 2);

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final Environment environment = ManualEnvironment.on(1, disk).environment();
    private LogDirectory directory;
    private int logs = LOGS;

    private void open() throws IOException {
        directory = LogDirectory.open(environment, Path.of("/data"), CONFIG);
    }

    private PartitionLog log(int partition) {
        return directory.log(new LogId(TOPIC, partition), LogConfig.defaults());
    }

    private void appendToEach(String value) {
        List<Append> group = new ArrayList<>();
        for (int partition = 0; partition < logs; partition++) {
            group.add(new Append(log(partition), Batches.of(1, value + partition), 1, AppendOrigin.CLIENT));
        }
        directory.append(group);
        assertThat(group).allSatisfy(append -> assertThat(append.failure()).isNull());
    }

    private List<String> valuesOf(int partition) throws IOException {
        return Batches.read(log(partition), 0, 1 << 20);
    }

    @Test
    void aStartAfterACrashMakesTheNamesOfAllLogsDurableAtOnce() throws IOException {
        open();
        appendToEach("a");
        disk.killProcess();
        long forces = disk.forces();
        long syncs = disk.directorySyncs();

        open();

        assertThat(disk.directorySyncs() - syncs)
                .as("each log's own, that of all names, and what a start needs however many logs there are")
                .isBetween(LOGS + 1L, LOGS + 6L);
        assertThat(disk.forces() - forces)
                .as("each log's segment and epochs, and the same")
                .isBetween(2L * LOGS, 2L * LOGS + 6);
    }

    @Seeds(count = 50)
    void whatTheJournalHeldSurvivesAPowerCutDuringTheNextStartOrAfterIt(long seed) throws IOException {
        losePowerDuringAStart(new Random(seed).nextInt(12 * logs), seed);
    }

    /** The checkpoint voids the journal, and its name may outlive the power cut where those of logs beside it do not. */
    @Seeds(count = 1000)
    void theNamesOfTheLogsAreDurableBeforeTheJournalIsVoid(long seed) throws IOException {
        logs = 4;
        losePowerDuringAStart(seed % 60, seed);
    }

    private void losePowerDuringAStart(long operations, long seed) throws IOException {
        open();
        appendToEach("a");
        appendToEach("b");
        disk.killProcess();
        disk.powerOffAfter(operations);
        try {
            open();
        } catch (IOException failure) {
            assertThat(disk.poweredOff()).as("%s", failure).isTrue();
        }

        disk.crash(seed);

        open();
        assertThatEachHasBoth();
    }

    private void assertThatEachHasBoth() throws IOException {
        for (int partition = 0; partition < logs; partition++) {
            assertThat(log(partition).damage()).isNull();
            assertThat(valuesOf(partition)).containsExactly("0=a" + partition, "1=b" + partition);
        }
    }

    @Seeds(count = 20)
    void aFlushThatFailsFailsTheStartAndLosesNothing(long seed) throws IOException {
        open();
        appendToEach("a");
        appendToEach("b");
        disk.killProcess();
        disk.failNextForce();
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("journal was replayed");

        open();
        disk.crash(seed);

        open();
        assertThatEachHasBoth();
    }

    @Seeds(count = 50)
    void logsAreCutOffTogetherOrNotAtAllWhenThePowerGoes(long seed) throws IOException {
        open();
        appendToEach("a");
        appendToEach("b");
        appendToEach("c");
        List<Truncation> group = new ArrayList<>();
        for (int partition = 0; partition < logs; partition++) {
            group.add(new Truncation(log(partition), partition % 3));
        }
        disk.powerOffAfter(new Random(seed).nextInt(12 * LOGS));
        boolean answered = true;
        try {
            directory.truncate(group);
        } catch (IOException failure) {
            assertThat(disk.poweredOff()).as("%s", failure).isTrue();
            answered = false;
        }

        disk.crash(seed);

        open();
        boolean cut = log(0).logEndOffset() == 0;
        assertThat(cut || !answered).as("what was answered is so").isTrue();
        for (int partition = 0; partition < logs; partition++) {
            List<String> all = List.of("0=a" + partition, "1=b" + partition, "2=c" + partition);
            assertThat(valuesOf(partition)).isEqualTo(all.subList(0, cut ? partition % 3 : 3));
            assertThat(log(partition).damage()).isNull();
        }
        appendToEach("d");
    }
}
