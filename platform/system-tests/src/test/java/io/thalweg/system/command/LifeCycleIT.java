package io.thalweg.system.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node from its start to its end, from outside. */
class LifeCycleIT {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    @Test
    void aNodeSaysWhereItIsAndStopsInOrderOnSigterm() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();

            assertThat(node.httpPort()).isPositive();
            assertThat(node.kafkaPort()).isPositive();
            assertThat(node.eventBusPort()).isPositive();
            assertThat(get(node, "/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(node, "/health/live").statusCode()).isEqualTo(200);
            assertThat(node.printed())
                    .contains(
                            "http://127.0.0.1:" + node.httpPort(),
                            "127.0.0.1:" + node.kafkaPort(),
                            "127.0.0.1:" + node.eventBusPort(),
                            node.dataDirectory().toString());
            assertThat(node.stop()).isZero();
            assertThat(node.printed()).doesNotContain("Exception");
        }
    }

    @Test
    void theCurlPairOfTheBannerWorks() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            List<String> commands = new ArrayList<>();
            Matcher command = Pattern.compile("(curl .*)").matcher(node.printed());
            while (command.find()) {
                commands.add(command.group(1));
            }
            assertThat(commands).hasSize(2);

            String published = shell(commands.get(0));
            String read = shell(commands.get(1));

            assertThat(new JsonObject(published).getJsonArray("offsets")).hasSize(1);
            JsonObject record = new JsonObject(read).getJsonArray("records").getJsonObject(0);
            assertThat(record.getString("key")).isEqualTo("me");
            assertThat(record.getString("value")).isEqualTo("hello");
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterAnOrderedRestart() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            publish(node, "orders", 100);
            assertThat(node.stop()).isZero();
            node.start();

            assertThat(values(node, "orders")).isEqualTo(expected(100));
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterKillNine() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            publish(node, "orders", 100);
            node.kill();
            node.start();

            assertThat(values(node, "orders")).isEqualTo(expected(100));
        }
    }

    @Test
    void theScrapeCountsWhatWasPublished() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            publish(node, "orders", 10);

            String metrics = get(node, "/metrics").body();

            Matcher records = Pattern.compile("(?m)^kafka_server_brokertopicmetrics_messagesin_total ([0-9.E]+)$")
                    .matcher(metrics);
            assertThat(records.find()).as(metrics).isTrue();
            assertThat(Double.parseDouble(records.group(1))).isGreaterThanOrEqualTo(10);
            assertThat(metrics).contains("jvm_memory_used_bytes");
            assertThat(metrics).contains("kafka_server_topicmetrics_messagesin_total{topic=\"orders\"} 10.0");
            assertThat(values(node, "orders")).hasSize(10);
            assertThat(get(node, "/metrics").body())
                    .contains("kafka_server_topicmetrics_messagesout_total{topic=\"orders\"} 10.0");
            assertThat(scrapeUntil(node, "kafka_log_log_logendoffset{partition=\"0\",topic=\"orders\"} 10.0"))
                    .isTrue();
        }
    }

    @Test
    void eventsAreOneJsonObjectALineIfAskedFor() throws Exception {
        try (NodeProcess node =
                NodeProcess.in(directory).withOptions("--set", "logging.format=json", "--set", "logging.level=INFO")) {
            node.start();
            node.stop();

            List<String> events =
                    node.printed().lines().filter(line -> line.startsWith("{")).toList();
            assertThat(events).isNotEmpty();
            assertThat(events)
                    .allSatisfy(line ->
                            assertThat(new JsonObject(line).fieldNames()).contains("level", "timestamp"));
        }
    }

    /** Partitions are looked up beside the scrape that first asks for them, so a later one shows them. */
    private static boolean scrapeUntil(NodeProcess node, String line) throws Exception {
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < deadlineNanos) {
            if (get(node, "/metrics").body().contains(line)) {
                return true;
            }
        }
        return false;
    }

    private static void publish(NodeProcess node, String topic, int count) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append("{\"value\":{\"n\":").append(i).append("}}\n");
        }
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(node.http() + "/v1/topics/" + topic + "/records"))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(BodyPublishers.ofString(lines.toString()))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static List<Integer> values(NodeProcess node, String topic) throws Exception {
        HttpResponse<String> answer = get(node, "/v1/topics/" + topic + "/records?from=earliest&limit=1000");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonArray records = new JsonObject(answer.body()).getJsonArray("records");
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            values.add(records.getJsonObject(i).getJsonObject("value").getInteger("n"));
        }
        return values;
    }

    private static List<Integer> expected(int count) {
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(i);
        }
        return values;
    }

    private static HttpResponse<String> get(NodeProcess node, String path) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(node.http() + path)).build(), BodyHandlers.ofString());
    }

    private String shell(String command) throws Exception {
        Path out = Files.createTempFile(directory, "curl", ".txt");
        Process process = new ProcessBuilder("sh", "-c", command + " -sS")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(out)).isZero();
        return Files.readString(out);
    }
}
