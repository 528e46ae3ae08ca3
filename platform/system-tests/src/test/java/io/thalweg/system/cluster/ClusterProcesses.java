package io.thalweg.system.cluster;

import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The nodes of one cluster, numbered from 1. */
public final class ClusterProcesses implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final long POLL_MILLIS = 20;

    /** What is tested is the log: connectors and streams would only add to it. */
    private static final String BROKER = "broker";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Path directory;
    private final String roles;
    private final Map<Integer, NodeProcess> nodes = new TreeMap<>();

    private ClusterProcesses(Path directory, String roles) {
        this.directory = directory;
        this.roles = roles;
    }

    /** A cluster without nodes, with the data of each below {@code directory}. */
    public static ClusterProcesses in(Path directory) {
        return new ClusterProcesses(directory, BROKER);
    }

    /** Three nodes with the usual settings, not started. */
    public static ClusterProcesses three(Path directory, String... options) throws IOException {
        return withRoles(BROKER, directory, options);
    }

    /** The same with other roles than the broker's alone. */
    public static ClusterProcesses withRoles(String roles, Path directory, String... options) throws IOException {
        ClusterProcesses cluster = new ClusterProcesses(directory, roles);
        for (int id = 1; id <= 3; id++) {
            cluster.add(id, node -> node, options);
        }
        return cluster;
    }

    /**
     * Adds a node that is not started.
     *
     * @param shaped changes where the node runs and keeps its data
     */
    public NodeProcess add(int id, UnaryOperator<NodeProcess> shaped, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--node-id", Integer.toString(id), "--roles", roles));
        all.addAll(List.of(options));
        NodeProcess node = shaped.apply(NodeProcess.in(Files.createDirectories(directory.resolve("node-" + id)))
                .withJvmOptions("-Xmx384m")
                .withOptions(all.toArray(String[]::new))
                .withCluster(this::members));
        nodes.put(id, node);
        return node;
    }

    /** Those whose address is known by now, the first node first. */
    private List<String> members() {
        return nodes.values().stream()
                .map(NodeProcess::cluster)
                .filter(address -> !address.endsWith(":0"))
                .toList();
    }

    public NodeProcess node(int id) {
        NodeProcess node = nodes.get(id);
        if (node == null) {
            throw new IllegalArgumentException("no such node: id=" + id + " nodes=" + nodes.keySet());
        }
        return node;
    }

    public Set<Integer> ids() {
        return new TreeSet<>(nodes.keySet());
    }

    /** Where a client finds the cluster: every node that was ever started. */
    public String bootstrap() {
        return nodes.values().stream()
                .map(NodeProcess::kafka)
                .filter(address -> !address.endsWith(":0"))
                .collect(Collectors.joining(","));
    }

    /** The first time: the first node takes free ports and forms the cluster, the others join it. Returns when all is settled. */
    public void form() throws IOException, InterruptedException {
        for (NodeProcess node : nodes.values()) {
            node.start();
        }
        awaitSettled();
    }

    /** Starts nodes at the same time, in this order, and returns when each is ready. */
    public void start(List<Integer> order) throws IOException, InterruptedException {
        for (int id : order) {
            node(id).launch();
        }
        for (int id : order) {
            node(id).awaitReady();
        }
    }

    /** kill -9 of all, as close together as one thread can. */
    public void killAll() throws InterruptedException {
        for (NodeProcess node : nodes.values()) {
            if (node.alive()) {
                node.kill();
            }
        }
    }

    /** SIGTERM to each in turn; all must exit 0. */
    public void stopAll() throws InterruptedException {
        for (Map.Entry<Integer, NodeProcess> node : nodes.entrySet()) {
            if (node.getValue().alive()) {
                int code = node.getValue().stop();
                if (code != 0) {
                    throw new AssertionError("node did not stop in order: id=" + node.getKey() + " exitCode=" + code);
                }
            }
        }
    }

    /** What one node says, or null if it does not answer. */
    @Nullable
    ClusterState state(int id) throws InterruptedException {
        JsonObject answer = get(id, "/v1/cluster");
        return answer == null ? null : new ClusterState(answer);
    }

    /** A node's answer, or null if there is none. */
    @Nullable
    JsonObject get(int id, String path) throws InterruptedException {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create(node(id).http() + path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    BodyHandlers.ofString());
            return answer.statusCode() == 200 ? new JsonObject(answer.body()) : null;
        } catch (IOException | DecodeException unreachable) {
            return null;
        }
    }

    /** The partitions of a topic as a node tells them, in their order. */
    List<JsonObject> partitions(int id, String topic) throws InterruptedException {
        JsonObject answer = get(id, "/v1/cluster/partitions?limit=1000&topic=" + topic);
        if (answer == null) {
            throw new AssertionError("node does not answer: id=" + id);
        }
        JsonArray partitions = answer.getJsonArray("partitions");
        return IntStream.range(0, partitions.size())
                .mapToObj(partitions::getJsonObject)
                .toList();
    }

    /** Returns when all nodes that run say that exactly these are alive, that all is led and replicated, and nothing moves. */
    public void awaitSettled() throws IOException, InterruptedException {
        Set<Integer> running = nodes.entrySet().stream()
                .filter(node -> node.getValue().alive())
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        await("settled with " + running, id -> {
            ClusterState state = state(id);
            return state != null && state.settled() && state.alive().equals(running);
        });
    }

    /** What a node is asked again and again. */
    interface Question {
        boolean holds(int id) throws InterruptedException;
    }

    /** Returns when it holds for every node that runs. */
    void await(String what, Question question) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        for (int id : nodes.keySet()) {
            while (node(id).alive() && !question.holds(id)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not within 120 s: " + what + "; node " + id + " says\n" + report());
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
    }

    /** What each node says and printed last. */
    String report() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Integer, NodeProcess> node : nodes.entrySet()) {
            ClusterState state = node.getValue().alive() ? state(node.getKey()) : null;
            String printed = node.getValue().printed();
            text.append("node ")
                    .append(node.getKey())
                    .append(node.getValue().alive() ? " runs: " : " does not run: ")
                    .append(state == null ? "no answer" : state.json().encode())
                    .append('\n')
                    .append(printed, Math.max(0, printed.length() - 3_000), printed.length())
                    .append('\n');
        }
        return text.toString();
    }

    /** Loses all that a node kept, as if its disk had been replaced. The node must not run. */
    public void wipe(int id) throws IOException {
        Path data = node(id).dataDirectory();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() {
        nodes.values().forEach(NodeProcess::close);
    }
}
