package io.thalweg.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg topics}. */
@Command(
        name = "topics",
        description = "Lists, creates, describes, alters and deletes topics of a running node.",
        mixinStandardHelpOptions = true)
final class TopicsCommand implements Runnable {

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which? list, create, describe, alter or delete");
    }

    @Command(name = "list", description = "Lists the topics.", mixinStandardHelpOptions = true)
    void list(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Option(names = "--internal", description = "Also those that the platform keeps itself.")
                    boolean internal) {
        JsonArray topics = node.list("/v1/topics" + (internal ? "?internal=true" : ""), "topics");
        output.table(topics, List.of("name", "partitionCount", "replicationFactor"));
    }

    @Command(name = "create", description = "Creates a topic.", mixinStandardHelpOptions = true)
    void create(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "TOPIC") String name,
            @Option(
                            names = "--partitions",
                            paramLabel = "N",
                            description = "How many (default: the node's own).",
                            defaultValue = "-1")
                    int partitions,
            @Option(
                            names = "--replication-factor",
                            paramLabel = "N",
                            description =
                                    "Nodes that hold each partition (default: as many as the cluster can, up to 3).",
                            defaultValue = "-1")
                    int replicationFactor,
            @Option(names = "--config", paramLabel = "NAME=VALUE", description = "A topic setting; repeatable.")
                    Map<String, String> configs) {
        JsonObject topic = new JsonObject().put("name", name);
        if (partitions >= 0) {
            topic.put("partitions", partitions);
        }
        if (replicationFactor >= 0) {
            topic.put("replicationFactor", replicationFactor);
        }
        if (configs != null) {
            topic.put("configs", object(configs));
        }
        JsonObject created = node.send("POST", "/v1/topics", topic);
        output.print(created, out -> out.println("created " + name));
    }

    @Command(name = "describe", description = "Describes a topic.", mixinStandardHelpOptions = true)
    void describe(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "TOPIC") String name) {
        JsonObject topic = node.get(NodeClient.path("topics", name));
        output.print(topic, out -> out.println(topic.encodePrettily()));
    }

    @Command(name = "alter", description = "Changes a topic's settings.", mixinStandardHelpOptions = true)
    void alter(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "TOPIC") String name,
            @Option(names = "--partitions", paramLabel = "N", description = "Grow to so many.", defaultValue = "-1")
                    int partitions,
            @Option(names = "--config", paramLabel = "NAME=VALUE", description = "A topic setting; repeatable.")
                    Map<String, String> configs) {
        JsonObject change = new JsonObject();
        if (partitions >= 0) {
            change.put("partitions", partitions);
        }
        if (configs != null) {
            change.put("configs", object(configs));
        }
        JsonObject altered = node.send("PATCH", NodeClient.path("topics", name), change);
        output.print(altered, out -> out.println("altered " + name));
    }

    @Command(name = "delete", description = "Deletes a topic and its records.", mixinStandardHelpOptions = true)
    void delete(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "TOPIC") String name) {
        JsonObject deleted = node.send("DELETE", NodeClient.path("topics", name), null);
        output.print(deleted.put("deleted", name), out -> out.println("deleted " + name));
    }

    private static JsonObject object(Map<String, String> configs) {
        return new JsonObject(new LinkedHashMap<>(configs));
    }
}
