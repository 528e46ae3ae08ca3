package io.thalweg.connectors.process.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.api.Header;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.TopicPartition;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NativeEncoderTest {

    private static final TopicPartition PARTITION = new TopicPartition("orders", 2);

    @Test
    void bytesAreWrittenAsJsonStringOrBase64() {
        String line = line(NativeEncoder.records(
                9,
                List.of(
                        record("{\"a\":\n1}".getBytes(StandardCharsets.UTF_8)),
                        record("plain \"é\"".getBytes(StandardCharsets.UTF_8)),
                        record(new byte[] {(byte) 0xff, 0}),
                        record("{\"broken\":".getBytes(StandardCharsets.UTF_8)),
                        record(new byte[0]),
                        record(null),
                        record("{\u0000".getBytes(StandardCharsets.UTF_8)),
                        record(new JsonObject().put("b", 2)))));

        JsonObject message = new JsonObject(line);
        assertThat(line.indexOf('\n')).as("one line").isEqualTo(line.length() - 1);
        assertThat(message.getLong("id")).isEqualTo(9);
        assertThat(column(message, "value"))
                .containsExactly(
                        new JsonObject().put("a", 1),
                        "plain \"é\"",
                        "/wA=",
                        "{\"broken\":",
                        "",
                        null,
                        "{\u0000",
                        new JsonObject().put("b", 2));
        assertThat(column(message, "valueType"))
                .containsExactly(null, "string", "base64", "string", "string", null, "string", null);
        assertThat(column(message, "offset")).containsOnly(5);
    }

    @Test
    void headersTravel() {
        SinkRecord record = new SinkRecord(
                PARTITION, 5, 6, null, null, List.of(new Header("a", new byte[] {'1'}), new Header("b", null)));

        JsonObject written = new JsonObject(line(NativeEncoder.records(1, List.of(record))))
                .getJsonArray("records")
                .getJsonObject(0);

        assertThat(written.getJsonObject("headers"))
                .isEqualTo(new JsonObject().put("a", 1).putNull("b"));
        assertThat(written.getString("topic")).isEqualTo("orders");
        assertThat(written.getInteger("partition")).isEqualTo(2);
        assertThat(written.getLong("timestamp")).isEqualTo(6);
    }

    @Test
    void startCarriesPositionAndSettings() {
        JsonObject start = new JsonObject(line(NativeEncoder.start(
                1, "source", "a\"b", 3, new JsonObject().put("x", 1), new JsonObject().put("line", 7), true)));

        assertThat(start)
                .isEqualTo(new JsonObject()
                        .put("type", "START")
                        .put("protocol", 1)
                        .put("role", "source")
                        .put("connector", "a\"b")
                        .put("task", 3)
                        .put("config", new JsonObject().put("x", 1))
                        .put("position", new JsonObject().put("line", 7))
                        .put("durable", true));
    }

    private static List<@Nullable Object> column(JsonObject message, String name) {
        JsonArray records = message.getJsonArray("records");
        List<@Nullable Object> column = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            column.add(records.getJsonObject(i).getValue(name));
        }
        return column;
    }

    private static SinkRecord record(@Nullable Object value) {
        return new SinkRecord(PARTITION, 5, 6, null, value, List.of());
    }

    private static String line(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
