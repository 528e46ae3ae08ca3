package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryChecker;
import io.thalweg.system.history.HistoryChecker.Verdict;
import io.thalweg.system.history.HistoryEvent;
import io.thalweg.system.history.HistoryEvent.Poll;
import io.thalweg.system.node.NodeProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that a disk damaged while the node was down (reliability scenarios 16 and 17). */
class DamagedFilesFaultIT {

    private static final String TOPIC = "ledger";
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 60_000;

    @TempDir
    Path directory;

    /** Everything beside the log itself is a cache or a hint, whatever became of it. */
    @ParameterizedTest
    @ValueSource(strings = {"delete", "empty", "flip"})
    void everythingBesideTheLogIsRebuiltFromIt(String damage) throws Exception {
        History history = new History();
        try (NodeProcess node = NodeProcess.in(directory)) {
            fill(node, history);
            assertThat(node.stop()).isZero();
            List<Path> files = filesBesideTheLogs(node.dataDirectory());
            assertThat(files).as("there is something to damage").isNotEmpty();
            for (Path file : files) {
                damage(file, damage);
            }
            node.start();
            CompleteRead.into(history, node.kafka(), TOPIC, PARTITIONS);
            readFromTheMiddle(node);
            assertThat(node.stop()).isZero();
        }
        Verdict verdict = HistoryChecker.check(history);
        assertThat(verdict.valid()).as("damage=%s verdict=%s", damage, verdict).isTrue();
    }

    /** A bit flipped in the middle after kill -9: the rest is served, nothing after it is cut off, clients see no rot. */
    @Test
    void damageInTheMiddleCostsNoOtherRecord() throws Exception {
        History history = new History();
        try (NodeProcess node = NodeProcess.in(directory)) {
            fill(node, history);
            node.kill();
            Path log = logsOf(node.dataDirectory(), "00000000000000000000.log").stream()
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
            flipBit(log, behindAHeader(log, Files.size(log) / 2));
            node.start();
            History reread = new History();
            readAround(reread, node);
            Set<String> values = new HashSet<>();
            for (HistoryEvent event : reread.events()) {
                if (event instanceof Poll poll) {
                    poll.records()
                            .forEach((partition, entries) ->
                                    entries.forEach(entry -> values.add(partition + "=" + entry.value())));
                }
            }
            assertThat(node.alive()).isTrue();
            String printed = node.printed();
            boolean mended = printed.contains("log repaired: read again from the journal");
            boolean reported = printed.contains("acknowledged records are unreadable");
            double offline = NodeMetricsReading.sum(node, "kafka_server_replicamanager_offlinereplicacount", "");
            System.out.printf("damage: records read=%d mended=%s reported=%s%n", values.size(), mended, reported);
            assertThat(mended || reported)
                    .as("the damage was noticed: %s", printed)
                    .isTrue();
            assertThat(offline).isEqualTo(reported && !mended ? 1 : 0);
            assertThat(values.size())
                    .as("records of the undamaged part")
                    .isGreaterThanOrEqualTo(mended ? RECORDS : RECORDS / 2);
        }
    }

    /** Places that only an index finds quickly are found, by offset and by time. */
    private static void readFromTheMiddle(NodeProcess node) {
        try (KafkaConsumer<byte[], Long> consumer = CompleteRead.consumer(node.kafka())) {
            for (int index = 0; index < PARTITIONS; index++) {
                TopicPartition partition = new TopicPartition(TOPIC, index);
                consumer.assign(List.of(partition));
                long middle = consumer.endOffsets(List.of(partition)).get(partition) / 2;
                consumer.seek(partition, middle);
                ConsumerRecord<byte[], Long> record = first(consumer);
                assertThat(record.offset()).isEqualTo(middle);
                OffsetAndTimestamp byTime = consumer.offsetsForTimes(Map.of(partition, record.timestamp()))
                        .get(partition);
                assertThat(byTime.timestamp()).isEqualTo(record.timestamp());
                assertThat(byTime.offset()).isLessThanOrEqualTo(middle);
                consumer.seek(partition, byTime.offset());
                assertThat(first(consumer).timestamp()).isEqualTo(record.timestamp());
            }
        }
    }

    private static ConsumerRecord<byte[], Long> first(KafkaConsumer<byte[], Long> consumer) {
        ConsumerRecords<byte[], Long> found = consumer.poll(Duration.ofSeconds(20));
        assertThat(found.isEmpty()).isFalse();
        return found.iterator().next();
    }

    /** Reads each partition, stepping over an offset that cannot be read as an operator's tool would. */
    private static void readAround(History history, NodeProcess node) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            SkippingRead.into(history, node.kafka(), TOPIC, partition);
        }
    }

    private static void fill(NodeProcess node, History history) throws Exception {
        node.start();
        Topics.create(node, TOPIC, PARTITIONS);
        try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, PARTITIONS)) {
            load.awaitAcknowledged(RECORDS);
        }
    }

    private static List<Path> filesBesideTheLogs(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        String name = file.getFileName().toString();
                        return !name.endsWith(".log")
                                && !name.equals("meta.properties")
                                && !name.equals("partition.metadata")
                                && !name.endsWith(".lock")
                                && !file.toString().contains("journal");
                    })
                    .toList();
        }
    }

    private static List<Path> logsOf(Path data, String name) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(file -> file.getFileName().toString().equals(name))
                    .toList();
        }
    }

    private static void damage(Path file, String damage) throws IOException {
        switch (damage) {
            case "delete" -> Files.delete(file);
            case "empty" -> Files.write(file, new byte[0]);
            case "flip" -> {
                if (Files.size(file) > 0) {
                    flipBit(file, Files.size(file) / 2);
                }
            }
            default -> throw new IllegalArgumentException(damage);
        }
    }

    /** A place in the batch that spans a position, behind its header, of which the checksum leaves a part out. */
    private static long behindAHeader(Path log, long position) throws IOException {
        try (RandomAccessFile handle = new RandomAccessFile(log.toFile(), "r")) {
            long batch = 0;
            for (long next = 0; next <= position; next = batch + 12 + handle.readInt()) {
                batch = next;
                handle.seek(batch + 8);
            }
            return batch + 61;
        }
    }

    private static void flipBit(Path file, long position) throws IOException {
        try (RandomAccessFile handle = new RandomAccessFile(file.toFile(), "rw")) {
            handle.seek(position);
            int value = handle.read();
            handle.seek(position);
            handle.write(value ^ 0x10);
        }
    }
}
