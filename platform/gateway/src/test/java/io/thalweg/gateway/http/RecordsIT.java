package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishing in each form and reading it back. */
class RecordsIT {
    @TempDir
    Path directory;

    private DoorFixture door;

    @BeforeEach
    void start() {
        door = new DoorFixture(directory);
        door.createTopic("flights", 2);
    }

    @AfterEach
    void stop() {
        door.close();
    }

    @Test
    void jsonRecordsAreReadBackAsTheyWerePublished() {
        HttpResponse<String> published = door.publish(
                "flights",
                "application/json",
                "{\"records\":[{\"key\":\"SFO\",\"value\":{ \"delay\": 1.10 },\"partition\":1,\"timestamp\":1000,"
                        + "\"headers\":{\"h\":\"x\"}},{\"value\":null,\"partition\":1},{\"value\":\"text\",\"partition\":1}]}");

        assertThat(published.statusCode()).isEqualTo(200);
        assertThat(DoorFixture.object(published).getJsonArray("offsets")).hasSize(3);
        HttpResponse<String> read = door.get("/v1/topics/flights/records?partition=1&from=0");
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.body()).contains("\"value\":{ \"delay\": 1.10 },\"valueType\":\"json\"");
        JsonArray records = DoorFixture.object(read).getJsonArray("records");
        JsonObject first = records.getJsonObject(0);
        assertThat(first.getString("key")).isEqualTo("SFO");
        assertThat(first.getLong("timestamp")).isEqualTo(1000);
        assertThat(first.getJsonArray("headers").getJsonObject(0).getString("value"))
                .isEqualTo("x");
        assertThat(records.getJsonObject(1).getString("valueType")).isEqualTo("null");
        assertThat(records.getJsonObject(2).getString("value")).isEqualTo("text");
    }

    @Test
    void anyOtherContentTypeIsOneRawRecord() {
        HttpResponse<String> published = door.send(door.request("/v1/topics/flights/records?key=SFO&partition=0")
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(new byte[] {0, (byte) 0xff, 7})));

        assertThat(published.statusCode()).isEqualTo(200);
        JsonObject record = read("partition=0", 1).get(0);
        assertThat(record.getString("valueType")).isEqualTo("base64");
        assertThat(record.getBinary("value")).isEqualTo(new byte[] {0, (byte) 0xff, 7});
        assertThat(record.getString("key")).isEqualTo("SFO");
    }

    @Test
    void ndjsonOfAnyLengthIsStoredAndABadLineFailsAlone() {
        int lines = NdjsonPublish.LISTED_MAX + 5_000;
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            body.append(i == 777 ? "{not json" : "{\"value\":\"v" + i + "\",\"partition\":" + i % 2 + "}")
                    .append("\r\n");
        }

        HttpResponse<String> published = door.publish("flights", "application/x-ndjson", body.toString());

        assertThat(published.statusCode()).isEqualTo(207);
        JsonObject answer = DoorFixture.object(published);
        assertThat(answer.getLong("published")).isEqualTo(lines - 1L);
        assertThat(answer.getLong("failed")).isEqualTo(1);
        assertThat(answer.getJsonArray("problems").getJsonObject(0).getInteger("line"))
                .isEqualTo(778);
        assertThat(answer.containsKey("offsets")).isFalse();
        long stored = answer.getJsonArray("partitions").stream()
                .mapToLong(sum -> ((JsonObject) sum).getLong("count"))
                .sum();
        assertThat(stored).isEqualTo(lines - 1L);
        assertThat(read("partition=0&limit=10000", lines / 2))
                .hasSize(lines / 2)
                .extracting(record -> record.getString("value"))
                .startsWith("v0", "v2", "v4");
    }

    @Test
    void shortNdjsonListsEveryLineInOrder() {
        HttpResponse<String> published = door.publish(
                "flights", "application/x-ndjson", "{\"value\":1}\n\n{}\n{\"value\":\"last, without a line end\"}");

        assertThat(published.statusCode()).isEqualTo(207);
        JsonArray offsets = DoorFixture.object(published).getJsonArray("offsets");
        assertThat(offsets).hasSize(3);
        assertThat(offsets.getJsonObject(1).getJsonObject("problem").getString("errorCode"))
                .isEqualTo("INVALID_RECORD");
    }

    @Test
    void someRecordsFailingIs207AndAllFailingIsTheirStatus() {
        String large = "x".repeat(600_000);
        door.json(
                "PATCH",
                "/v1/topics/flights",
                new JsonObject().put("configs", new JsonObject().put("max.message.bytes", 100_000)));

        HttpResponse<String> some = door.publish(
                "flights",
                "application/json",
                "{\"records\":[{\"value\":\"small\",\"partition\":0},{\"value\":\"" + large + "\",\"partition\":1}]}");
        HttpResponse<String> all = door.publish("flights", "text/plain", large);

        assertThat(some.statusCode()).isEqualTo(207);
        assertThat(DoorFixture.object(some)
                        .getJsonArray("offsets")
                        .getJsonObject(0)
                        .getLong("offset"))
                .isEqualTo(0);
        assertThat(some.body()).contains("\"errorCode\":\"MESSAGE_TOO_LARGE\"");
        assertThat(all.statusCode()).isEqualTo(413);
        assertThat(read("partition=0", 1)).hasSize(1);
    }

    @Test
    void cursorsReadEveryRecordOnceOverAllPartitions() {
        door.publishValues("flights", 0, 0, 50);
        door.publishValues("flights", 1, 50, 120);

        List<String> seen = new ArrayList<>();
        String from = "earliest";
        for (int page = 0; page < 40 && seen.size() < 120; page++) {
            JsonObject answer = DoorFixture.object(door.get("/v1/topics/flights/records?limit=7&from=" + from));
            answer.getJsonArray("records").forEach(record -> seen.add(((JsonObject) record).getString("value")));
            from = answer.getString("next");
        }

        assertThat(seen).hasSize(120).doesNotHaveDuplicates();
        JsonObject end = DoorFixture.object(door.get("/v1/topics/flights/records?from=" + from));
        assertThat(end.getJsonArray("records")).isEmpty();
    }

    @Test
    void aFilterLeavesRecordsOutAndTheCursorGoesOnBehindWhatWasLookedAt() {
        door.publishValues("flights", 0, 0, 50);
        door.publishValues("flights", 1, 50, 120);

        List<String> seen = new ArrayList<>();
        int looked = 0;
        String from = "earliest";
        JsonObject answer;
        do {
            answer = DoorFixture.object(
                    door.get("/v1/topics/flights/records?limit=7&filter=value%20contains%20%227%22&from=" + from));
            answer.getJsonArray("records").forEach(record -> seen.add(((JsonObject) record).getString("value")));
            looked += answer.getInteger("looked");
            from = answer.getString("next");
        } while (answer.getInteger("looked") > 0);

        assertThat(looked).isEqualTo(120);
        assertThat(seen).hasSize(21).allMatch(value -> value.contains("7")).doesNotHaveDuplicates();
        assertThat(door.get("/v1/topics/flights/records?filter=value").statusCode())
                .isEqualTo(400);
        assertThat(DoorFixture.object(door.get("/v1/topics/flights/records")).containsKey("looked"))
                .isFalse();
    }

    @Test
    void waitingReadIsWokenByAPublish() throws Exception {
        CompletableFuture<HttpResponse<String>> waiting = door.http.sendAsync(
                door.request("/v1/topics/flights/records?partition=0&from=latest&wait=20000")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        // Published until the reader, whose "latest" is taken at an unknown moment, sees one.
        int published = 0;
        while (!waiting.isDone() && published < 10_000) {
            door.publishValues("flights", 0, published, published + 1);
            published++;
        }

        assertThat(DoorFixture.object(waiting.get()).getJsonArray("records")).isNotEmpty();
    }

    @Test
    void instantsFindTheFirstRecordAtOrAfter() {
        door.publish(
                "flights",
                "application/json",
                "{\"records\":[{\"value\":\"a\",\"partition\":0,\"timestamp\":1000},{\"value\":\"b\",\"partition\":0,\"timestamp\":5000}]}");

        JsonObject answer =
                DoorFixture.object(door.get("/v1/topics/flights/records?partition=0&from=1970-01-01T00:00:02Z"));

        assertThat(answer.getJsonArray("records").getJsonObject(0).getString("value"))
                .isEqualTo("b");
    }

    @Test
    void idempotencyKeyPublishesOnceAndGivesTheFirstAnswer() {
        String body = "{\"records\":[{\"value\":\"once\",\"partition\":0}]}";
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(door.http.sendAsync(idempotent(body).build(), HttpResponse.BodyHandlers.ofString()));
        }
        List<String> bodies = answers.stream()
                .map(CompletableFuture::join)
                .map(HttpResponse::body)
                .toList();
        HttpResponse<String> other = door.send(idempotent("{\"records\":[{\"value\":\"other\"}]}"));

        assertThat(bodies).containsOnly(bodies.get(0));
        assertThat(bodies.get(0)).contains("\"offset\":0");
        assertThat(read("partition=0", 1)).hasSize(1);
        assertThat(other.statusCode()).isEqualTo(422);
    }

    private java.net.http.HttpRequest.Builder idempotent(String body) {
        return door.request("/v1/topics/flights/records")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "order-7")
                .POST(BodyPublishers.ofString(body));
    }

    @Test
    void gzipBodiesAreInflatedUpToTheLimit() throws IOException {
        HttpResponse<String> small =
                door.send(gzip("application/json", "{\"records\":[{\"value\":\"zipped\",\"partition\":0}]}"));
        HttpResponse<String> bomb = door.send(gzip("text/plain", "0".repeat(200 << 20)));

        assertThat(small.statusCode()).isEqualTo(200);
        assertThat(read("partition=0", 1).get(0).getString("value")).isEqualTo("zipped");
        assertThat(bomb.statusCode()).isEqualTo(413);
    }

    private java.net.http.HttpRequest.Builder gzip(String type, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return door.request("/v1/topics/flights/records")
                .header("Content-Type", type)
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(bytes.toByteArray()));
    }

    @Test
    void restProxyFormsAreTaken() {
        HttpResponse<String> json = door.send(door.request("/topics/flights")
                .header("Content-Type", "application/vnd.kafka.json.v2+json")
                .POST(BodyPublishers.ofString("{\"records\":[{\"value\":{\"a\":1},\"partition\":0}]}")));
        HttpResponse<String> binary = door.send(door.request("/topics/flights")
                .header("Content-Type", "application/vnd.kafka.binary.v2+json")
                .POST(BodyPublishers.ofString("{\"records\":[{\"value\":\"aGk=\",\"partition\":0}]}")));
        HttpResponse<String> avro = door.send(door.request("/topics/flights")
                .header("Content-Type", "application/vnd.kafka.avro.v2+json")
                .POST(BodyPublishers.ofString("{}")));

        assertThat(json.body())
                .isEqualTo("{\"offsets\":[{\"partition\":0,\"offset\":0,\"error_code\":null,\"error\":null}],"
                        + "\"key_schema_id\":null,\"value_schema_id\":null}");
        assertThat(binary.statusCode()).isEqualTo(200);
        assertThat(avro.statusCode()).isEqualTo(415);
        assertThat(read("partition=0", 2))
                .extracting(record -> record.getValue("value"))
                .containsExactly(new JsonObject().put("a", 1), "hi");
    }

    @Test
    void recordsSurviveARestart() {
        door.publishValues("flights", 0, 0, 10);

        door.restart();

        assertThat(read("partition=0", 10)).hasSize(10);
    }

    /** Reads until there are so many. */
    private List<JsonObject> read(String query, int count) {
        List<JsonObject> records = new ArrayList<>();
        String from = "earliest";
        for (int page = 0; page < 1_000 && records.size() < count; page++) {
            HttpResponse<String> answer = door.get("/v1/topics/flights/records?" + query + "&from=" + from);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonObject body = DoorFixture.object(answer);
            body.getJsonArray("records").forEach(record -> records.add((JsonObject) record));
            from = body.getString("next");
        }
        return records;
    }
}
