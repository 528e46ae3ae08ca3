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

/** {@code thalweg verticles}. */
@Command(
        name = "verticles",
        description = "Lists, describes, stops, starts and restarts the verticles of users on a running node.",
        mixinStandardHelpOptions = true)
final class VerticlesCommand implements Runnable {

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which? list, describe, stop, start or restart");
    }

    @Command(name = "list", description = "Lists the verticles.", mixinStandardHelpOptions = true)
    void list(@Mixin NodeClient node, @Mixin OutputOptions output) {
        JsonArray verticles = node.list("/v1/verticles", "verticles");
        output.table(verticles, List.of("name", "state", "since", "instances", "threading", "exceptions"));
    }

    @Command(name = "describe", description = "Describes a verticle.", mixinStandardHelpOptions = true)
    void describe(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "NAME") String name) {
        JsonObject verticle = node.get(NodeClient.path("verticles", name));
        output.print(verticle, out -> out.println(verticle.encodePrettily()));
    }

    @Command(
            name = "restart",
            description = "Stops a verticle and starts it from its jars as they are now.",
            mixinStandardHelpOptions = true)
    void restart(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "NAME") String name) {
        change(node, output, name, "restart");
    }

    @Command(
            name = "stop",
            description = "Stops a verticle until it is started again.",
            mixinStandardHelpOptions = true)
    void stop(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "NAME") String name) {
        change(node, output, name, "stop");
    }

    @Command(name = "start", description = "Starts a verticle that stopped or failed.", mixinStandardHelpOptions = true)
    void start(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "NAME") String name) {
        change(node, output, name, "start");
    }

    private static void change(NodeClient node, OutputOptions output, String name, String action) {
        JsonObject verticle = node.send("POST", NodeClient.path("verticles", name, action), null);
        String state = verticle.getString("state");
        output.print(verticle, out -> out.println(name + ": " + state));
        if (!state.equals(action.equals("stop") ? "stopped" : "running")) {
            throw new CommandFailure(name + " is " + state + ": " + verticle.getString("failure"));
        }
    }
}
