package io.thalweg.launcher.node;

import io.thalweg.client.ThalwegClient;
import io.thalweg.gateway.http.RouteMount;
import io.thalweg.gateway.http.flow.FlowEdge;
import io.thalweg.gateway.http.flow.FlowGraph;
import io.thalweg.gateway.http.flow.FlowNode;
import io.thalweg.streams.runtime.RunningStreams;
import io.thalweg.streams.runtime.StreamsRuntime;
import io.thalweg.streams.topology.GlobalTableSpec;
import io.thalweg.streams.topology.InternalTopic;
import io.thalweg.streams.topology.SubTopology;
import io.thalweg.streams.topology.Topology;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The role {@code processor}: the stream applications of the configuration, and a look at all that run on this node. */
final class StreamsPart {

    private final Vertx vertx;
    private final List<StreamEntry> entries = new ArrayList<>();

    private StreamsPart(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Nothing runs yet; the routes answer already. */
    static StreamsPart create(Vertx vertx) {
        return new StreamsPart(vertx);
    }

    /** Starts each on a context of its own and waits for none: the node serves meanwhile. */
    void start(ThalwegClient client, NodeConfig config) {
        StreamConfig streams = config.streams();
        if (streams.definitions().isEmpty()) {
            return;
        }
        ClassLoader loader = classLoader(streams.classPath());
        String instanceId = "node-" + config.broker().nodeId();
        for (StreamConfig.Definition definition : streams.definitions()) {
            StreamEntry entry = new StreamEntry(vertx, client, definition, streams.runtime(), loader, instanceId);
            add(entry);
            vertx.runOnContext(turn -> entry.start());
        }
    }

    private static ClassLoader classLoader(List<Path> classPath) {
        ClassLoader platform = StreamsPart.class.getClassLoader();
        URL[] urls = new URL[classPath.size()];
        for (int i = 0; i < urls.length; i++) {
            try {
                urls[i] = classPath.get(i).toUri().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException("not a file: verticleClassPath=" + classPath.get(i), e);
            }
        }
        return urls.length == 0 ? platform : new URLClassLoader("streams", urls, platform);
    }

    private synchronized void add(StreamEntry entry) {
        entries.add(entry);
    }

    private synchronized List<StreamEntry> entries() {
        return List.copyOf(entries);
    }

    /** Commits and stops all, those of users' verticles too. Never fails. */
    Future<Void> close() {
        List<Future<Void>> closed = new ArrayList<>();
        entries().forEach(entry -> closed.add(entry.close()));
        RunningStreams.on(vertx).forEach(runtime -> closed.add(runtime.close()));
        return Future.join(closed).mapEmpty();
    }

    RouteMount routes() {
        return router -> new StreamRoutes(this).mount(router);
    }

    // ---- views

    List<StreamsRuntime> running() {
        return RunningStreams.on(vertx);
    }

    /** The application of this name, null if none runs. */
    @Nullable
    StreamsRuntime named(String name) {
        return running().stream()
                .filter(runtime -> runtime.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Each that runs, in short, and each that does not start, with the reason. */
    Future<JsonObject> list() {
        List<Future<JsonObject>> described = new ArrayList<>();
        running().forEach(runtime -> described.add(runtime.describe().map(StreamsPart::inShort)));
        return Future.all(described).map(all -> {
            JsonArray streams = new JsonArray();
            all.<JsonObject>list().forEach(streams::add);
            for (StreamEntry entry : entries()) {
                Throwable failure = entry.failure();
                if (failure != null && entry.runtime() == null) {
                    streams.add(notStarted(entry, failure));
                }
            }
            return new JsonObject().put("streams", streams);
        });
    }

    private static JsonObject notStarted(StreamEntry entry, Throwable failure) {
        return new JsonObject()
                .put("name", entry.name())
                .put("state", "FAILED")
                .put("tasks", 0)
                .put("runningTasks", 0)
                .put("restoringTasks", 0)
                .put("failedTasks", 0)
                .put("lag", 0)
                .put("processedRecords", 0)
                .put("recordsPerSecond", 0.0)
                .put("problem", why(failure));
    }

    /** That a class is not there is said by the failure's type; its message is the name alone. */
    private static String why(Throwable failure) {
        return failure instanceof ReflectiveOperationException || failure instanceof LinkageError
                ? failure.toString()
                : String.valueOf(failure.getMessage());
    }

    private static JsonObject inShort(JsonObject full) {
        JsonArray tasks = full.getJsonArray("tasks");
        double rate = 0;
        for (String source : sources(full.getJsonObject("topology"))) {
            rate += full.getJsonObject("nodes")
                    .getJsonObject(source, new JsonObject())
                    .getDouble("recordsPerSecond", 0.0);
        }
        String problem = null;
        JsonObject failure = full.getJsonObject("failure");
        if (failure != null) {
            problem = failure.getString("message");
        }
        for (int i = 0; i < tasks.size(); i++) {
            JsonObject failed = tasks.getJsonObject(i).getJsonObject("failure");
            if (failed != null && problem == null) {
                problem = failed.getString("message");
            }
        }
        return new JsonObject()
                .put("name", full.getString("name"))
                .put("state", full.getString("state"))
                .put("tasks", tasks.size())
                .put("runningTasks", count(tasks, "RUNNING"))
                .put("restoringTasks", count(tasks, "RESTORING"))
                .put("failedTasks", count(tasks, "FAILED"))
                .put("lag", full.getLong("lag"))
                .put("processedRecords", full.getJsonObject("metrics").getLong("processedRecords"))
                .put("recordsPerSecond", Math.round(rate * 10) / 10.0)
                .put("problem", problem);
    }

    private static List<String> sources(JsonObject topology) {
        List<String> sources = new ArrayList<>();
        JsonArray subs = topology.getJsonArray("subTopologies");
        for (int i = 0; i < subs.size(); i++) {
            JsonArray nodes = subs.getJsonObject(i).getJsonArray("nodes");
            for (int n = 0; n < nodes.size(); n++) {
                if (nodes.getJsonObject(n).getJsonArray("inputs").isEmpty()) {
                    sources.add(nodes.getJsonObject(n).getString("id"));
                }
            }
        }
        return sources;
    }

    private static int count(JsonArray tasks, String state) {
        int count = 0;
        for (int i = 0; i < tasks.size(); i++) {
            count += tasks.getJsonObject(i).getString("state").equals(state) ? 1 : 0;
        }
        return count;
    }

    /** Each application between the topics that it reads and writes. */
    Future<FlowGraph> flow() {
        return list().map(listed -> {
            List<FlowNode> nodes = new ArrayList<>();
            List<FlowEdge> edges = new ArrayList<>();
            JsonArray streams = listed.getJsonArray("streams");
            Set<String> seen = new TreeSet<>();
            for (int i = 0; i < streams.size(); i++) {
                JsonObject stream = streams.getJsonObject(i);
                if (seen.add(stream.getString("name"))) {
                    FlowNode node = node(stream);
                    nodes.add(node);
                    StreamsRuntime runtime = named(node.name());
                    if (runtime != null) {
                        edges.addAll(edges(runtime.topology(), node));
                    }
                }
            }
            return new FlowGraph(nodes, edges);
        });
    }

    private static FlowNode node(JsonObject stream) {
        return new FlowNode(FlowNode.Kind.STREAM, stream.getString("name"), stream.getString("state"))
                .withProblem(stream.getString("problem"))
                .withGroup(stream.getString("name"))
                .withFigures(Map.of(
                        "tasks", stream.getDouble("tasks"),
                        "failedTasks", stream.getDouble("failedTasks"),
                        "lag", stream.getDouble("lag"),
                        "recordsPerSecond", stream.getDouble("recordsPerSecond")));
    }

    private static List<FlowEdge> edges(Topology topology, FlowNode node) {
        List<FlowEdge> edges = new ArrayList<>();
        Set<String> read = new TreeSet<>(topology.outsideTopics());
        topology.globalTables().stream().map(GlobalTableSpec::topic).forEach(read::add);
        read.forEach(topic -> edges.add(FlowEdge.outOf(topic, node)));
        Set<String> written = new TreeSet<>(topology.sinkTopics());
        topology.internalTopics().stream().map(InternalTopic::name).forEach(written::add);
        topology.subTopologies().stream().map(SubTopology::repartitionSinks).forEach(written::addAll);
        if (topology.deadLetterTopic() != null) {
            written.add(topology.deadLetterTopic());
        }
        written.forEach(topic -> edges.add(FlowEdge.into(topic, node)));
        return edges;
    }
}
