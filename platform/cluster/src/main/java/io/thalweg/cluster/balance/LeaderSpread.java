package io.thalweg.cluster.balance;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes the number of leaders even by giving leaderships to other replicas of the same partitions. Where no replica of a broker
 * that leads much is on one that leads little, a chain over other brokers does it.
 */
final class LeaderSpread {

    /** Looked for at a time: to look costs a pass over all that the giver leads. */
    private static final int BATCH_MAX = 64;

    /** Rather partitions of a topic of which the one leads much and the other little; else as the seed decides. */
    private static final Comparator<Edge> BEST_FIRST = Comparator.comparingInt(Edge::topicBalance)
            .thenComparingLong(Edge::tie)
            .thenComparing(edge -> edge.spot().partition.topic())
            .thenComparingInt(edge -> edge.spot().partition.partition());

    private final Layout layout;
    private final ToIntFunction<Layout.Node> leaders;
    private final Map<Integer, Set<Layout.Spot>> ledBy = new HashMap<>();

    /**
     * A leadership that can be given.
     *
     * @param topicBalance how many leaders of its topic the taker has more than the giver
     */
    private record Edge(Layout.Spot spot, int from, int to, int topicBalance, long tie) {}

    /**
     * @param spots whose leaderships may be given
     * @param leaders the number that is to be even
     */
    LeaderSpread(Layout layout, Collection<Layout.Spot> spots, ToIntFunction<Layout.Node> leaders) {
        this.layout = layout;
        this.leaders = leaders;
        for (Layout.Spot spot : spots) {
            led(spot.leader).add(spot);
        }
    }

    void run() {
        while (improve()) {
            // Each time the numbers are nearer to each other.
        }
    }

    private boolean improve() {
        List<Layout.Node> most = layout.serving().stream()
                .sorted(Comparator.comparingInt(leaders).reversed().thenComparingInt(node -> node.id))
                .toList();
        for (Layout.Node giver : most) {
            for (int low = most.size() - 1; low >= 0; low--) {
                Layout.Node taker = most.get(low);
                int more = leaders.applyAsInt(giver) - leaders.applyAsInt(taker);
                if (more < 2) {
                    break;
                }
                if (give(giver.id, taker.id, Math.min(BATCH_MAX, Math.max(1, more / (2 * most.size()))))) {
                    return true;
                }
            }
        }
        return improveOverOthers(most);
    }

    /** @return whether any could be given */
    private boolean give(int from, int to, int count) {
        List<Edge> edges = new ArrayList<>();
        for (Layout.Spot spot : led(from)) {
            if (spot.replicas.contains(to)) {
                edges.add(edge(spot, from, to));
            }
        }
        edges.sort(BEST_FIRST);
        // One of each topic: after it the others of that topic are not what they were.
        Set<UUID> topics = new HashSet<>();
        int given = 0;
        for (Edge edge : edges) {
            if (given < count && topics.add(edge.spot().partition.topic())) {
                give(edge);
                given++;
            }
        }
        return given > 0;
    }

    private boolean improveOverOthers(List<Layout.Node> most) {
        for (Layout.Node giver : most) {
            int few = leaders.applyAsInt(giver) - 2;
            if (leaders.applyAsInt(most.get(most.size() - 1)) > few) {
                return false;
            }
            List<Edge> path = path(giver, few);
            if (path != null) {
                path.forEach(this::give);
                return true;
            }
        }
        return false;
    }

    /** The shortest way over which one leadership goes from the giver to a broker that has at most so many. */
    private @Nullable List<Edge> path(Layout.Node giver, int few) {
        Map<Integer, Edge> reachedBy = new HashMap<>();
        Deque<Integer> toVisit = new ArrayDeque<>();
        toVisit.add(giver.id);
        Set<Integer> seen = new HashSet<>(Set.of(giver.id));
        while (!toVisit.isEmpty()) {
            Map<Integer, Edge> edges = edges(toVisit.remove());
            for (int to : edges.keySet().stream().sorted().toList()) {
                if (!seen.add(to)) {
                    continue;
                }
                reachedBy.put(to, edges.get(to));
                Layout.Node node = layout.node(to);
                if (node != null && leaders.applyAsInt(node) <= few) {
                    return unwind(to, giver.id, reachedBy);
                }
                toVisit.add(to);
            }
        }
        return null;
    }

    /** For each broker that can get a leadership from this one, the best to give it. */
    private Map<Integer, Edge> edges(int from) {
        Map<Integer, Edge> best = new HashMap<>();
        for (Layout.Spot spot : led(from)) {
            for (int to : spot.replicas) {
                if (to != from && layout.serves(to)) {
                    best.merge(
                            to,
                            edge(spot, from, to),
                            (one, other) -> BEST_FIRST.compare(one, other) <= 0 ? one : other);
                }
            }
        }
        return best;
    }

    private Edge edge(Layout.Spot spot, int from, int to) {
        UUID topic = spot.partition.topic();
        return new Edge(spot, from, to, ofTopic(to, topic) - ofTopic(from, topic), layout.tie(spot, to));
    }

    private void give(Edge edge) {
        layout.lead(edge.spot(), edge.to());
        led(edge.from()).remove(edge.spot());
        led(edge.to()).add(edge.spot());
    }

    private Set<Layout.Spot> led(int broker) {
        return ledBy.computeIfAbsent(broker, id -> new HashSet<>());
    }

    private int ofTopic(int broker, UUID topic) {
        Layout.Node node = layout.node(broker);
        return node == null ? 0 : node.leadersOf(topic);
    }

    private static List<Edge> unwind(int to, int giver, Map<Integer, Edge> reachedBy) {
        Deque<Edge> path = new ArrayDeque<>();
        int at = to;
        while (at != giver) {
            Edge edge = reachedBy.get(at);
            if (edge == null) {
                throw new IllegalStateException("broker=" + at + " was reached from nowhere");
            }
            path.addFirst(edge);
            at = edge.from();
        }
        return List.copyOf(path);
    }
}
