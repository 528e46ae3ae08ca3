package io.thalweg.connectors.process.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.api.TopicPartition;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SingerTest {

    private final SingerTapParser tap = new SingerTapParser(null, "crm.");

    @Test
    void aTapsRecordGoesToItsStreamsTopicUnderItsKey() throws MessageException {
        tap("{\"type\":\"SCHEMA\",\"stream\":\"public/users\",\"schema\":{},\"key_properties\":[\"id\"]}");
        tap("{\"type\":\"SCHEMA\",\"stream\":\"pairs\",\"schema\":{},\"key_properties\":[\"b\",\"a\"]}");

        SourceRecord user =
                record("{\"type\":\"RECORD\",\"record\":{\"name\":\"x\",\"id\":7},\"stream\":\"public/users\"}");
        SourceRecord pair = record("{\"type\":\"RECORD\",\"stream\":\"pairs\",\"record\":{\"a\":\"q\",\"b\":[1]}}");
        SourceRecord keyless = record("{\"type\":\"RECORD\",\"stream\":\"other\",\"record\":{}}");

        assertThat(user.topic()).isEqualTo("crm.public_users");
        assertThat(text(user.key())).isEqualTo("7");
        assertThat(text(user.value())).isEqualTo("{\"name\":\"x\",\"id\":7}");
        assertThat(text(pair.key())).isEqualTo("{\"b\":[1],\"a\":\"q\"}");
        assertThat(keyless.key()).isNull();
    }

    @Test
    void aTapsStateIsItsPosition() throws MessageException {
        ChildMessage.Records state = (ChildMessage.Records)
                tap("{\"type\":\"STATE\",\"value\":{\"bookmarks\":{\"users\":{\"at\":\"2026\"}}}}");

        assertThat(state.records()).isEmpty();
        assertThat(state.position()).isEqualTo(new JsonObject("{\"bookmarks\":{\"users\":{\"at\":\"2026\"}}}"));
    }

    @Test
    void batchesAreRefusedSinceTheirRecordsWouldBeLost() {
        assertThatThrownBy(() -> tap("{\"type\":\"BATCH\",\"stream\":\"users\",\"manifest\":[]}"))
                .isInstanceOf(MessageException.class)
                .hasMessageContaining("BATCH");
    }

    @Test
    void aTargetHearsOfAStreamOnceAndOfAStateBehindEachFrame() {
        SingerTarget target = new SingerTarget(new JsonObject().put("type", "object"), List.of("id"));

        String first = new String(target.records(1, List.of(sink("{\"id\":1}"), sink("text"))), StandardCharsets.UTF_8);
        String second = new String(target.records(2, List.of(sink(null))), StandardCharsets.UTF_8);

        assertThat(first.lines())
                .containsExactly(
                        "{\"type\":\"SCHEMA\",\"stream\":\"users\",\"schema\":{\"type\":\"object\"},\"key_properties\":[\"id\"]}",
                        "{\"type\":\"RECORD\",\"stream\":\"users\",\"record\":{\"id\":1}}",
                        "{\"type\":\"RECORD\",\"stream\":\"users\",\"record\":{\"value\":\"text\"}}",
                        "{\"type\":\"STATE\",\"value\":{\"thalweg\":1}}");
        assertThat(second.lines())
                .containsExactly(
                        "{\"type\":\"RECORD\",\"stream\":\"users\",\"record\":{\"value\":null}}",
                        "{\"type\":\"STATE\",\"value\":{\"thalweg\":2}}");
    }

    @Test
    void aTargetsStateIsAnAcknowledgementHoweverItIsWrapped() {
        SingerTarget target = new SingerTarget(new JsonObject(), List.of());

        for (String line : List.of("{\"thalweg\":12}", "{\"type\":\"STATE\",\"value\":{\"thalweg\":12}}")) {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            assertThat(target.parse(bytes, 0, bytes.length)).isEqualTo(new ChildMessage.Ack(12));
        }
        byte[] chatter = "INFO loaded 5 rows".getBytes(StandardCharsets.UTF_8);
        assertThat(target.parse(chatter, 0, chatter.length)).isInstanceOf(ChildMessage.Ignored.class);
    }

    private static SinkRecord sink(@Nullable String value) {
        return new SinkRecord(
                new TopicPartition("users", 0),
                0,
                0,
                null,
                value == null ? null : value.getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    private SourceRecord record(String line) throws MessageException {
        return ((ChildMessage.Records) tap(line)).records().get(0);
    }

    private ChildMessage tap(String line) throws MessageException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return tap.parse(bytes, 0, bytes.length);
    }

    private static String text(@Nullable Object bytes) {
        return new String((byte[]) Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
    }
}
