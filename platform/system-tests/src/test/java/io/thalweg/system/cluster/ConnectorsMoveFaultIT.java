package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connector of a cluster: changed and watched through any node, run by one, gone on with exactly when that one is killed. */
@Tag("heavy")
class ConnectorsMoveFaultIT {

    private static final String GROUP = "thalweg-connectors";
    private static final int PARTITIONS = 3;
    private static final int LINES = 5_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path directory;

    private int written;

    @Test
    void everyLineComesOnceWhoeverIsKilled() throws Exception {
        Path settings = Files.writeString(
                directory.resolve("settings.json"),
                new JsonObject()
                        .put("connectors", new JsonObject().put("pathRoots", List.of(directory.toString())))
                        .encode());
        try (ClusterProcesses cluster =
                ClusterProcesses.withRoles("broker,connector", directory, "--conf", settings.toString())) {
            cluster.form();
            ReplicatedTopic topic = ReplicatedTopic.create(cluster, "events", PARTITIONS);
            append();
            put(cluster, 3);
            awaitCopies(cluster);
            for (int kill = 0; kill < 3; kill++) {
                int holder = holder(cluster);
                append();
                kill(cluster, topic, holder);
            }
            for (int id : cluster.ids()) {
                assertThat(status(cluster, id).getJsonObject("connector").getString("state"))
                        .as("as node %d tells it", id)
                        .isEqualTo("RUNNING");
            }
            check(cluster, topic);
            cluster.stopAll();
        }
    }

    /** The first node made the platform's own topics while it was alone: killing it before others hold them would prove nothing. */
    private static void awaitCopies(ClusterProcesses cluster) throws Exception {
        for (String topic :
                List.of("__consumer_offsets", "__connect_configs", "__connect_offsets", "__connect_status")) {
            cluster.await("three replicas of " + topic, id -> {
                List<JsonObject> partitions = cluster.partitions(id, topic);
                return !partitions.isEmpty()
                        && partitions.stream()
                                .allMatch(partition ->
                                        partition.getJsonArray("replicas").size() == 3);
            });
        }
        cluster.awaitSettled();
    }

    private void kill(ClusterProcesses cluster, ReplicatedTopic topic, int holder) throws Exception {
        long began = System.nanoTime();
        cluster.node(holder).kill();
        int successor = holder;
        while (successor == holder || successor < 0) {
            within(began, "a successor of node " + holder);
            successor = holder(cluster);
        }
        long seated = System.nanoTime();
        while (size(cluster, topic) < written) {
            within(began, written + " records; " + status(cluster, successor));
        }
        System.out.printf(
                "connectors: node %d killed, node %d seated after %d ms, all %d records after %d ms%n",
                holder,
                successor,
                TimeUnit.NANOSECONDS.toMillis(seated - began),
                written,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        cluster.node(holder).start();
        cluster.awaitSettled();
    }

    private static void within(long began, String wanted) {
        if (System.nanoTime() - began > PATIENCE_NANOS) {
            throw new AssertionError("not within 120 s: " + wanted);
        }
    }

    private void append() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            lines.append("{\"i\":").append(written++).append("}\n");
        }
        Files.writeString(file(), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private Path file() {
        return directory.resolve("lines.ndjson");
    }

    /** 409 says that the connectors are on their way from one node to another, as Kafka Connect says it. */
    private void put(ClusterProcesses cluster, int id) throws Exception {
        JsonObject config = new JsonObject()
                .put("connector.class", "file-source")
                .put("file", file().toString())
                .put("topic", "events")
                .put("format", "ndjson");
        long began = System.nanoTime();
        HttpResponse<String> answer;
        do {
            within(began, "a connector through node " + id);
            answer = http.send(
                    HttpRequest.newBuilder(uri(cluster, id, "/config"))
                            .header("Content-Type", "application/json")
                            .PUT(BodyPublishers.ofString(config.encode()))
                            .build(),
                    BodyHandlers.ofString());
        } while (answer.statusCode() == 409);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private JsonObject status(ClusterProcesses cluster, int id) throws Exception {
        long began = System.nanoTime();
        HttpResponse<String> answer;
        do {
            within(began, "a status from node " + id);
            answer = http.send(
                    HttpRequest.newBuilder(uri(cluster, id, "/status")).build(), BodyHandlers.ofString());
        } while (answer.statusCode() == 409);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body());
    }

    private static URI uri(ClusterProcesses cluster, int id, String path) {
        return URI.create(cluster.node(id).http() + "/connect/connectors/lines" + path);
    }

    /** The node that the group's coordinator has seated; -1 for none. */
    private static int holder(ClusterProcesses cluster) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
            for (MemberDescription member : admin.describeConsumerGroups(List.of(GROUP))
                    .describedGroups()
                    .get(GROUP)
                    .get(60, TimeUnit.SECONDS)
                    .members()) {
                if (!member.assignment().topicPartitions().isEmpty()) {
                    return Integer.parseInt(member.clientId().substring("node-".length()));
                }
            }
            return -1;
        }
    }

    private static List<TopicPartition> partitions(ReplicatedTopic topic) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .toList();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(ClusterProcesses cluster) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrap(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static long size(ClusterProcesses cluster, ReplicatedTopic topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(cluster)) {
            return consumer.endOffsets(partitions(topic)).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private void check(ClusterProcesses cluster, ReplicatedTopic topic) {
        List<Integer> numbers = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(cluster)) {
            List<TopicPartition> all = partitions(topic);
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            long began = System.nanoTime();
            while (all.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                within(began, "all records to be read");
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> numbers.add(
                                new JsonObject(new String(record.value(), StandardCharsets.UTF_8)).getInteger("i")));
            }
        }
        assertThat(new HashSet<>(numbers)).hasSize(written);
        assertThat(numbers).as("none twice").hasSize(written);
    }
}
