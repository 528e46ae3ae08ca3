package io.thalweg.system.console;

import io.thalweg.system.node.NodeProcess;
import io.thalweg.system.node.PublishedRecords;
import io.thalweg.system.verticle.Sources;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A node on which there is something to see of everything: the demo's pipeline, a connector and a stream that failed,
 * verticles in every state, groups with members and with lag, names and texts of all lengths, and hostile ones.
 */
final class ShownNode implements AutoCloseable {
    private static final String DEMO = "/io/thalweg/conf/demo/";
    static final String LONG_TOPIC =
            "telemetry.production.eu-central-1.vehicles.connected-trucks.engine-control-unit.readings-by-minute.v2";

    private static final int ORDERS = 500;

    final NodeProcess node;
    final NodeApi api;
    private final Path connect;
    private final List<KafkaConsumer<String, String>> members = new ArrayList<>();

    private ShownNode(NodeProcess node, Path connect) {
        this.node = node;
        this.api = new NodeApi(node.http());
        this.connect = connect;
    }

    static ShownNode in(Path directory) throws Exception {
        Path connect = Files.createDirectories(directory.resolve("connect"));
        Path classes = Sources.compile(sources(directory.resolve("src")), directory.resolve("classes"));
        JsonObject settings = new JsonObject()
                .put("verticleClassPath", new JsonArray().add(classes + "/"))
                .put("verticles", verticles())
                .put(
                        "streams",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("name", "java:io.thalweg.launcher.demo.pipeline.AirportDelays"))
                                .add(new JsonObject().put("name", "java:OrdersByCustomer"))
                                .add(new JsonObject().put("name", "java:com.acme.Absent")))
                .put(
                        "connectors",
                        new JsonObject()
                                .put("pathRoots", new JsonArray().add(connect.toString()))
                                .put(
                                        "directory",
                                        directory.resolve("no-connectors").toString()));
        Path conf = Files.writeString(directory.resolve("conf.json"), settings.encode());
        // Streams would create the topics that they read, as wide as any: they come to find them there.
        Path first = Files.createDirectories(directory.resolve("first"));
        try (NodeProcess before = NodeProcess.in(first).withDataDirectory(directory.resolve("data"))) {
            before.start();
            createTopics(new NodeApi(before.http()));
            before.stop();
        }
        NodeProcess process = NodeProcess.in(directory).withOptions("--conf", conf.toString());
        process.start();
        ShownNode shown = new ShownNode(process, connect);
        try {
            shown.fill();
            return shown;
        } catch (Exception | AssertionError failure) {
            shown.close();
            throw failure;
        }
    }

    private static Path sources(Path sources) throws IOException {
        verticle(sources, "Heartbeat", "vertx.setPeriodic(200, t -> { });");
        verticle(
                sources,
                "Alarms",
                "vertx.setPeriodic(500, t -> { throw new IllegalStateException(\"sensor 17 has no unit\"); });");
        verticle(sources, "Enrichment", "context.runOnContext(t -> waitForEver());");
        verticle(
                sources,
                "Importer",
                "if (true) { throw new IllegalStateException(\"the licence file /etc/importer/licence is not there\"); }");
        Sources.write(sources, "OrdersByCustomer", """
                import io.thalweg.streams.*;
                import io.vertx.core.json.JsonObject;
                public class OrdersByCustomer implements StreamDefinition {
                    @Override public StreamApp define(JsonObject config) {
                        StreamApp app = StreamApp.named("orders-by-customer");
                        app.stream("orders", Serdes.string(), Serdes.json())
                           .mapValues(order -> order.getJsonArray("items").getJsonObject(0).getString("sku"))
                           .groupByKey()
                           .count("orders-of-customer")
                           .toStream().to("orders-by-customer");
                        return app;
                    }
                }
                """);
        return sources;
    }

    private static void verticle(Path sources, String name, String start) throws IOException {
        Sources.write(sources, name, """
                import io.vertx.core.*;
                public class %s extends VerticleBase {
                    @Override public Future<?> start() {
                        %s
                        return Future.succeededFuture();
                    }
                    void waitForEver() {
                        try {
                            new java.util.concurrent.CountDownLatch(1).await();
                        } catch (InterruptedException stopped) {
                            Thread.currentThread().interrupt();
                        }
                    }
                }
                """.formatted(name, start));
    }

    private static JsonArray verticles() {
        return new JsonArray()
                .add(new JsonObject()
                        .put("id", "heartbeat")
                        .put("name", "java:Heartbeat")
                        .put("instances", 2))
                .add(new JsonObject().put("id", "alarms").put("name", "java:Alarms"))
                .add(new JsonObject().put("id", "enrichment").put("name", "java:Enrichment"))
                .add(new JsonObject().put("id", "importer").put("name", "java:Importer"));
    }

    private static void createTopics(NodeApi api) throws Exception {
        api.createTopic("orders", 4);
        api.createTopic("payments.eu-west.authorised-and-captured", 12);
        api.createTopic(LONG_TOPIC, 3);
        api.createTopic("audit", 1);
        api.createTopic("hostile", 1);
        createAs(api, "airports", 1, new JsonObject().put("cleanup.policy", "compact"));
        createAs(api, "flights", 6, new JsonObject().put("retention.ms", "-1"));
        createAs(api, "airport-delays", 6, new JsonObject().put("cleanup.policy", "compact"));
    }

    private void fill() throws Exception {
        publishOrders();
        publishHostile();
        connectors();
        groups();
        settle();
    }

    private static void createAs(NodeApi api, String name, int partitions, JsonObject configs) throws Exception {
        JsonObject topic =
                new JsonObject().put("name", name).put("partitions", partitions).put("configs", configs);
        NodeApi.expect(201, api.send("POST", "/v1/topics", topic));
    }

    private void publishOrders() throws Exception {
        JsonArray records = new JsonArray();
        for (int i = 0; i < ORDERS; i++) {
            JsonObject value = new JsonObject()
                    .put("orderId", 12_345_678_901_234L + i)
                    .put("customer", "Customer " + i % 40)
                    .put("items", new JsonArray().add(new JsonObject().put("sku", "A-" + i % 90)));
            records.add(new JsonObject().put("key", "customer-" + i % 40).put("value", value));
        }
        // One that the stream of orders cannot take: its task stands still, the others go on.
        records.add(new JsonObject().put("key", "customer-7").put("value", new JsonObject().put("orderId", 1)));
        api.publish("orders", records);
    }

    private void publishHostile() throws Exception {
        JsonArray records = new JsonArray();
        for (String text : HostileStrings.ALL) {
            JsonObject nested = new JsonObject()
                    .put(text, new JsonArray().add(text).add(1.5).add(true).addNull());
            JsonArray headers =
                    new JsonArray().add(new JsonObject().put("key", text).put("value", text));
            records.add(new JsonObject().put("key", text).put("value", nested).put("headers", headers));
        }
        records.add(new JsonObject()
                .put("key", "picture")
                .put("value", "iVBORw0KGgoAAAANSUhEUgAA")
                .put("valueType", "base64"));
        records.add(new JsonObject().put("key", "gone").putNull("value"));
        records.add(new JsonObject().put("key", "long").put("value", "word ".repeat(2_000)));
        api.publish("hostile", records);
    }

    private void connectors() throws Exception {
        for (String file : List.of("airports.csv", "flights-20k.json")) {
            try (InputStream in = resource(file)) {
                Files.copy(in, connect.resolve(file));
            }
        }
        Files.writeString(connect.resolve("payments.ndjson"), "{\"id\":1}\n{\"id\":2,\"amount\":\n{\"id\":3}\n");
        demo("airports");
        PublishedRecords.await(node, "airports", 3_376);
        demo("delays");
        demo("flights");
        connector(
                "clickstream",
                Map.of("connector.class", "generate", "topic", "clicks", "rate", "200", "value.bytes", "300"));
        connector(
                "payments-import",
                Map.of(
                        "connector.class",
                        "file-source",
                        "file",
                        connect + "/payments.ndjson",
                        "format",
                        "ndjson",
                        "topic",
                        "payments"));
        connector(
                "clicks-archive",
                Map.of("connector.class", "file-sink", "topics", "clicks", "directory", connect + "/archive"));
        connector(
                HostileStrings.ALL.get(1),
                Map.of("connector.class", "generate", "topic", "made-up", "rate", "1", "count", "5"));
        NodeApi.expect(202, api.send("PUT", "/connect/connectors/clicks-archive/pause", ""));
    }

    private void demo(String name) throws Exception {
        try (InputStream in = resource("connectors/" + name + ".json")) {
            JsonObject config =
                    new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8)).getJsonObject("config");
            JsonObject filled = new JsonObject();
            config.forEach(entry ->
                    filled.put(entry.getKey(), String.valueOf(entry.getValue()).replace("@demo@", connect.toString())));
            create(name, filled);
        }
    }

    private void connector(String name, Map<String, String> config) throws Exception {
        JsonObject json = new JsonObject();
        config.forEach(json::put);
        create(name, json);
    }

    private void create(String name, JsonObject config) throws Exception {
        JsonObject body = new JsonObject().put("name", name).put("config", config);
        NodeApi.expect(201, api.send("POST", "/connect/connectors", body));
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = NodeProcess.class.getResourceAsStream(DEMO + name);
        if (in == null) {
            throw new IOException("not on the class path: " + DEMO + name);
        }
        return in;
    }

    private void groups() throws Exception {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, node.kafka()))) {
            commit(admin, "billing", Map.of(partition("orders", 0), 20L, partition("orders", 1), 80L));
            commit(admin, "nightly-reports", Map.of(partition("orders", 0), 0L, partition("flights", 2), 12L));
            for (int i : new int[] {0, 1, 12, 24}) {
                commit(admin, HostileStrings.ALL.get(i), Map.of(partition("hostile", 0), 3L));
            }
        }
        for (int i = 0; i < 2; i++) {
            KafkaConsumer<String, String> member = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers", node.kafka(),
                            "group.id", "fulfilment",
                            "client.id", "warehouse-" + (i + 1),
                            "auto.offset.reset", "earliest",
                            "enable.auto.commit", "false",
                            // Nobody polls any more once the pictures are taken.
                            "max.poll.interval.ms", "3600000",
                            "max.poll.records", "60"),
                    new StringDeserializer(),
                    new StringDeserializer());
            members.add(member);
            member.subscribe(Set.of("orders", "clicks"));
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (members.stream().anyMatch(member -> member.assignment().isEmpty())) {
            members.forEach(member -> member.poll(Duration.ofMillis(50)));
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the group fulfilment did not come together within 60 s");
            }
        }
        members.forEach(member -> {
            member.poll(Duration.ofMillis(200));
            member.commitSync();
        });
    }

    private static TopicPartition partition(String topic, int index) {
        return new TopicPartition(topic, index);
    }

    private static void commit(Admin admin, String group, Map<TopicPartition, Long> offsets) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> wanted = new java.util.HashMap<>();
        offsets.forEach((partition, offset) -> wanted.put(partition, new OffsetAndMetadata(offset)));
        admin.alterConsumerGroupOffsets(group, wanted).all().get(20, TimeUnit.SECONDS);
    }

    private void settle() throws Exception {
        PublishedRecords.await(node, "flights", 20_000);
        until("/v1/streams/airport-delays-by-hour", stream -> stream.getLong("lag") == 0);
        until("/v1/groups/connect-delays", group -> group.getLong("totalLag") == 0);
        until(
                "/v1/streams/orders-by-customer",
                stream -> stream.getJsonArray("tasks").stream()
                        .anyMatch(task -> ((JsonObject) task).getString("state").equals("FAILED")));
        until(
                "/connect/connectors/payments-import/status",
                status -> status.getJsonArray("tasks").encode().contains("FAILED"));
        until(
                "/v1/verticles/enrichment",
                verticle -> verticle.getString("state").equals("blocked"));
    }

    /** Asks until the answer is as it should be: these parts of the node tell nobody when they are done. */
    private void until(String path, Predicate<JsonObject> wanted) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (true) {
            var answer = api.send("GET", path, "");
            if (answer.statusCode() == 200 && wanted.test(new JsonObject(answer.body()))) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 90 s: " + path + " is " + answer.body() + "\n" + node.printed());
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    @Override
    public void close() {
        members.forEach(member -> member.close(CloseOptions.timeout(Duration.ZERO)));
        node.close();
    }
}
