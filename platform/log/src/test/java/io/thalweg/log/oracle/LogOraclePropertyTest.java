package io.thalweg.log.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.Durability;
import io.thalweg.log.LogDirectoryConfig;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.testkit.ManualClock;
import io.thalweg.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random work on our log and on Apache Kafka's UnifiedLog: plain, idempotent and transactional batches in every codec, in
 * order and out of order, duplicates, old and new epochs, markers, broken batches, deleted records, restarts. After each
 * step both say the same: offsets, errors, last stable offset, aborted transactions, times. And what we leave on disk,
 * Apache Kafka opens.
 */
class LogOraclePropertyTest {

    private static final int STEPS = 250;
    private static final Map<ErrorCode, Integer> OUTCOMES = new HashMap<>();
    private static int duplicates;

    @Seeds(count = 12)
    void saysWhatKafkaSays(long seed, @TempDir Path root) throws IOException {
        try (OracleHarness both = new OracleHarness(seed, root, seed % 4 == 0, config(seed))) {
            for (int step = 1; step <= STEPS; step++) {
                both.step();
                if (step % 80 == 0) {
                    both.restart();
                }
            }
            both.compareAll();
            both.outcomes().forEach((error, count) -> OUTCOMES.merge(error, count, Integer::sum));
            duplicates += both.duplicates();
        }
    }

    /** The comparison is worth something only if these were met. */
    @AfterAll
    static void metTheInterestingOutcomes() {
        if (OUTCOMES.values().stream().mapToInt(Integer::intValue).sum() > 10 * STEPS / 2) {
            assertThat(OUTCOMES)
                    .containsKeys(
                            ErrorCode.NONE,
                            ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                            ErrorCode.INVALID_PRODUCER_EPOCH,
                            ErrorCode.INVALID_TXN_STATE,
                            ErrorCode.TRANSACTION_COORDINATOR_FENCED,
                            ErrorCode.INVALID_RECORD,
                            ErrorCode.INVALID_TIMESTAMP,
                            ErrorCode.CORRUPT_MESSAGE,
                            ErrorCode.MESSAGE_TOO_LARGE);
            assertThat(duplicates).isPositive();
        }
    }

    @Seeds(count = 4)
    void kafkaOpensWhatWeWrote(long seed, @TempDir Path root) throws IOException {
        Path directory;
        long logEndOffset;
        try (OracleHarness both = new OracleHarness(seed, root, false, config(seed))) {
            for (int step = 0; step < STEPS; step++) {
                both.step();
            }
            directory = both.ourLogDirectory();
            logEndOffset = both.ours().logEndOffset();
        }
        String dump = dump(directory);
        assertThat(dump).contains("Dumping").contains(".snapshot").contains("baseOffset");
        assertThat(dump.lines().filter(line -> line.contains("isvalid:")))
                .isNotEmpty()
                .allMatch(line -> line.contains("isvalid: true"));
        // What is before the first record of a file counts as offset -1 there, with Kafka's own segments too.
        assertThat(dump.replaceAll("Non-consecutive offsets in .*\n  -1 is followed by \\d+\n", ""))
                .doesNotContain("ismatch", "Found", "Non-consecutive", "followed by", "orrupt", "Exception", "rror");

        Path copy = Files.createDirectories(root.resolve("copy").resolve("kafka-0"));
        for (Path file : files(directory)) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        try (KafkaLog kafka = KafkaLog.open(root.resolve("copy"), Map.of(), new ManualClock())) {
            assertThat(kafka.log().logEndOffset()).isEqualTo(logEndOffset);
        }
    }

    private static LogDirectoryConfig config(long seed) {
        return LogDirectoryConfig.defaults().withDurability(seed % 2 == 0 ? Durability.OS : Durability.FSYNC);
    }

    private static String dump(Path directory) throws IOException {
        String names = files(directory).stream()
                .filter(file -> file.toString().matches(".*\\.(log|index|timeindex|txnindex|snapshot)"))
                .map(Path::toString)
                .collect(Collectors.joining(","));
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        try (PrintStream capturing = new PrintStream(captured, true, StandardCharsets.UTF_8)) {
            System.setOut(capturing);
            System.setErr(capturing);
            DumpLogSegments.main(new String[] {"--deep-iteration", "--files", names});
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return captured.toString(StandardCharsets.UTF_8);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
