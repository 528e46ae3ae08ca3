package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.history.History;
import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server-sent event stream goes on over kill -9 of its node, by nothing but the id that its client saw last. */
@Timeout(180)
class EventStreamResumeFaultIT {
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 3;
    private static final int KILLS = 4;

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    /** Next offset that is expected, by partition; offsets of idempotent records have no holes. */
    private final Map<Integer, Long> next = new HashMap<>();

    private @Nullable String lastId;

    @Test
    void eachRecordIsStreamedOnceAndInOrderOverKills() throws Exception {
        SplittableRandom random = new SplittableRandom(System.nanoTime());
        History history = new History();
        long acknowledged;
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            Topics.create(node, TOPIC, PARTITIONS);
            try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, PARTITIONS)) {
                for (int kill = 0; kill < KILLS; kill++) {
                    load.awaitAcknowledged(2_000);
                    long wanted = streamed() + 500 + random.nextInt(1_500);
                    try (BufferedReader events = open(node)) {
                        readUntil(events, wanted);
                        node.kill();
                        // What was under way still arrives; then the connection is gone.
                        readUntil(events, Long.MAX_VALUE);
                    }
                    node.start();
                }
                load.awaitAcknowledged(500);
                acknowledged = load.finish();
            }
            try (BufferedReader events = open(node)) {
                readUntil(events, acknowledged);
            }
            assertThat(node.stop()).isZero();
        }
        assertThat(next).hasSize(PARTITIONS);
        assertThat(streamed()).isGreaterThanOrEqualTo(acknowledged);
        System.out.printf("event stream: kills=%d acknowledged=%d streamed=%d%n", KILLS, acknowledged, streamed());
    }

    private long streamed() {
        return next.values().stream().mapToLong(Long::longValue).sum();
    }

    private BufferedReader open(NodeProcess node) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(node.http() + "/v1/topics/" + TOPIC + "/events?from=earliest"));
        if (lastId != null) {
            request.header("Last-Event-ID", lastId);
        }
        HttpResponse<java.io.InputStream> response =
                http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** Until so many records were streamed in all, or the connection is gone. An event counts once it is complete. */
    private void readUntil(BufferedReader events, long wanted) {
        String id = null;
        JsonObject record = null;
        try {
            while (streamed() < wanted) {
                String line = events.readLine();
                if (line == null) {
                    return;
                }
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    record = new JsonObject(line.substring(6));
                } else if (line.isEmpty() && id != null) {
                    lastId = id;
                    if (record != null) {
                        accept(record);
                    }
                    record = null;
                }
            }
        } catch (IOException gone) {
            assertThat(wanted)
                    .as("the connection broke while the node was up: " + gone)
                    .isEqualTo(Long.MAX_VALUE);
        }
    }

    private void accept(JsonObject record) {
        int partition = record.getInteger("partition");
        assertThat(record.getLong("offset")).as("partition=%d", partition).isEqualTo(next.getOrDefault(partition, 0L));
        next.put(partition, record.getLong("offset") + 1);
    }
}
