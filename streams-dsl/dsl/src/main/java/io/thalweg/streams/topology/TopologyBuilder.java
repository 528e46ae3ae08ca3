package io.thalweg.streams.topology;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects nodes, stores and topics in the order of definition and cuts them into sub-topologies. */
public final class TopologyBuilder {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

    private final String application;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<String, StoreSpec> stores = new LinkedHashMap<>();
    private final Map<String, InternalTopic> internalTopics = new LinkedHashMap<>();
    private final Map<String, GlobalTableSpec> globalTables = new LinkedHashMap<>();
    private final List<Set<String>> copartitioned = new ArrayList<>();
    private @Nullable String deadLetterTopic;

    public TopologyBuilder(String application) {
        this.application = name("application", application);
    }

    public String application() {
        return application;
    }

    /** Checks what becomes part of a topic's name. */
    public static String name(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new TopologyException(
                    what + "=" + name + "; expected 1 to 200 of the characters a-z A-Z 0-9 . _ - as in a topic's name");
        }
        return name;
    }

    /** An id for a node that the user did not name. */
    public String derivedId(String upstream, String op) {
        String id = upstream + "/" + op;
        for (int i = 2; nodes.containsKey(id); i++) {
            id = upstream + "/" + op + "-" + i;
        }
        return id;
    }

    public void add(Node node) {
        if (nodes.putIfAbsent(node.id(), node) != null) {
            throw new TopologyException("application=" + application + " has two nodes named " + node.id()
                    + "; names are unique in an application");
        }
    }

    public @Nullable Node node(String id) {
        return nodes.get(id);
    }

    /** Puts another node in the place of one with its id, as long as nothing reads its ordinary output. */
    public void replace(Node node) {
        for (Node other : nodes.values()) {
            if (other.inputs().contains(Input.of(node.id()))) {
                throw new TopologyException("node=" + node.id() + " is read by " + other.id()
                        + " already; say how it emits before its result is used");
            }
        }
        nodes.put(node.id(), node);
    }

    /** A store, and its changelog topic if the spec names one. */
    public void add(StoreSpec store) {
        name("store", store.name());
        if (stores.putIfAbsent(store.name(), store) != null) {
            throw new TopologyException("application=" + application + " has two stores named " + store.name()
                    + "; names are unique in an application");
        }
    }

    /** The changelog topic of a store of this application. */
    public String changelogTopic(String store) {
        return application + "-" + store + "-changelog";
    }

    public void replace(StoreSpec store) {
        stores.put(store.name(), store);
    }

    public String repartitionTopic(String name) {
        return application + "-" + name("name", name) + "-repartition";
    }

    public void add(InternalTopic topic) {
        if (internalTopics.putIfAbsent(topic.name(), topic) != null) {
            throw new TopologyException(
                    "application=" + application + " has two internal topics named " + topic.name() + "; rename one");
        }
    }

    public void add(GlobalTableSpec table) {
        if (stores.containsKey(table.store()) || globalTables.putIfAbsent(table.store(), table) != null) {
            throw new TopologyException("application=" + application + " has two stores named " + table.store()
                    + "; names are unique in an application");
        }
    }

    /** Source topics whose records are joined, so that they need equal numbers of partitions. */
    public void copartition(Set<String> topics) {
        if (topics.size() > 1) {
            copartitioned.add(new TreeSet<>(topics));
        }
    }

    public void deadLetterTopic(String topic) {
        deadLetterTopic = topic;
    }

    /** The source topics that reach a node along edges. */
    public Set<String> sourcesOf(String nodeId) {
        Set<String> topics = new LinkedHashSet<>();
        List<String> open = new ArrayList<>(List.of(nodeId));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String id = open.remove(open.size() - 1);
            Node node = nodes.get(id);
            if (node != null && seen.add(id)) {
                if (node.op().equals("source")) {
                    topics.add(node.params().getString("topic"));
                }
                node.inputs().forEach(input -> open.add(input.node()));
            }
        }
        return topics;
    }

    public Topology build() {
        if (nodes.isEmpty()) {
            throw new TopologyException("application=" + application + " has no nodes; begin with stream(topic, ...)");
        }
        Map<String, String> groups = groups();
        Map<String, List<Node>> byGroup = new LinkedHashMap<>();
        for (Node node : nodes.values()) {
            byGroup.computeIfAbsent(root(groups, node.id()), absent -> new ArrayList<>())
                    .add(node);
        }
        List<SubTopology> subs = new ArrayList<>();
        for (List<Node> members : byGroup.values()) {
            subs.add(subTopology(subs.size(), members));
        }
        List<InternalTopic> topics = new ArrayList<>(internalTopics.values());
        for (StoreSpec store : stores.values()) {
            if (store.changelogTopic() != null) {
                topics.add(changelog(store, store.changelogTopic()));
            }
        }
        return new Topology(application, subs, List.copyOf(globalTables.values()), topics, deadLetterTopic);
    }

    private static InternalTopic changelog(StoreSpec store, String topic) {
        // Windows expire by the time of the records, which may be years behind the broker's clock, or stand still over
        // a
        // weekend: whoever owns the store deletes what has expired, and the broker nothing (ChangelogExpiry).
        String policy = store.expires() ? "compact,delete" : "compact";
        return new InternalTopic(topic, InternalTopic.Kind.CHANGELOG, 0, policy, -1);
    }

    private Map<String, String> groups() {
        Map<String, String> parent = new HashMap<>();
        Map<String, String> firstUser = new HashMap<>();
        for (Node node : nodes.values()) {
            for (Input input : node.inputs()) {
                union(parent, input.node(), node.id());
            }
            for (String store : node.stores()) {
                String other = globalTables.containsKey(store) ? null : firstUser.putIfAbsent(store, node.id());
                if (other != null) {
                    union(parent, other, node.id());
                }
            }
        }
        return parent;
    }

    private static void union(Map<String, String> parent, String a, String b) {
        String rootA = root(parent, a);
        String rootB = root(parent, b);
        if (!rootA.equals(rootB)) {
            parent.put(rootB, rootA);
        }
    }

    private static String root(Map<String, String> parent, String id) {
        String at = id;
        for (String up = parent.get(at); up != null; up = parent.get(at)) {
            at = up;
        }
        return at;
    }

    private SubTopology subTopology(int id, List<Node> members) {
        Set<String> sources = new TreeSet<>();
        Set<String> repartitionSinks = new TreeSet<>();
        Set<String> globals = new TreeSet<>();
        Map<String, StoreSpec> own = new LinkedHashMap<>();
        for (Node node : members) {
            JsonObject params = node.params();
            if (node.op().equals("source")) {
                sources.add(params.getString("topic"));
            }
            String topic = node.op().equals("repartition") ? params.getString("topic") : null;
            if (topic != null) {
                repartitionSinks.add(topic);
            }
            for (String name : node.stores()) {
                if (globalTables.containsKey(name)) {
                    globals.add(name);
                } else {
                    own.put(name, store(node, name));
                }
            }
        }
        List<Set<String>> joined = new ArrayList<>();
        for (Set<String> group : copartitioned) {
            if (sources.containsAll(group)) {
                joined.add(group);
            }
        }
        return new SubTopology(id, members, sources, joined, List.copyOf(own.values()), globals, repartitionSinks);
    }

    private StoreSpec store(Node node, String name) {
        StoreSpec store = stores.get(name);
        if (store == null) {
            throw new TopologyException("node=" + node.id() + " uses store=" + name + ", which nobody declared");
        }
        return store;
    }
}
