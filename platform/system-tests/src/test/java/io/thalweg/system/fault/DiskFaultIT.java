package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryChecker;
import io.thalweg.system.history.HistoryChecker.Verdict;
import io.thalweg.system.history.HistoryEvent.Outcome;
import io.thalweg.system.history.HistoryEvent.Send;
import io.thalweg.system.node.NodeProcess;
import io.thalweg.system.node.TestVolume;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, and one that fails its flushes (reliability scenarios 19 and 20). */
class DiskFaultIT {

    private static final String TOPIC = "ledger";
    private static final byte[] PADDING = new byte[100_000];

    @TempDir
    Path directory;

    @BeforeAll
    static void needsAVolume() {
        assumeTrue(TestVolume.available(), "needs root to mount a file system of its own: skipped");
    }

    @Test
    void aFullDiskRefusesWritesKeepsReadingAndRecoversWithoutARestart() throws Exception {
        History history = new History();
        try (TestVolume volume = TestVolume.memory(directory, 160);
                NodeProcess node = NodeProcess.in(directory)
                        .withDataDirectory(volume.root().resolve("data"))
                        .withOptions("--set", "log.journalBytes=33554432")) {
            node.start();
            Topics.create(node, TOPIC, 1);
            long acknowledged = sendUntilRefused(node, history);
            assertThat(acknowledged)
                    .as("the volume filled up only after some records")
                    .isPositive();
            assertThat(node.alive()).isTrue();
            History reread = new History();
            CompleteRead.into(reread, node.kafka(), TOPIC, 1);
            assertThat(HistoryChecker.check(reread).distinctRead()).isGreaterThanOrEqualTo(acknowledged);

            Topics.delete(node, "ballast");
            assertThat(sendOne(node, history, acknowledged + 1_000_000))
                    .as("writes resumed")
                    .isTrue();
            node.kill();
            node.start();
            CompleteRead.into(history, node.kafka(), TOPIC, 1);
        }
        Verdict verdict = HistoryChecker.check(history);
        assertThat(verdict.valid()).as("verdict=%s", verdict).isTrue();
    }

    /** Fills the volume through a second topic; returns how many records of the first were acknowledged meanwhile. */
    private static long sendUntilRefused(NodeProcess node, History history) throws Exception {
        Topics.create(node, "ballast", 1);
        long value = 0;
        try (KafkaProducer<Void, byte[]> ballast = producer(node)) {
            while (true) {
                value++;
                boolean own = sendOne(node, history, value);
                try {
                    for (int record = 0; record < 20; record++) {
                        ballast.send(new ProducerRecord<>("ballast", 0, null, PADDING))
                                .get();
                    }
                } catch (ExecutionException full) {
                    // What the node said, not that it took too long; a client would try again by itself.
                    assertThat(full.getCause()).isInstanceOf(KafkaStorageException.class);
                    return own ? value : value - 1;
                }
                assertThat(value).as("the volume never filled").isLessThan(10_000);
            }
        }
    }

    /** Tells the first answer of the node, without trying again. */
    private static KafkaProducer<Void, byte[]> producer(NodeProcess node) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", node.kafka(), "retries", 0, "enable.idempotence", false, "linger.ms", 0),
                (topic, data) -> null,
                new ByteArraySerializer());
    }

    private static boolean sendOne(NodeProcess node, History history, long value) throws InterruptedException {
        Map<String, Object> properties = Map.of("bootstrap.servers", node.kafka(), "linger.ms", 0);
        try (KafkaProducer<byte[], Long> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new LongSerializer())) {
            long offset = producer.send(new ProducerRecord<>(TOPIC, 0, null, value))
                    .get()
                    .offset();
            history.add(new Send("writer", TOPIC + "/0", value, offset, Outcome.OK));
            return true;
        } catch (ExecutionException refused) {
            history.add(new Send("writer", TOPIC + "/0", value, -1, Outcome.INFO));
            return false;
        }
    }

    @Test
    void aFailedFlushIsNeverTakenForASuccess() throws Exception {
        History history = new History();
        try (TestVolume volume = TestVolume.ext4(directory, 512);
                NodeProcess node = NodeProcess.in(directory)
                        .withDataDirectory(volume.root().resolve("data"))) {
            node.start();
            Topics.create(node, TOPIC, 1);
            for (long value = 1; value <= 20; value++) {
                assertThat(sendOne(node, history, value)).isTrue();
            }
            volume.cutPower();
            try (KafkaProducer<Void, byte[]> producer = producer(node)) {
                for (int attempt = 0; attempt < 3; attempt++) {
                    var refused = producer.send(new ProducerRecord<>(TOPIC, 0, null, PADDING));
                    assertThatThrownBy(refused::get)
                            .isInstanceOf(ExecutionException.class)
                            .hasCauseInstanceOf(KafkaStorageException.class);
                }
            }
            assertThat(node.alive()).as("the process outlives its disk").isTrue();
            assertThat(status(node, "/health/ready")).isEqualTo(503);
            assertThat(status(node, "/health/live")).isEqualTo(200);
            node.kill();
            volume.restorePower();
            node.start();
            assertThat(sendOne(node, history, 21)).isTrue();
            CompleteRead.into(history, node.kafka(), TOPIC, 1);
        }
        Verdict verdict = HistoryChecker.check(history);
        assertThat(verdict.valid()).as("verdict=%s", verdict).isTrue();
    }

    private static int status(NodeProcess node, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(node.http() + path)).build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
