package io.thalweg.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg streams}. */
@Command(
        name = "streams",
        description = "Lists, describes, queries, pauses and restarts the stream applications of a running node.",
        mixinStandardHelpOptions = true)
final class StreamsCommand implements Runnable {

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which? list, describe, store, pause, resume or restart");
    }

    @Command(name = "list", description = "Lists the applications.", mixinStandardHelpOptions = true)
    void list(@Mixin NodeClient node, @Mixin OutputOptions output) {
        JsonArray streams = node.list("/v1/streams", "streams");
        output.table(
                streams,
                List.of("name", "state", "tasks", "runningTasks", "failedTasks", "lag", "recordsPerSecond", "problem"));
    }

    @Command(
            name = "describe",
            description = "The operators of an application with what passed them, and its tasks.",
            mixinStandardHelpOptions = true)
    void describe(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "STREAM") String name) {
        JsonObject stream = node.get(NodeClient.path("streams", name));
        output.print(stream, out -> print(stream, out));
    }

    @Command(name = "store", description = "Rows of a store.", mixinStandardHelpOptions = true)
    void store(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "STREAM") String name,
            @Parameters(paramLabel = "STORE") String store,
            @Option(names = "--key", paramLabel = "KEY", description = "Of this key alone.") @Nullable String key,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            description = "At most so many rows (default: ${DEFAULT-VALUE}).",
                            defaultValue = "100")
                    int limit) {
        Map<String, String> query = new TreeMap<>();
        query.put("limit", Integer.toString(limit));
        if (key != null) {
            query.put("key", key);
        }
        JsonArray rows = node.list(NodeClient.path("streams", name, "stores", store) + NodeClient.query(query), "rows");
        output.table(rows, List.of("key", "start", "value", "timestamp"));
    }

    @Command(
            name = "pause",
            description = "Lets the tasks of an application stand still.",
            mixinStandardHelpOptions = true)
    void pause(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "STREAM") String name) {
        command(node, output, name, "pause");
    }

    @Command(name = "resume", description = "Lets them go on.", mixinStandardHelpOptions = true)
    void resume(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "STREAM") String name) {
        command(node, output, name, "resume");
    }

    @Command(
            name = "restart",
            description = "Starts the failed tasks of an application anew, from the last commit.",
            mixinStandardHelpOptions = true)
    void restart(@Mixin NodeClient node, @Mixin OutputOptions output, @Parameters(paramLabel = "STREAM") String name) {
        command(node, output, name, "restart");
    }

    private static void command(NodeClient node, OutputOptions output, String name, String command) {
        JsonObject stream = node.send("POST", NodeClient.path("streams", name, command), null);
        output.print(stream, out -> out.println(name + " " + stream.getString("state")));
    }

    private static void print(JsonObject stream, PrintStream out) {
        out.println(stream.getString("name") + " " + stream.getString("state") + ", lag " + stream.getLong("lag"));
        JsonObject nodes = stream.getJsonObject("nodes");
        JsonArray subs = stream.getJsonObject("topology").getJsonArray("subTopologies");
        for (int i = 0; i < subs.size(); i++) {
            out.println("sub-topology " + subs.getJsonObject(i).getInteger("id"));
            JsonArray members = subs.getJsonObject(i).getJsonArray("nodes");
            for (int n = 0; n < members.size(); n++) {
                printNode(members.getJsonObject(n), nodes, out);
            }
        }
        JsonArray tasks = stream.getJsonArray("tasks");
        for (int i = 0; i < tasks.size(); i++) {
            printTask(tasks.getJsonObject(i), out);
        }
    }

    private static void printNode(JsonObject node, JsonObject counts, PrintStream out) {
        JsonObject passed = counts.getJsonObject(node.getString("id"), new JsonObject());
        JsonArray inputs = node.getJsonArray("inputs");
        out.println("  " + node.getString("id") + ": " + node.getString("op")
                + (inputs.isEmpty()
                        ? ""
                        : " <- "
                                + String.join(
                                        ", ",
                                        inputs.stream().map(String::valueOf).toList()))
                + ", records " + passed.getLong("records", 0L) + ", " + passed.getDouble("recordsPerSecond", 0.0)
                + "/s");
    }

    private static void printTask(JsonObject task, PrintStream out) {
        out.println("task " + task.getString("id") + " " + task.getString("state") + ", lag " + task.getLong("lag")
                + ", processed " + task.getLong("processedRecords"));
        JsonArray stores = task.getJsonArray("stores");
        for (int i = 0; i < stores.size(); i++) {
            JsonObject store = stores.getJsonObject(i);
            out.println("  store " + store.getString("name") + ": " + store.getLong("entries") + " entries, "
                    + store.getLong("bytes") + " bytes");
        }
        JsonObject failure = task.getJsonObject("failure");
        if (failure != null) {
            out.println("  " + failure.getString("trace"));
        }
    }
}
