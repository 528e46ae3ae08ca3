package io.thalweg.cluster.balance;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes the number of leaders even by giving leaderships to other replicas of the same partitions. Where no replica of a broker
 * that leads much is on one that leads little, a chain over other brokers does it.
 */
final class LeaderSpread {

    private final Layout layout;
    private final Collection<Layout.Spot> spots;
    private final ToIntFunction<Layout.Node> leaders;

    /** A leadership that can be given. */
    private record Edge(Layout.Spot spot, int from, int to) {}

    /**
     * @param spots whose leaderships may be given
     * @param leaders the number that is to be even
     */
    LeaderSpread(Layout layout, Collection<Layout.Spot> spots, ToIntFunction<Layout.Node> leaders) {
        this.layout = layout;
        this.spots = spots;
        this.leaders = leaders;
    }

    void run() {
        Map<Integer, Set<Layout.Spot>> ledBy = new HashMap<>();
        for (Layout.Spot spot : spots) {
            ledBy.computeIfAbsent(spot.leader, broker -> new HashSet<>()).add(spot);
        }
        while (improve(ledBy)) {
            // Each time the numbers are nearer to each other.
        }
    }

    private boolean improve(Map<Integer, Set<Layout.Spot>> ledBy) {
        List<Layout.Node> most = layout.serving().stream()
                .sorted(Comparator.comparingInt(leaders).reversed())
                .toList();
        for (Layout.Node giver : most) {
            int few = leaders.applyAsInt(giver) - 2;
            if (most.isEmpty() || leaders.applyAsInt(most.get(most.size() - 1)) > few) {
                return false;
            }
            List<Edge> path = path(giver, few, ledBy);
            if (path != null) {
                for (Edge edge : path) {
                    layout.lead(edge.spot(), edge.to());
                    ledBy.getOrDefault(edge.from(), new HashSet<>()).remove(edge.spot());
                    ledBy.computeIfAbsent(edge.to(), broker -> new HashSet<>()).add(edge.spot());
                }
                return true;
            }
        }
        return false;
    }

    /** The shortest way over which one leadership goes from the giver to a broker that has at most so many. */
    private @Nullable List<Edge> path(Layout.Node giver, int few, Map<Integer, Set<Layout.Spot>> ledBy) {
        Map<Integer, Edge> reachedBy = new HashMap<>();
        Deque<Integer> toVisit = new ArrayDeque<>();
        toVisit.add(giver.id);
        Set<Integer> seen = new HashSet<>(Set.of(giver.id));
        while (!toVisit.isEmpty()) {
            int from = toVisit.remove();
            Map<Integer, Edge> edges = edges(from, ledBy.getOrDefault(from, Set.of()));
            List<Integer> next = edges.keySet().stream().sorted().toList();
            for (int to : next) {
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
    private Map<Integer, Edge> edges(int from, Set<Layout.Spot> led) {
        Map<Integer, Edge> best = new HashMap<>();
        for (Layout.Spot spot : led) {
            for (int to : spot.replicas) {
                if (to != from && layout.serves(to)) {
                    best.merge(
                            to,
                            new Edge(spot, from, to),
                            (one, other) -> order().compare(one, other) <= 0 ? one : other);
                }
            }
        }
        return best;
    }

    /** Rather partitions of a topic of which the one leads much and the other little; else as the seed decides. */
    private Comparator<Edge> order() {
        return Comparator.<Edge>comparingInt(edge -> ofTopic(edge.to(), edge) - ofTopic(edge.from(), edge))
                .thenComparingLong(edge -> layout.tie(edge.spot(), edge.to()))
                .thenComparing(edge -> edge.spot().partition.toString());
    }

    private int ofTopic(int broker, Edge edge) {
        Layout.Node node = layout.node(broker);
        return node == null ? 0 : node.leadersOf(edge.spot().partition.topic());
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
