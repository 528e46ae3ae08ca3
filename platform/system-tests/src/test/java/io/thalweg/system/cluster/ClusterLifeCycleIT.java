package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster from outside: how it begins, who is let in, and that any node answers. */
class ClusterLifeCycleIT {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Of the nodes that the tests share: nothing here harms them. */
    private static ClusterProcesses cluster = ClusterProcesses.in(Path.of(""));

    @TempDir
    Path directory;

    /** In any order but that of the list. */
    @BeforeAll
    static void form(@TempDir Path shared) throws Exception {
        cluster = ClusterProcesses.in(shared);
        for (int id = 1; id <= 3; id++) {
            cluster.add(id, node -> node, "--rack", "rack-" + id).usePort("cluster", freePort());
        }
        cluster.start(List.of(3, 2, 1));
        cluster.awaitSettled();
    }

    @AfterAll
    static void stop() throws Exception {
        try (ClusterProcesses stopped = cluster) {
            stopped.stopAll();
        }
    }

    @Test
    void aNodeAloneLoadsNothingOfACluster() throws Exception {
        Path loaded = directory.resolve("classes.txt");
        try (NodeProcess node = NodeProcess.in(directory)
                .withJvmOptions("-Xmx384m", "-Xshare:auto", "-Xlog:class+load:file=" + loaded)) {
            node.start();
            node.stop();
        }
        List<String> classes = Files.readAllLines(loaded);

        assertThat(classes).anyMatch(line -> line.contains("io.thalweg.launcher.node.Node "));
        assertThat(classes).noneMatch(line -> line.contains(" com.hazelcast."));
        assertThat(classes).noneMatch(line -> line.contains(" io.thalweg.cluster.hazelcast."));
        assertThat(classes).noneMatch(line -> line.contains(" io.thalweg.replication.node.ReplicationNode "));
    }

    /** What a start would pay for and not use. */
    @Test
    void aNodeOfAClusterStartsWithoutTheJvmsManagementAndLogging() throws Exception {
        Path loaded = directory.resolve("classes.txt");
        List<String> classes;
        try (NodeProcess node = NodeProcess.in(directory)
                .withJvmOptions("-Xmx384m", "-Xshare:auto", "-Xlog:class+load:file=" + loaded)
                .withOptions("--node-id", "1")
                .withCluster(() -> List.of())) {
            node.usePort("cluster", freePort());
            node.start();
            // A stop is another matter.
            classes = Files.readAllLines(loaded);
            node.stop();
        }

        assertThat(classes).anyMatch(line -> line.contains(" com.hazelcast.map.impl.MapService "));
        assertThat(classes)
                .as("the JVM's management")
                .noneMatch(line -> line.contains(" javax.management.MBeanServerFactory "));
        assertThat(classes)
                .as("the JDK's logging")
                .noneMatch(line -> line.contains(" java.util.logging.ConsoleHandler "));
    }

    @Test
    void threeNodesWithTheSameListFormOneClusterWhateverOrderTheyStartIn() throws Exception {
        Set<String> clusters = new HashSet<>();
        for (int id : cluster.ids()) {
            clusters.add(cluster.state(id).json().getString("clusterId"));
            assertThat(get(cluster.node(id), "/health/ready").statusCode()).isEqualTo(200);
            assertThat(cluster.node(id).printed())
                    .contains("Cluster    " + cluster.node(id).cluster());
        }
        assertThat(clusters).hasSize(1);
    }

    @Test
    void aSecondNodeOfTheSameNumberIsRefused() throws Exception {
        try (NodeProcess twin = NodeProcess.in(directory)
                .withOptions("--node-id", "1")
                .withCluster(() -> List.of(cluster.node(1).cluster()))) {
            assertThatThrownBy(twin::start).isInstanceOf(IOException.class).hasMessageContaining("alive=false");
            assertThat(twin.printed())
                    .contains("thalweg: the node did not start: ")
                    .contains("1");
        }
        assertThat(cluster.node(1).alive()).isTrue();
    }

    @Test
    void aNodeOfAnotherClusterIsRefused() throws Exception {
        try (ClusterProcesses other = ClusterProcesses.in(Files.createDirectories(directory.resolve("other")))) {
            other.add(4, node -> node);
            other.form();
            other.node(4).stop();
            try (NodeProcess stranger = NodeProcess.in(Files.createDirectories(directory.resolve("stranger")))
                    .withDataDirectory(other.node(4).dataDirectory())
                    .withOptions("--node-id", "4")
                    .withCluster(() -> List.of(cluster.node(1).cluster()))) {
                assertThatThrownBy(stranger::start)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("alive=false");
                assertThat(stranger.printed())
                        .contains("thalweg: the node did not start: ")
                        .contains("cluster");
            }
        }
        assertThat(cluster.node(1).alive()).isTrue();
    }

    @Test
    void aNodeThatWaitsForOthersStopsOnSigterm() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)
                .withOptions("--node-id", "2")
                .withCluster(() -> List.of("127.0.0.1:" + freePort()))) {
            node.launch();
            node.awaitPrinted("waits to be let into a cluster");
            assertThat(node.stop()).isZero();
        }
    }

    @Test
    void anyNodeTakesAndGivesRecordsOverAnyDoor() throws Exception {
        HttpResponse<String> created = post(
                cluster.node(3),
                "/v1/topics",
                "application/json",
                "{\"name\":\"single\",\"partitions\":6,\"replicationFactor\":1}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        cluster.awaitSettled();

        for (int id : cluster.ids()) {
            StringBuilder lines = new StringBuilder();
            for (int partition = 0; partition < 6; partition++) {
                lines.append("{\"partition\":" + partition + ",\"value\":\"http " + id + "/" + partition + "\"}\n");
            }
            HttpResponse<String> published =
                    post(cluster.node(id), "/v1/topics/single/records", "application/x-ndjson", lines.toString());
            assertThat(published.statusCode()).as(published.body()).isEqualTo(200);
        }
        produceOverKafka(cluster, "single", 6);
        Set<String> expected = new HashSet<>(consumeOverKafka(cluster, "single", 24));
        assertThat(expected).hasSize(24);
        for (int id : cluster.ids()) {
            assertThat(values(cluster.node(id), "single", 6)).as("node %d", id).isEqualTo(expected);
            JsonObject described =
                    new JsonObject(get(cluster.node(id), "/v1/topics/single").body());
            assertThat(described.getInteger("partitionCount")).isEqualTo(6);
        }
        // Who leads what may move on meanwhile.
        cluster.awaitSettled();
        assertThat(cluster.state(1).json().getJsonArray("brokers"))
                .as("what each node says of the brokers")
                .isEqualTo(cluster.state(2).json().getJsonArray("brokers"));
    }

    @Test
    void aConsumerReadsFromTheReplicaInItsRack() throws Exception {
        ReplicatedTopic topic = ReplicatedTopic.create(cluster, "near", 1);
        produceOverKafka(cluster, "near", 1);
        int follower = cluster.ids().stream()
                .filter(id -> {
                    try {
                        return id != topic.leader(0);
                    } catch (Exception failure) {
                        throw new AssertionError(failure);
                    }
                })
                .findFirst()
                .orElseThrow();
        long before = fetchesOn(cluster.node(follower));
        List<String> read = new ArrayList<>();
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                cluster.bootstrap(),
                "client.rack",
                "rack-" + follower,
                "auto.offset.reset",
                "earliest",
                "fetch.max.wait.ms",
                200);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new org.apache.kafka.common.TopicPartition("near", 0)));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            // The first records may come from the leader; what is written once it moved comes from the follower.
            while (fetchesOn(cluster.node(follower)) < before + 3 && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
            }
            produceOverKafka(cluster, "near", 1);
            while (read.size() < 2 && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
            }
        }
        assertThat(read).hasSize(2);
        assertThat(fetchesOn(cluster.node(follower))).isGreaterThan(before + 2);
    }

    /** Fetch requests that clients sent to this node. */
    private static long fetchesOn(NodeProcess node) throws Exception {
        return get(node, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("kafka_network_requestmetrics_requests_total{request=\"Fetch\"}")
                        || line.startsWith("kafka_network_requestmetrics_requests_total{request=\"FETCH\"}"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static void produceOverKafka(ClusterProcesses cluster, String topic, int partitions) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.node(1).kafka()), new StringSerializer(), new StringSerializer())) {
            for (int partition = 0; partition < partitions; partition++) {
                var sent = producer.send(new ProducerRecord<>(topic, partition, null, "kafka " + partition));
                assertThat(sent).succeedsWithin(Duration.ofSeconds(30));
            }
        }
    }

    private static List<String> consumeOverKafka(ClusterProcesses cluster, String topic, int count) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        cluster.node(2).kafka(),
                        "group.id",
                        "readers",
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (values.size() < count && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }

    private static Set<String> values(NodeProcess node, String topic, int partitions) throws Exception {
        Set<String> values = new HashSet<>();
        for (int partition = 0; partition < partitions; partition++) {
            HttpResponse<String> answer =
                    get(node, "/v1/topics/" + topic + "/records?from=earliest&limit=1000&partition=" + partition);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonArray records = new JsonObject(answer.body()).getJsonArray("records");
            IntStream.range(0, records.size())
                    .forEach(i -> values.add(records.getJsonObject(i).getString("value")));
        }
        return values;
    }

    private static HttpResponse<String> get(NodeProcess node, String path) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(node.http() + path)).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(NodeProcess node, String path, String type, String body) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(node.http() + path))
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Free a moment ago: nobody else on this machine is likely to take it. */
    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
