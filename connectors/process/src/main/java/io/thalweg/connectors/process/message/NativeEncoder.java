package io.thalweg.connectors.process.message;

import io.thalweg.connectors.api.SinkRecord;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The native protocol, written: what the host says. */
public final class NativeEncoder {

    /** The versions that this host speaks, newest first. */
    public static final List<Integer> VERSIONS = List.of(1);

    private NativeEncoder() {}

    /**
     * @param role source or sink
     * @param position where a source begins: behind what this position covers; null at its own beginning
     * @param durable whether what the position covers is in the log: then this is also its acknowledgement
     */
    public static byte[] start(
            int version,
            String role,
            String connector,
            int task,
            JsonObject settings,
            @Nullable Object position,
            boolean durable) {
        JsonLine line = new JsonLine()
                .raw("{\"type\":\"START\",\"protocol\":" + version + ",\"role\":\"" + role + "\",\"connector\":")
                .string(connector)
                .raw(",\"task\":" + task + ",\"config\":")
                .value(settings);
        if (role.equals("source")) {
            line.raw(",\"position\":").value(position).raw(",\"durable\":" + durable);
        }
        return line.raw("}").end().toByteArray();
    }

    public static byte[] ack(@Nullable Object position) {
        return new JsonLine()
                .raw("{\"type\":\"ACK\",\"position\":")
                .value(position)
                .raw("}")
                .end()
                .toByteArray();
    }

    public static byte[] flush(long id) {
        return new JsonLine()
                .raw("{\"type\":\"FLUSH\",\"id\":" + id + "}")
                .end()
                .toByteArray();
    }

    public static byte[] stop() {
        return new JsonLine().raw("{\"type\":\"STOP\"}").end().toByteArray();
    }

    public static byte[] records(long id, List<SinkRecord> records) {
        JsonLine line = new JsonLine().raw("{\"type\":\"RECORDS\",\"id\":" + id + ",\"records\":[");
        String separator = "";
        for (SinkRecord record : records) {
            line.raw(separator)
                    .raw("{\"topic\":")
                    .string(record.topicPartition().topic());
            line.raw(",\"partition\":" + record.topicPartition().partition() + ",\"offset\":" + record.offset()
                    + ",\"timestamp\":" + record.timestampMillis());
            RecordText.member(line, "key", "keyType", record.key());
            RecordText.member(line, "value", "valueType", record.value());
            if (!record.headers().isEmpty()) {
                RecordText.headers(line, record.headers());
            }
            line.raw("}");
            separator = ",";
        }
        return line.raw("]}").end().toByteArray();
    }
}
