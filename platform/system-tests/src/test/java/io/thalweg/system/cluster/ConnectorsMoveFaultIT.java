package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A connector of a cluster with a task for each node: changed and watched through any node, its tasks spread over all. Whoever is
 * killed or paused, the one that leads too, its tasks go on elsewhere, and each line is there once.
 */
@Tag("heavy")
class ConnectorsMoveFaultIT {

    private static final String GROUP = "thalweg-connectors";
    private static final int PARTITIONS = 3;
    private static final int TASKS = 3;
    private static final int FILES = 12;
    private static final int LINES = 400;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final long LOOK_MILLIS = 50;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path directory;

    private int written;

    private interface Scenario {
        void run(ClusterProcesses cluster, ReplicatedTopic topic) throws Exception;
    }

    @Test
    void everyLineComesOnceWhoeverIsKilled() throws Exception {
        inCluster((cluster, topic) -> {
            kill(cluster, topic, leader(cluster));
            kill(cluster, topic, follower(cluster));
            kill(cluster, topic, leader(cluster));
        });
    }

    @Test
    void everyLineComesOnceWhoeverIsPausedForLongerThanItsSession() throws Exception {
        inCluster((cluster, topic) -> {
            pause(cluster, topic, follower(cluster));
            pause(cluster, topic, leader(cluster));
        });
    }

    private void inCluster(Scenario scenario) throws Exception {
        Path settings = Files.writeString(
                directory.resolve("settings.json"),
                new JsonObject()
                        .put("connectors", new JsonObject().put("pathRoots", List.of(directory.toString())))
                        .encode());
        Files.createDirectories(lines());
        try (ClusterProcesses cluster =
                ClusterProcesses.withRoles("broker,connector", directory, "--conf", settings.toString())) {
            cluster.form();
            ReplicatedTopic topic = ReplicatedTopic.create(cluster, "events", PARTITIONS);
            append();
            put(cluster, 3);
            awaitCopies(cluster);
            awaitSpread(cluster, cluster.ids());
            scenario.run(cluster, topic);
            for (int id : cluster.ids()) {
                assertThat(workers(cluster, id)).as("as node %d tells it", id).hasSize(TASKS);
            }
            awaitAll(cluster, topic, System.nanoTime());
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

    private void kill(ClusterProcesses cluster, ReplicatedTopic topic, int victim) throws Exception {
        append();
        long began = System.nanoTime();
        cluster.node(victim).kill();
        goOn(cluster, topic, victim, "killed", began);
        cluster.node(victim).start();
        cluster.awaitSettled();
        awaitSpread(cluster, cluster.ids());
    }

    private void pause(ClusterProcesses cluster, ReplicatedTopic topic, int victim) throws Exception {
        append();
        long began = System.nanoTime();
        cluster.node(victim).pause();
        goOn(cluster, topic, victim, "paused", began);
        append();
        cluster.node(victim).resume();
        cluster.awaitSettled();
        awaitSpread(cluster, cluster.ids());
    }

    /** The victim's tasks run on the others, and what is in the files comes. */
    private void goOn(ClusterProcesses cluster, ReplicatedTopic topic, int victim, String how, long began)
            throws Exception {
        Set<Integer> others = new TreeSet<>(cluster.ids());
        others.remove(victim);
        awaitSpread(cluster, others);
        long spread = System.nanoTime();
        append();
        awaitAll(cluster, topic, began);
        System.out.printf(
                "connectors: node %d %s, its tasks ran elsewhere after %d ms, all %d records after %d ms%n",
                victim,
                how,
                TimeUnit.NANOSECONDS.toMillis(spread - began),
                written,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }

    private void awaitAll(ClusterProcesses cluster, ReplicatedTopic topic, long began) {
        while (size(cluster, topic) < written) {
            within(began, written + " records; there are " + size(cluster, topic));
        }
    }

    /** Returns when each of these nodes says that all tasks run, on just these nodes. */
    private void awaitSpread(ClusterProcesses cluster, Set<Integer> nodes) throws Exception {
        Set<String> doors = nodes.stream()
                .map(id -> cluster.node(id).http().substring("http://".length()))
                .collect(Collectors.toCollection(TreeSet::new));
        long began = System.nanoTime();
        for (int id : nodes) {
            List<String> workers = workers(cluster, id);
            while (workers.size() < TASKS || !new TreeSet<>(workers).equals(doors)) {
                within(began, "tasks on " + doors + "; node " + id + " says " + workers);
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                workers = workers(cluster, id);
            }
        }
    }

    /** Where tasks run, as a node tells it; none if it cannot tell. */
    private List<String> workers(ClusterProcesses cluster, int id) throws Exception {
        JsonObject status = cluster.get(id, "/connect/connectors/lines/status");
        List<String> workers = new ArrayList<>();
        if (status != null) {
            JsonArray tasks = status.getJsonArray("tasks");
            for (int i = 0; i < tasks.size(); i++) {
                if (tasks.getJsonObject(i).getString("state").equals("RUNNING")) {
                    workers.add(tasks.getJsonObject(i).getString("worker_id"));
                }
            }
        }
        return workers;
    }

    private static void within(long began, String wanted) {
        if (System.nanoTime() - began > PATIENCE_NANOS) {
            throw new AssertionError("not within 120 s: " + wanted);
        }
    }

    /** Some lines to each file. */
    private void append() throws IOException {
        for (int file = 0; file < FILES; file++) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < LINES; i++) {
                lines.append("{\"i\":").append(written++).append("}\n");
            }
            Files.writeString(
                    lines().resolve("lines-" + file + ".ndjson"),
                    lines,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    private Path lines() {
        return directory.resolve("lines");
    }

    /** 409 says that the lead of the connectors is on its way from one node to another, as Kafka Connect says it. */
    private void put(ClusterProcesses cluster, int id) throws Exception {
        JsonObject config = new JsonObject()
                .put("connector.class", "file-source")
                .put("directory", lines().toString())
                .put("topic", "events")
                .put("format", "ndjson")
                .put("tasks.max", TASKS);
        long began = System.nanoTime();
        HttpResponse<String> answer;
        do {
            within(began, "a connector through node " + id);
            answer = http.send(
                    HttpRequest.newBuilder(URI.create(cluster.node(id).http() + "/connect/connectors/lines/config"))
                            .header("Content-Type", "application/json")
                            .PUT(BodyPublishers.ofString(config.encode()))
                            .build(),
                    BodyHandlers.ofString());
        } while (answer.statusCode() == 409);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    /** The node that the group's coordinator has seated, once it has. */
    private static int leader(ClusterProcesses cluster) throws Exception {
        long began = System.nanoTime();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
            while (true) {
                for (MemberDescription member : admin.describeConsumerGroups(List.of(GROUP))
                        .describedGroups()
                        .get(GROUP)
                        .get(60, TimeUnit.SECONDS)
                        .members()) {
                    if (!member.assignment().topicPartitions().isEmpty()) {
                        return Integer.parseInt(member.clientId().substring("node-".length()));
                    }
                }
                within(began, "a seated node");
            }
        }
    }

    private static int follower(ClusterProcesses cluster) throws Exception {
        int leader = leader(cluster);
        return cluster.ids().stream().filter(id -> id != leader).findFirst().orElseThrow();
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
