package io.thalweg.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg groups}. */
@Command(
        name = "groups",
        description = "Lists, describes, resets and deletes consumer groups of a running node.",
        mixinStandardHelpOptions = true)
final class GroupsCommand implements Runnable {

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which? list, describe, reset or delete");
    }

    @Command(name = "list", description = "Lists the groups.", mixinStandardHelpOptions = true)
    void list(@Mixin NodeClient node, @Mixin OutputOptions output) {
        JsonArray groups = node.list("/v1/groups", "groups");
        output.table(groups, List.of("groupId", "state", "protocolType"));
    }

    @Command(name = "describe", description = "Members and lag of a group.", mixinStandardHelpOptions = true)
    void describe(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "GROUP") String name) {
        JsonObject group = node.get(NodeClient.path("groups", name));
        output.print(group, out -> out.println(group.encodePrettily()));
    }

    @Command(
            name = "reset",
            description = "Moves the committed offsets of a group without members; --dry-run shows what would move.",
            mixinStandardHelpOptions = true)
    void reset(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "GROUP") String name,
            @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "Whose offsets move.")
                    String topic,
            @Option(
                            names = "--to",
                            paramLabel = "PLACE",
                            required = true,
                            description = "earliest, latest, an offset or an ISO instant.")
                    String to,
            @Option(names = "--dry-run", description = "Change nothing.") boolean dryRun) {
        JsonObject reset = new JsonObject().put("topic", topic);
        reset.put("to", to.chars().allMatch(Character::isDigit) ? (Object) Long.valueOf(to) : to);
        JsonObject answer = node.send(
                "PATCH",
                NodeClient.path("groups", name, "offsets") + "?dryRun=" + dryRun,
                new JsonObject().put("resets", new JsonArray().add(reset)));
        JsonArray changes = answer.getJsonArray("changes", new JsonArray());
        output.table(changes, List.of("topic", "partition", "from", "to"));
    }

    @Command(name = "delete", description = "Deletes an empty group.", mixinStandardHelpOptions = true)
    void delete(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "GROUP") String name) {
        node.send("DELETE", NodeClient.path("groups", name), null);
        output.print(new JsonObject().put("deleted", name), out -> out.println("deleted " + name));
    }
}
