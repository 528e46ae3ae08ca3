package io.thalweg.cluster.balance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Makes the number of replicas even, moving as little as possible and no replica into a rack that its partition has. */
final class ReplicaSpread {

    /** Looked for at a time: to look costs a pass over all that the giver holds. */
    private static final int BATCH_MAX = 64;

    private static final Comparator<Candidate> BEST_FIRST = Comparator.comparingInt(Candidate::cost)
            .thenComparingInt(Candidate::leads)
            .thenComparingInt(Candidate::topicBalance)
            .thenComparingLong(candidate -> candidate.spot().bytes)
            .thenComparingLong(Candidate::tie)
            .thenComparing(candidate -> candidate.spot().partition.topic())
            .thenComparingInt(candidate -> candidate.spot().partition.partition());

    private final Layout layout;

    /** The replicas before the plan: to move one that is new anyway costs nothing. */
    private final Map<Layout.Spot, Set<Integer>> before;

    /**
     * A partition whose replica could go.
     *
     * @param cost copies that it makes more
     * @param leads 1 if the replica leads, else 0
     * @param topicBalance how many replicas of its topic the taker has more than the giver
     */
    private record Candidate(Layout.Spot spot, int cost, int leads, int topicBalance, long tie) {}

    ReplicaSpread(Layout layout, Map<Layout.Spot, Set<Integer>> before) {
        this.layout = layout;
        this.before = before;
    }

    void run() {
        while (improve()) {
            // Each time the numbers are nearer to each other.
        }
    }

    /** From the broker with most to the one with least; if that cannot be, between others that differ by two or more. */
    private boolean improve() {
        List<Layout.Node> byReplicas = layout.serving().stream()
                .sorted(Comparator.comparingInt(Layout.Node::replicas).thenComparingInt(node -> node.id))
                .toList();
        for (int high = byReplicas.size() - 1; high > 0; high--) {
            Layout.Node from = byReplicas.get(high);
            for (Layout.Node to : byReplicas) {
                int more = from.replicas() - to.replicas();
                if (more < 2) {
                    break;
                }
                if (transfer(from, to, Math.min(BATCH_MAX, Math.max(1, more / (2 * byReplicas.size()))))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** @return whether any could go */
    private boolean transfer(Layout.Node from, Layout.Node to, int count) {
        List<Candidate> candidates = new ArrayList<>();
        for (Layout.Spot spot : from.spots) {
            if (!spot.replicas.contains(to.id)
                    && !layout.misses(spot)
                    && (layout.sharesRack(spot, from.id, from.id) || !layout.sharesRack(spot, to.id, from.id))) {
                candidates.add(candidate(spot, from, to));
            }
        }
        if (count == 1 && !candidates.isEmpty()) {
            move(Collections.min(candidates, BEST_FIRST).spot(), from.id, to.id);
            return true;
        }
        candidates.sort(BEST_FIRST);
        // One of each topic: after it the others of that topic are not what they were.
        Set<UUID> topics = new HashSet<>();
        int moved = 0;
        for (Candidate candidate : candidates) {
            if (moved < count && topics.add(candidate.spot().partition.topic())) {
                move(candidate.spot(), from.id, to.id);
                moved++;
            }
        }
        return moved > 0;
    }

    private Candidate candidate(Layout.Spot spot, Layout.Node from, Layout.Node to) {
        Set<Integer> had = before.getOrDefault(spot, Set.of());
        int saved = had.contains(from.id) ? 0 : 1;
        int made = had.contains(to.id) ? 0 : 1;
        UUID topic = spot.partition.topic();
        return new Candidate(
                spot,
                made - saved,
                spot.leader == from.id ? 1 : 0,
                to.replicasOf(topic) - from.replicasOf(topic),
                layout.tie(spot, to.id));
    }

    private void move(Layout.Spot spot, int from, int to) {
        boolean leads = spot.leader == from;
        layout.unplace(spot, from);
        layout.place(spot, to);
        if (leads) {
            layout.lead(spot, layout.bestForLeader(spot));
        }
    }
}
