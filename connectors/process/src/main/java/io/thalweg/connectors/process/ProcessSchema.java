package io.thalweg.connectors.process;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.HostPolicy;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of both connectors, as JSON Schema and as checks that a schema cannot say. */
final class ProcessSchema {

    static final String EXACTLY_ONCE = "exactly-once";

    private final JsonObject properties = new JsonObject();
    private int order;

    private ProcessSchema() {}

    static JsonObject source() {
        return new ProcessSchema()
                .process()
                .text("topic", "Records", "Topic of records that name none (native), or of all streams (Singer).", null)
                .text("topic.prefix", "Records", "Singer: put before the stream's name to make the topic's.", "")
                .choice(
                        "delivery",
                        "Records",
                        "exactly-once needs a native child that gives the same records in the same order again from a position"
                                + " and says so in its HELLO.",
                        "at-least-once",
                        EXACTLY_ONCE)
                .object("catalog", "Singer", "Singer: content of the --catalog file.", false)
                .number(
                        "rerun.interval.ms",
                        "Life",
                        "How long after a child that ended with exit code 0 it runs again from its position; 0 for never.",
                        60_000,
                        0,
                        86_400_000)
                .number(
                        "buffer.bytes.max",
                        "Limits",
                        "Bytes read ahead of the log; beyond it stdout is not read and the child waits.",
                        4 << 20,
                        64 << 10,
                        256 << 20)
                .limits()
                .schema();
    }

    static JsonObject sink() {
        return new ProcessSchema()
                .process()
                .object("schema", "Singer", "Singer: JSON Schema sent for each stream; any object if absent.", false)
                .text("key.properties", "Singer", "Singer: names of the key's properties, separated by commas.", "")
                .number(
                        "unacked.bytes.max",
                        "Limits",
                        "Bytes kept until the child acknowledges them, to be given to the next child if it dies.",
                        16 << 20,
                        64 << 10,
                        512 << 20)
                .number(
                        "flush.timeout.ms",
                        "Life",
                        "How long the child may take to take records or to acknowledge them before it is killed.",
                        30_000,
                        100,
                        600_000)
                .limits()
                .schema();
    }

    private ProcessSchema process() {
        return text(
                        "command",
                        "Process",
                        "Command line of the child process: words, with \"...\" around those with spaces, or a JSON array of"
                                + " strings. No shell reads it. The first word must be one that the node's operator allows.",
                        null)
                .choice("protocol", "Process", "What the child speaks: docs/PROCESS-CONNECTORS.md.", "native", "singer")
                .object("settings", "Process", "The child's own configuration, a JSON object.", true)
                .object(
                        "environment",
                        "Process",
                        "Variables for the child besides PATH, HOME, LANG and TZ, a JSON object.",
                        true)
                .text(
                        "directory",
                        "Process",
                        "Working directory, below an allowed root; a private temporary one if absent.",
                        null);
    }

    private ProcessSchema limits() {
        return number("start.timeout.ms", "Life", "How long the child may take to say HELLO.", 10_000, 100, 600_000)
                .number(
                        "stop.grace.ms",
                        "Life",
                        "Between the end of stdin and SIGTERM to the child's process group, and again before SIGKILL.",
                        5_000,
                        0,
                        60_000)
                .number("line.bytes.max", "Limits", "Longest line of the child's stdout.", 8 << 20, 1 << 10, 64 << 20)
                .number(
                        "stderr.lines.max",
                        "Limits",
                        "Lines of the child's stderr and LOG messages that go to the node's log in ten seconds.",
                        100,
                        0,
                        10_000);
    }

    private ProcessSchema text(String key, String group, String description, @Nullable String absent) {
        JsonObject property = new JsonObject().put("type", "string");
        return put(key, group, description, absent == null ? property : property.put("default", absent));
    }

    private ProcessSchema choice(String key, String group, String description, String absent, String other) {
        return put(
                key,
                group,
                description,
                new JsonObject()
                        .put("type", "string")
                        .put("enum", new JsonArray().add(absent).add(other))
                        .put("default", absent));
    }

    private ProcessSchema object(String key, String group, String description, boolean secret) {
        JsonObject property = new JsonObject().put("type", "object");
        return put(key, group, description, secret ? property.put("x-secret", true) : property);
    }

    private ProcessSchema number(String key, String group, String description, long absent, long least, long most) {
        return put(
                key,
                group,
                description,
                new JsonObject()
                        .put("type", "integer")
                        .put("default", absent)
                        .put("minimum", least)
                        .put("maximum", most));
    }

    private ProcessSchema put(String key, String group, String description, JsonObject property) {
        properties.put(
                key,
                property.put("description", description)
                        .put("x-group", group)
                        .put("x-order", order++)
                        .put(
                                "x-importance",
                                group.equals("Process") ? "high" : group.equals("Records") ? "medium" : "low"));
        return this;
    }

    private JsonObject schema() {
        return new JsonObject()
                .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("type", "object")
                .put("required", new JsonArray().add("command"))
                .put("properties", properties);
    }

    /** Removes the private directories of a node that was killed. */
    static void cleanUp() {
        try {
            PrivateDirectories.OF_PROCESS.sweep();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static boolean exact(JsonObject config) {
        return EXACTLY_ONCE.equals(config.getString("delivery"));
    }

    static List<ConfigProblem> check(JsonObject config, HostPolicy policy) {
        List<ConfigProblem> problems = new ArrayList<>();
        ProcessConfig checked;
        try {
            checked = ProcessConfig.of("check", 0, config);
        } catch (IllegalArgumentException e) {
            return List.of(new ConfigProblem(keyOf(e), null, String.valueOf(e.getMessage())));
        }
        if (checked.command().isEmpty()) {
            problems.add(new ConfigProblem("command", null, "a command line"));
        } else {
            try {
                policy.command(checked.command());
            } catch (IllegalArgumentException e) {
                problems.add(new ConfigProblem("command", checked.command().get(0), String.valueOf(e.getMessage())));
            }
        }
        for (String name : checked.environment().fieldNames()) {
            if (!ChildEnvironment.allowed(name)) {
                problems.add(new ConfigProblem(
                        "environment",
                        name,
                        "names of variables, without PATH and what makes a loader or an interpreter run other code"));
            }
        }
        if (checked.directory() != null) {
            try {
                policy.path(checked.directory());
            } catch (IllegalArgumentException e) {
                problems.add(new ConfigProblem("directory", checked.directory(), String.valueOf(e.getMessage())));
            }
        }
        if (exact(config) && checked.protocol() == ProcessConfig.Protocol.SINGER) {
            problems.add(new ConfigProblem("delivery", EXACTLY_ONCE, "at-least-once: Singer's taps promise no order"));
        }
        return problems;
    }

    private static String keyOf(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith("key=") ? message.substring(4).split(" ", 2)[0] : "command";
    }
}
