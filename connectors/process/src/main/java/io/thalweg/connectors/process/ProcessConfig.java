package io.thalweg.connectors.process;

import io.thalweg.connectors.api.TaskContext;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task's configuration. The keys are described in {@link ProcessSchema}.
 *
 * @param settings the child's own configuration; may hold secrets
 * @param environment variables for the child besides {@link ChildEnvironment}'s; may hold secrets
 * @param rerunIntervalMillis 0 not to run a source again that ended well
 */
record ProcessConfig(
        String connector,
        int task,
        List<String> command,
        Protocol protocol,
        JsonObject settings,
        JsonObject environment,
        @Nullable String directory,
        @Nullable String topic,
        String topicPrefix,
        @Nullable JsonObject catalog,
        JsonObject schema,
        List<String> keyProperties,
        long startTimeoutMillis,
        long stopGraceMillis,
        int lineBytesMax,
        int bufferBytesMax,
        long rerunIntervalMillis,
        int unackedBytesMax,
        long flushTimeoutMillis,
        int stderrLinesMax) {

    enum Protocol {
        NATIVE,
        SINGER
    }

    static ProcessConfig of(TaskContext context) {
        return of(context.connectorName(), context.taskIndex(), context.config());
    }

    /** @throws IllegalArgumentException names the key */
    static ProcessConfig of(String connector, int task, JsonObject config) {
        return new ProcessConfig(
                connector,
                task,
                CommandLine.words(text(config, "command", "")),
                text(config, "protocol", "native").equals("singer") ? Protocol.SINGER : Protocol.NATIVE,
                object(config, "settings", new JsonObject()),
                object(config, "environment", new JsonObject()),
                textOrNull(config, "directory"),
                textOrNull(config, "topic"),
                text(config, "topic.prefix", ""),
                config.getValue("catalog") == null ? null : object(config, "catalog", new JsonObject()),
                object(config, "schema", new JsonObject().put("type", "object")),
                strings(config, "key.properties"),
                number(config, "start.timeout.ms", 10_000),
                number(config, "stop.grace.ms", 5_000),
                (int) number(config, "line.bytes.max", 8 << 20),
                (int) number(config, "buffer.bytes.max", 4 << 20),
                number(config, "rerun.interval.ms", 60_000),
                (int) number(config, "unacked.bytes.max", 16 << 20),
                number(config, "flush.timeout.ms", 30_000),
                (int) number(config, "stderr.lines.max", 100));
    }

    private static String text(JsonObject config, String key, String absent) {
        String text = textOrNull(config, key);
        return text == null ? absent : text;
    }

    private static @Nullable String textOrNull(JsonObject config, String key) {
        Object value = config.getValue(key);
        return value == null || value.toString().isEmpty() ? null : value.toString();
    }

    private static long number(JsonObject config, String key, long absent) {
        Object value = config.getValue(key);
        if (value instanceof Number number) {
            return number.longValue();
        }
        try {
            return value == null ? absent : Long.parseLong(value.toString());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("key=" + key + " must be a whole number", e);
        }
    }

    private static JsonObject object(JsonObject config, String key, JsonObject absent) {
        Object value = config.getValue(key);
        if (value instanceof JsonObject object) {
            return object;
        }
        try {
            return value == null || value.toString().isBlank() ? absent : new JsonObject(value.toString());
        } catch (RuntimeException e) {
            // Not the cause: its message would quote the text, which may hold secrets.
            throw new IllegalArgumentException("key=" + key + " must be a JSON object");
        }
    }

    private static List<String> strings(JsonObject config, String key) {
        Object value = config.getValue(key);
        if (value instanceof JsonArray array) {
            return array.stream().map(String::valueOf).toList();
        }
        String text = value == null ? "" : value.toString().strip();
        return text.isEmpty() ? List.of() : List.of(text.split("\\s*,\\s*"));
    }

    /** For threads: connector and task. */
    String name() {
        return connector + "-" + task;
    }

    /** Settings and environment may hold secrets. */
    @Override
    public String toString() {
        return "ProcessConfig[connector=" + connector + ", task=" + task + ", protocol=" + protocol + "]";
    }
}
