package io.thalweg.connectors.process.message;

import io.thalweg.connectors.api.SinkRecord;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one Singer target is told, and what it answers. Each frame ends with a STATE that carries its id; the target writes a
 * state to stdout once everything before it is durable. Encoding is confined to the thread that writes.
 */
public final class SingerTarget implements ChildParser {

    private static final String ID = "thalweg";
    private static final int STREAMS_MAX = 10_000;

    private final JsonObject schema;
    private final List<String> keyProperties;
    private final Set<String> announced = new HashSet<>();

    /** @param schema of every stream's records */
    public SingerTarget(JsonObject schema, List<String> keyProperties) {
        this.schema = schema;
        this.keyProperties = List.copyOf(keyProperties);
    }

    public byte[] records(long id, List<SinkRecord> records) {
        JsonLine lines = new JsonLine();
        for (SinkRecord record : records) {
            String stream = record.topicPartition().topic();
            if (!announced.contains(stream)) {
                if (announced.size() < STREAMS_MAX) {
                    announced.add(stream);
                }
                lines.raw("{\"type\":\"SCHEMA\",\"stream\":")
                        .string(stream)
                        .raw(",\"schema\":")
                        .value(schema)
                        .raw(",\"key_properties\":")
                        .value(new JsonArray(keyProperties))
                        .raw("}")
                        .end();
            }
            lines.raw("{\"type\":\"RECORD\",\"stream\":").string(stream).raw(",\"record\":");
            RecordText.object(lines, record.value());
            lines.raw("}").end();
        }
        return lines.raw("{\"type\":\"STATE\",\"value\":{\"" + ID + "\":" + id + "}}")
                .end()
                .toByteArray();
    }

    /** A state, as such or wrapped in a message. What is neither is not for us. */
    @Override
    public ChildMessage parse(byte[] buffer, int from, int to) {
        try (LineJson json = new LineJson(buffer, from, to)) {
            String name;
            while ((name = json.nextMember()) != null) {
                if (name.equals(ID)) {
                    return new ChildMessage.Ack(json.integer());
                }
                if (name.equals("value") && json.value() instanceof JsonObject state && state.containsKey(ID)) {
                    return new ChildMessage.Ack(state.getLong(ID));
                }
                json.skip();
            }
            return ChildMessage.Ignored.INSTANCE;
        } catch (IOException | MessageException | RuntimeException notAState) {
            return ChildMessage.Ignored.INSTANCE;
        }
    }
}
