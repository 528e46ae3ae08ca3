package io.thalweg.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg groups}. */
@Command(
        name = "groups",
        description = "Lists, describes and deletes consumer groups of a running node.",
        mixinStandardHelpOptions = true)
final class GroupsCommand implements Runnable {

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which? list, describe or delete");
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

    @Command(name = "delete", description = "Deletes an empty group.", mixinStandardHelpOptions = true)
    void delete(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "GROUP") String name) {
        node.send("DELETE", NodeClient.path("groups", name), null);
        output.print(new JsonObject().put("deleted", name), out -> out.println("deleted " + name));
    }
}
