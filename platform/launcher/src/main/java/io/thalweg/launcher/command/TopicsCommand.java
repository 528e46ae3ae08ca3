package io.thalweg.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
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
        description = "Lists, creates, describes, alters, repairs and deletes topics of a running node.",
        mixinStandardHelpOptions = true)
final class TopicsCommand implements Runnable {

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which? list, create, describe, alter, repair or delete");
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

    @Command(
            name = "repair",
            description = "Makes a damaged partition writable again by giving up its records from an offset on.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "A partition with a hole or unreadable records takes no appends; \"thalweg topics describe\" says where the",
                "damage is. Without --confirm this only tells what would be given up. There is no way back: copy what is",
                "behind the damage first, if it is wanted."
            })
    void repair(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "TOPIC") String name,
            @Option(names = "--partition", paramLabel = "N", required = true) int partition,
            @Option(
                            names = "--truncate-to",
                            paramLabel = "OFFSET",
                            required = true,
                            description = "The first offset to be given up.")
                    long truncateTo,
            @Option(names = "--confirm", description = "Do it.") boolean confirm) {
        String path = NodeClient.path("topics", name, "partitions", String.valueOf(partition), "repair");
        JsonObject report = node.send(
                "POST", path + (confirm ? "?confirm=true" : ""), new JsonObject().put("truncateTo", truncateTo));
        output.print(report, out -> printRepair(out, report));
    }

    private static void printRepair(PrintStream out, JsonObject report) {
        boolean applied = report.getBoolean("applied");
        out.println("damage:    " + report.getString("damage"));
        out.println((applied ? "given up:  " : "would give up: ") + report.getLong("offsetsGivenUp") + " offsets, "
                + report.getLong("truncateTo") + " to " + (report.getLong("logEndOffset") - 1));
        if (!applied) {
            out.println("nothing was changed; run it again with --confirm to do it");
            return;
        }
        String left = report.getString("damageLeft");
        out.println(left == null ? "the partition takes appends again" : "still damaged: " + left);
        if (report.getBoolean("restartNeeded")) {
            out.println("restart the node: it still holds what it read of this topic before");
        }
    }

    private static JsonObject object(Map<String, String> configs) {
        return new JsonObject(new LinkedHashMap<>(configs));
    }
}
