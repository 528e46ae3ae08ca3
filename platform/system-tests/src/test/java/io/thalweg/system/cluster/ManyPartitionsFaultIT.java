package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that leads a third of thousands of partitions is killed; each must be led again and take records. */
@Tag("heavy")
@Timeout(600)
class ManyPartitionsFaultIT {

    private static final int PARTITIONS = 5_000;
    private static final int LOADED = 6;

    @TempDir
    Path directory;

    @Test
    void allAreLedAgainAfterAKill() throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.three(directory)) {
            cluster.form();
            long creating = System.nanoTime();
            ReplicatedTopic many = ReplicatedTopic.create(cluster, "many", PARTITIONS);
            long createdMillis = millisSince(creating);
            writeToEach(cluster, many);
            try (FaultRun run = FaultRun.begin(cluster, LOADED, 2_000)) {
                int victim = run.topic().leader(0);
                cluster.await("node " + victim + " leads its share", id -> {
                    ClusterState state = cluster.state(id);
                    return state != null && state.ledBy(victim) > PARTITIONS / 3.5;
                });
                int led = many.partitionsByLeader().get(victim).size();
                long[] ledAgainMillis = new long[1];
                long gap = run.strike(() -> {
                    long killed = System.nanoTime();
                    cluster.node(victim).kill();
                    cluster.await("all is led without " + victim, id -> {
                        ClusterState state = cluster.state(id);
                        return state != null && state.ledWithout(victim);
                    });
                    ledAgainMillis[0] = millisSince(killed);
                });
                long writing = System.nanoTime();
                writeToEach(cluster, many);
                System.out.printf(
                        "many partitions: created=%d settled after %d ms; killed node led %d; all led again after %d ms,"
                                + " gap of the load=%d ms, a record to each written %d ms after that, resident MiB=%s%n",
                        PARTITIONS,
                        createdMillis,
                        led,
                        ledAgainMillis[0],
                        gap,
                        millisSince(writing),
                        residentMib(cluster));
                cluster.node(victim).start();
                cluster.awaitSettled();
                run.finish("kill -9 among thousands of partitions");
            }
            assertThat(many.divergence().examples()).isEmpty();
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    private static List<Long> residentMib(ClusterProcesses cluster) throws Exception {
        List<Long> resident = new ArrayList<>();
        for (int id : cluster.ids()) {
            if (cluster.node(id).alive()) {
                resident.add(cluster.node(id).residentMib());
            }
        }
        return resident;
    }

    /** Returns once all are acknowledged by a majority. */
    private static void writeToEach(ClusterProcesses cluster, ReplicatedTopic topic) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrap(), "acks", "all", "request.timeout.ms", 5_000),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int partition = 0; partition < topic.partitions(); partition++) {
                sent.add(producer.send(new ProducerRecord<>(topic.name(), partition, null, new byte[100])));
            }
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
        }
    }
}
