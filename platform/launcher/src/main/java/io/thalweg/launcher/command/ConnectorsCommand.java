package io.thalweg.launcher.command;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg connectors}: Kafka Connect's REST interface of a running node, as commands. */
@Command(
        name = "connectors",
        description = "Lists, creates, steers and deletes connectors of a running node.",
        mixinStandardHelpOptions = true)
final class ConnectorsCommand implements Runnable {

    private static final String CONNECTORS = "/connect/connectors";
    private static final String PLUGINS = "/connect/connector-plugins";

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "which? list, describe, create, pause, resume, stop, restart, delete, plugins or validate");
    }

    @Command(name = "list", description = "Lists the connectors with their states.", mixinStandardHelpOptions = true)
    void list(@Mixin NodeClient node, @Mixin OutputOptions output) {
        JsonObject expanded = node.get(CONNECTORS + "?expand=status&expand=info");
        JsonArray rows = new JsonArray();
        for (String name : expanded.fieldNames()) {
            JsonObject status = expanded.getJsonObject(name).getJsonObject("status");
            JsonObject config =
                    expanded.getJsonObject(name).getJsonObject("info").getJsonObject("config");
            JsonArray tasks = status.getJsonArray("tasks");
            long running = tasks.stream()
                    .filter(task -> "RUNNING".equals(((JsonObject) task).getString("state")))
                    .count();
            rows.add(new JsonObject()
                    .put("name", name)
                    .put("type", status.getString("type"))
                    .put("state", status.getJsonObject("connector").getString("state"))
                    .put("tasks", running + "/" + tasks.size())
                    .put("class", config.getString("connector.class")));
        }
        output.table(rows, List.of("name", "type", "state", "tasks", "class"));
    }

    @Command(
            name = "describe",
            description = "Configuration, states with traces, topics and offsets of a connector.",
            mixinStandardHelpOptions = true)
    void describe(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "NAME") String name) {
        JsonObject described = node.get(path(name))
                .put("status", node.get(path(name, "status")))
                .put(
                        "topics",
                        node.get(path(name, "topics"))
                                .getJsonObject(name, new JsonObject())
                                .getValue("topics"))
                .put("offsets", node.get(path(name, "offsets")).getJsonArray("offsets"));
        output.print(described, out -> out.println(described.encodePrettily()));
    }

    @Command(
            name = "create",
            description = "Creates a connector from a JSON file, or replaces its configuration (--replace).",
            mixinStandardHelpOptions = true)
    void create(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "FILE", description = "{\"name\", \"config\": {...}}, or the configuration alone.")
                    Path file,
            @Option(names = "--replace", description = "One of this name may exist.") boolean replace) {
        JsonObject json = read(file);
        JsonObject config = json.getValue("config") instanceof JsonObject inner ? inner.copy() : json.copy();
        String name = json.getString("name", config.getString("name"));
        if (name == null) {
            throw new CommandFailure("no name in " + file + ": {\"name\": ..., \"config\": {...}}");
        }
        config.put("name", name);
        JsonObject created = replace
                ? node.send("PUT", path(name, "config"), config)
                : node.send(
                        "POST",
                        CONNECTORS,
                        new JsonObject()
                                .put("name", name)
                                .put("config", config)
                                .put("initial_state", json.getString("initial_state", "RUNNING")));
        output.print(created, out -> out.println((replace ? "configured " : "created ") + name));
    }

    @Command(name = "pause", description = "Lets the tasks rest.", mixinStandardHelpOptions = true)
    void pause(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "NAME") String name) {
        steer(node, output, name, "pause", "paused");
    }

    @Command(name = "resume", description = "Lets the tasks go on.", mixinStandardHelpOptions = true)
    void resume(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "NAME") String name) {
        steer(node, output, name, "resume", "resumed");
    }

    @Command(
            name = "stop",
            description = "Ends the tasks; offsets may be changed then.",
            mixinStandardHelpOptions = true)
    void stop(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "NAME") String name) {
        steer(node, output, name, "stop", "stopped");
    }

    @Command(name = "restart", description = "Restarts a connector and its tasks.", mixinStandardHelpOptions = true)
    void restart(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--only-failed", description = "What is FAILED alone.") boolean onlyFailed) {
        JsonObject status =
                node.send("POST", path(name, "restart") + "?includeTasks=true&onlyFailed=" + onlyFailed, null);
        output.print(status, out -> out.println("restarted " + name));
    }

    @Command(
            name = "delete",
            description = "Deletes a connector; its offsets stay for one of the same name.",
            mixinStandardHelpOptions = true)
    void delete(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "NAME") String name) {
        node.send("DELETE", path(name), null);
        output.print(new JsonObject().put("deleted", name), out -> out.println("deleted " + name));
    }

    @Command(name = "plugins", description = "Lists the kinds of connectors.", mixinStandardHelpOptions = true)
    void plugins(@Mixin NodeClient node, @Mixin OutputOptions output) {
        output.table(node.getArray(PLUGINS), List.of("class", "type", "version", "delivery", "description"));
    }

    @Command(
            name = "validate",
            description = "Checks a configuration and changes nothing. Fails if it is wrong.",
            mixinStandardHelpOptions = true)
    void validate(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "FILE") Path file) {
        JsonObject json = read(file);
        JsonObject config = json.getValue("config") instanceof JsonObject inner ? inner.copy() : json.copy();
        if (json.containsKey("name")) {
            config.put("name", json.getValue("name"));
        }
        String plugin = config.getString("connector.class", "");
        JsonObject infos = node.send("PUT", NodeClient.below(PLUGINS, plugin, "config", "validate"), config);
        StringBuilder errors = new StringBuilder();
        for (Object info : infos.getJsonArray("configs")) {
            JsonObject value = ((JsonObject) info).getJsonObject("value");
            value.getJsonArray("errors").forEach(error -> errors.append("\n  ").append(error));
        }
        output.print(infos, out -> out.println(errors.isEmpty() ? "valid" : "invalid:" + errors));
        if (!errors.isEmpty()) {
            throw new CommandFailure("the configuration is not valid: errors=" + infos.getValue("error_count"));
        }
    }

    private static void steer(NodeClient node, OutputOptions output, String name, String verb, String done) {
        node.send("PUT", path(name, verb), null);
        output.print(new JsonObject().put(done, name), out -> out.println(done + " " + name));
    }

    private static String path(String... segments) {
        return NodeClient.below(CONNECTORS, segments);
    }

    private static JsonObject read(Path file) {
        try {
            return new JsonObject(Files.readString(file));
        } catch (IOException e) {
            throw new CommandFailure("the file cannot be read: " + file, e);
        } catch (DecodeException e) {
            throw new CommandFailure("not a JSON object: " + file + ": " + e.getMessage(), e);
        }
    }
}
