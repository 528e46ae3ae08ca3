package io.thalweg.system.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.environment.Clock;
import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.Append;
import io.thalweg.log.LogConfig;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogDirectoryConfig;
import io.thalweg.log.LogId;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchValidator;
import io.thalweg.system.history.HistoryChecker.Finding;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison itself is checked: three equal replicas pass, and each kind of difference is found. */
class ReplicaComparisonTest {

    private static final LogId LOG = new LogId(new Uuid(1, 2), 0);
    private static final int RECORDS = 30;

    @TempDir
    Path directory;

    @BeforeEach
    void writeThreeEqualReplicas() throws IOException {
        for (int node = 1; node <= 3; node++) {
            write(node, RECORDS, 1, "v");
        }
    }

    @Test
    void equalReplicasDoNotDiverge() throws IOException {
        assertThat(read(1).batches()).hasSize(RECORDS);
        assertThat(read(1).highWatermark()).isEqualTo(RECORDS);
        assertThat(compare().count()).isZero();
    }

    @Test
    void oneFlippedBitIsFound() throws IOException {
        try (RandomAccessFile segment = new RandomAccessFile(segment(2).toFile(), "rw")) {
            long at = segment.length() / 2;
            segment.seek(at);
            int found = segment.read();
            segment.seek(at);
            segment.write(found ^ 1);
        }

        assertThat(compare().examples()).anyMatch(example -> example.contains("node 2"));
    }

    @Test
    void anotherRecordAtACommittedOffsetIsFound() throws IOException {
        rewrite(3, RECORDS, 1, "w");

        assertThat(compare().count()).isPositive();
    }

    @Test
    void anotherEpochOfTheSameRecordIsFound() throws IOException {
        rewrite(3, RECORDS, 2, "v");

        assertThat(compare().count()).isPositive();
    }

    @Test
    void aReplicaThatLacksWhatItKnowsToBeCommittedIsFound() throws IOException {
        try (RandomAccessFile segment = new RandomAccessFile(segment(1).toFile(), "rw")) {
            segment.setLength(segment.length() - 20);
        }

        assertThat(compare().examples()).anyMatch(example -> example.contains("node 1 lacks offset=29"));
    }

    @Test
    void aReplicaThatWasLeftBehindDoesNotDiverge() throws IOException {
        rewrite(2, RECORDS - 5, 1, "v");

        assertThat(compare().count()).isZero();
    }

    @Test
    void committedRecordsThatAMinorityHoldsAreFound() throws IOException {
        rewrite(2, RECORDS - 5, 1, "v");
        rewrite(3, RECORDS - 5, 1, "v");

        assertThat(compare().examples()).anyMatch(example -> example.contains("is held by 1 of 3"));
    }

    @Test
    void aNodeThatWasKilledIsNotRead() throws IOException {
        Path checkpoint = data(1).resolve("thalweg-checkpoint");
        Files.writeString(checkpoint, Files.readString(checkpoint).replace(" clean ", " open "));

        assertThatThrownBy(() -> read(1)).isInstanceOf(IOException.class).hasMessageContaining("not stopped in order");
    }

    private Finding compare() throws IOException {
        return ReplicaComparison.compare(Map.of("ledger/0", List.of(read(1), read(2), read(3))));
    }

    private ReplicaContent read(int node) throws IOException {
        return ReplicaContent.read("node " + node, data(node), LOG.directoryName())
                .orElseThrow();
    }

    private Path data(int node) {
        return directory.resolve("node-" + node);
    }

    private Path segment(int node) {
        return data(node).resolve(LOG.directoryName()).resolve("00000000000000000000.log");
    }

    private void rewrite(int node, int records, int epoch, String prefix) throws IOException {
        try (var files = Files.walk(data(node))) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        write(node, records, epoch, prefix);
    }

    /** A replica as a node leaves it, one record a batch. */
    private void write(int node, int records, int epoch, String prefix) throws IOException {
        Environment environment =
                new Environment(Clock.system(), (delay, task) -> () -> {}, new Random(1), FileSystem.system());
        LogDirectoryConfig config =
                LogDirectoryConfig.defaults().withBounds(4 << 20, 64, 1 << 20).withOwner(null, node);
        try (LogDirectory logs = LogDirectory.open(environment, data(node), config)) {
            PartitionLog log = logs.log(LOG, LogConfig.defaults());
            List<Append> group = new ArrayList<>();
            for (int record = 0; record < records; record++) {
                BatchBuilder batch = BatchBuilder.uncompressed();
                batch.append(record, null, (prefix + record).getBytes(StandardCharsets.UTF_8));
                group.add(new Append(
                        log,
                        BatchValidator.validate(
                                batch.build(), LogConfig.defaults().validationRules(), AppendOrigin.CLIENT, record),
                        epoch,
                        AppendOrigin.CLIENT));
            }
            logs.append(group);
            log.advanceHighWatermark(log.logEndOffset());
        }
    }
}
