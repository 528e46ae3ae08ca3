package io.thalweg.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg cluster}. */
@Command(
        name = "cluster",
        description = "Shows the nodes of a cluster and what each holds, and moves it.",
        mixinStandardHelpOptions = true)
final class ClusterCommand implements Runnable {

    private static final int PAGE = 1_000;

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which? status, partitions, plan, drain, reassign or elect");
    }

    @Command(
            name = "status",
            description = "The nodes, and how many partitions are unwell.",
            mixinStandardHelpOptions = true)
    void status(@Mixin NodeClient node, @Mixin OutputOptions output) {
        JsonObject cluster = node.get("/v1/cluster");
        output.print(cluster, out -> {
            out.println("cluster " + cluster.getString("clusterId") + ", controller "
                    + number(cluster.getInteger("controllerId")));
            out.println(cluster.getInteger("partitionCount") + " partitions of " + cluster.getInteger("topicCount")
                    + " topics: " + cluster.getInteger("offlinePartitionCount") + " offline, "
                    + cluster.getInteger("underReplicatedPartitionCount") + " under-replicated, "
                    + cluster.getInteger("movingPartitionCount") + " moving");
            Table.print(out, brokers(cluster), List.of("node", "state", "rack", "leads", "holds", "kafka", "http"));
        });
    }

    private static String number(int id) {
        return id < 0 ? "none" : Integer.toString(id);
    }

    private static JsonArray brokers(JsonObject cluster) {
        JsonArray rows = new JsonArray();
        for (JsonObject broker : objects(cluster.getJsonArray("brokers"))) {
            String state = broker.getBoolean("alive") ? "alive" : "away";
            JsonObject endpoints = broker.getJsonObject("endpoints");
            rows.add(new JsonObject()
                    .put("node", broker.getInteger("id"))
                    .put("state", broker.getBoolean("draining") ? state + ", draining" : state)
                    .put("rack", broker.getString("rack"))
                    .put("leads", broker.getInteger("leaderCount"))
                    .put("holds", broker.getInteger("replicaCount"))
                    .put("kafka", address(endpoints.getJsonObject("kafka")))
                    .put("http", address(endpoints.getJsonObject("http"))));
        }
        return rows;
    }

    private static @Nullable String address(@Nullable JsonObject endpoint) {
        return endpoint == null ? null : endpoint.getString("host") + ":" + endpoint.getInteger("port");
    }

    @Command(
            name = "partitions",
            description = "Who leads and holds each partition, and how far the others are behind.",
            mixinStandardHelpOptions = true)
    void partitions(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Option(names = "--topic", paramLabel = "TOPIC", description = "Of this topic only.") @Nullable
                    String topic,
            @Option(
                            names = "--state",
                            paramLabel = "STATE",
                            description = "all, offline, under-replicated or moving (default: ${DEFAULT-VALUE}).",
                            defaultValue = "all")
                    String state) {
        JsonArray partitions = new JsonArray();
        Map<String, String> query = new LinkedHashMap<>(Map.of("state", state, "limit", Integer.toString(PAGE)));
        if (topic != null) {
            query.put("topic", topic);
        }
        String next;
        do {
            JsonObject page = node.get("/v1/cluster/partitions" + NodeClient.query(query));
            page.getJsonArray("partitions").forEach(partitions::add);
            next = page.getString("next");
            query.put("from", next == null ? "" : next);
        } while (next != null);
        output.table(
                partitions,
                List.of("topic", "partition", "state", "leader", "leaderEpoch", "replicas", "inSyncReplicas", "lag"));
    }

    @Command(
            name = "plan",
            description = "What is being moved, and what would be moved next.",
            mixinStandardHelpOptions = true)
    void plan(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Option(names = "--pause", description = "Stop moving replicas and leaders without being told.")
                    boolean pause,
            @Option(names = "--resume", description = "Go on.") boolean resume) {
        if (pause && resume) {
            throw new ParameterException(spec.commandLine(), "--pause and --resume exclude each other");
        }
        JsonObject plan = pause || resume
                ? node.send("POST", "/v1/cluster/plan", new JsonObject().put("paused", pause))
                : node.get("/v1/cluster/plan");
        output.print(plan, out -> {
            if (plan.getBoolean("paused")) {
                out.println("paused: nothing moves but what is ordered (--resume)");
            }
            if (!plan.getJsonArray("draining").isEmpty()) {
                out.println("draining nodes " + plan.getJsonArray("draining").encode());
            }
            moves(out, "moving", plan.getJsonArray("moving"));
            moves(out, "planned", plan.getJsonArray("planned"));
        });
    }

    private static void moves(PrintStream out, String what, JsonArray moves) {
        if (moves.isEmpty()) {
            out.println(what + ": nothing");
            return;
        }
        long bytes = objects(moves).stream()
                .mapToLong(move -> move.getLong("bytes") == null ? 0 : move.getLong("bytes"))
                .sum();
        out.println(what + ": " + moves.size() + " partitions, " + bytes + " bytes to copy");
        Table.print(out, moves, List.of("topic", "partition", "from", "to", "bytes", "ordered"));
    }

    @Command(
            name = "drain",
            description = "Moves all that a node leads and holds to others, so that it can be taken away.",
            mixinStandardHelpOptions = true)
    void drain(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Parameters(paramLabel = "NODE", description = "Its number.") int broker,
            @Option(names = "--undo", description = "Let it hold things again.") boolean undo) {
        JsonObject drained = node.send(
                "POST",
                "/v1/cluster/drain",
                new JsonObject().put("broker", broker).put("drain", !undo));
        output.print(
                drained,
                out -> out.println(
                        undo
                                ? "node " + broker + " holds things again"
                                : "draining node " + broker + "; 'cluster plan' shows how far it is"));
    }

    @Command(
            name = "reassign",
            description = "Moves partitions to other nodes, or calls moves off.",
            mixinStandardHelpOptions = true)
    void reassign(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Parameters(
                            paramLabel = "TOPIC/PARTITION=NODE,...",
                            arity = "1..*",
                            description = "The first node is to lead. Without nodes the move is called off.")
                    List<String> moves) {
        JsonArray partitions = new JsonArray();
        moves.forEach(move -> partitions.add(move(move)));
        outcomes(output, node.send("POST", "/v1/cluster/reassign", new JsonObject().put("partitions", partitions)));
    }

    private JsonObject move(String text) {
        int equals = text.lastIndexOf('=');
        JsonObject partition = partition(equals < 0 ? text : text.substring(0, equals));
        JsonArray replicas = new JsonArray();
        if (equals >= 0 && equals + 1 < text.length()) {
            for (String replica : text.substring(equals + 1).split(",", -1)) {
                try {
                    replicas.add(Integer.parseInt(replica.trim()));
                } catch (NumberFormatException e) {
                    throw new ParameterException(
                            spec.commandLine(), "found " + text + "; TOPIC/PARTITION=NODE,NODE,... expected");
                }
            }
        }
        return partition.put("replicas", replicas);
    }

    @Command(
            name = "elect",
            description = "Makes the preferred replicas lead: of these partitions, or of all.",
            mixinStandardHelpOptions = true)
    void elect(
            @Mixin NodeClient node,
            @Mixin OutputOptions output,
            @Option(
                            names = "--unclean",
                            description =
                                    "Where nobody leads, and the replicas that hold all do not come back: let the most"
                                            + " complete one that is here lead. What it lacks is lost.")
                    boolean unclean,
            @Parameters(paramLabel = "TOPIC/PARTITION", arity = "0..*") @Nullable List<String> names) {
        if (unclean && (names == null || names.isEmpty())) {
            throw new ParameterException(
                    spec.commandLine(), "--unclean may lose records: name the partitions, TOPIC/PARTITION");
        }
        JsonObject body = new JsonObject();
        if (unclean) {
            body.put("unclean", true);
        }
        if (names != null) {
            JsonArray partitions = new JsonArray();
            names.forEach(name -> partitions.add(partition(name)));
            body.put("partitions", partitions);
        }
        outcomes(output, node.send("POST", "/v1/cluster/elect", body));
    }

    private JsonObject partition(String name) {
        int slash = name.lastIndexOf('/');
        try {
            if (slash > 0) {
                return new JsonObject()
                        .put("topic", name.substring(0, slash))
                        .put("partition", Integer.parseUnsignedInt(name.substring(slash + 1)));
            }
        } catch (NumberFormatException e) {
            // The same answer as for a name without a partition.
        }
        throw new ParameterException(spec.commandLine(), "found " + name + "; TOPIC/PARTITION expected");
    }

    /** Prints what became of each partition; fails if one was refused for another reason than that nothing was to do. */
    private static void outcomes(OutputOptions output, JsonObject answer) {
        JsonArray partitions = answer.getJsonArray("partitions");
        output.table(partitions, List.of("topic", "partition", "errorCode"));
        String refused = objects(partitions).stream()
                .filter(partition -> partition.getString("errorCode") != null
                        && !partition.getString("errorCode").equals("ELECTION_NOT_NEEDED"))
                .map(partition -> partition.getString("topic") + "/" + partition.getInteger("partition") + " "
                        + partition.getString("errorCode"))
                .collect(Collectors.joining(", "));
        if (!refused.isEmpty()) {
            throw new CommandFailure("refused: " + refused);
        }
    }

    private static List<JsonObject> objects(JsonArray array) {
        return IntStream.range(0, array.size()).mapToObj(array::getJsonObject).toList();
    }
}
