package io.thalweg.streams.topology;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a stream application does, as a value: whoever runs, draws, compares or tests it works on this.
 *
 * @param application its consumer group and the prefix of its internal topics
 * @param deadLetterTopic where records go that fail, null to fail the task
 */
public record Topology(
        String application,
        List<SubTopology> subTopologies,
        List<GlobalTableSpec> globalTables,
        List<InternalTopic> internalTopics,
        @Nullable String deadLetterTopic) {

    public Topology {
        subTopologies = List.copyOf(subTopologies);
        globalTables = List.copyOf(globalTables);
        internalTopics = List.copyOf(internalTopics);
    }

    /** Topics that tasks read and that are not the application's own; they must exist. */
    public Set<String> outsideTopics() {
        Set<String> topics = new TreeSet<>();
        subTopologies.forEach(sub -> topics.addAll(sub.sourceTopics()));
        internalTopics.forEach(topic -> topics.remove(topic.name()));
        return topics;
    }

    /** Topics that sinks write by name; a topic chosen for each record is not among them. */
    public Set<String> sinkTopics() {
        Set<String> topics = new TreeSet<>();
        for (SubTopology sub : subTopologies) {
            for (Node node : sub.nodes()) {
                String topic = node.op().equals("sink") ? node.params().getString("topic") : null;
                if (topic != null) {
                    topics.add(topic);
                }
            }
        }
        return topics;
    }

    public Optional<SubTopology> subTopology(int id) {
        return subTopologies.stream().filter(sub -> sub.id() == id).findFirst();
    }

    public Optional<StoreSpec> store(String name) {
        return subTopologies.stream()
                .flatMap(sub -> sub.stores().stream())
                .filter(store -> store.name().equals(name))
                .findFirst();
    }

    public JsonObject toJson() {
        JsonArray subs = new JsonArray();
        subTopologies.forEach(sub -> subs.add(sub.toJson()));
        JsonArray globals = new JsonArray();
        globalTables.forEach(table -> globals.add(table.toJson()));
        JsonArray topics = new JsonArray();
        internalTopics.forEach(topic -> topics.add(topic.toJson()));
        return new JsonObject()
                .put("application", application)
                .put("deadLetterTopic", deadLetterTopic)
                .put("subTopologies", subs)
                .put("globalTables", globals)
                .put("internalTopics", topics);
    }

    /** For people: a line for each node, what it reads and which stores it uses. */
    public String describe() {
        StringBuilder text =
                new StringBuilder("Application: ").append(application).append('\n');
        for (SubTopology sub : subTopologies) {
            text.append("  Sub-topology ").append(sub.id()).append(", a task for each partition of ");
            text.append(String.join(", ", new TreeSet<>(sub.sourceTopics()))).append('\n');
            sub.nodes().forEach(node -> describe(node, text));
        }
        for (GlobalTableSpec table : globalTables) {
            text.append("  Global table ")
                    .append(table.store())
                    .append(" of topic ")
                    .append(table.topic())
                    .append('\n');
        }
        return text.toString();
    }

    private static void describe(Node node, StringBuilder text) {
        text.append("    ").append(node.id()).append(": ").append(node.op());
        if (!node.params().isEmpty()) {
            text.append(' ').append(node.params().encode());
        }
        if (!node.inputs().isEmpty()) {
            text.append(" <- ");
            for (int i = 0; i < node.inputs().size(); i++) {
                Input input = node.inputs().get(i);
                text.append(i == 0 ? "" : ", ").append(input.node());
                text.append(input.port().isEmpty() ? "" : "#" + input.port());
            }
        }
        if (!node.stores().isEmpty()) {
            text.append(" [").append(String.join(", ", node.stores())).append(']');
        }
        text.append('\n');
    }
}
