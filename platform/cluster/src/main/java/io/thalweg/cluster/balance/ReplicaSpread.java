package io.thalweg.cluster.balance;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes the number of replicas even, moving as little as possible and no replica into a rack that its partition has. */
final class ReplicaSpread {

    private final Layout layout;

    /** The replicas before the plan: to move one that is new anyway costs nothing. */
    private final Map<Layout.Spot, Set<Integer>> before;

    private record Transfer(Layout.Spot spot, int from, int to) {}

    ReplicaSpread(Layout layout, Map<Layout.Spot, Set<Integer>> before) {
        this.layout = layout;
        this.before = before;
    }

    void run() {
        while (true) {
            Transfer transfer = best();
            if (transfer == null) {
                return;
            }
            boolean leads = transfer.spot().leader == transfer.from();
            layout.unplace(transfer.spot(), transfer.from());
            layout.place(transfer.spot(), transfer.to());
            if (leads) {
                layout.lead(transfer.spot(), layout.bestForLeader(transfer.spot()));
            }
        }
    }

    /** From the broker with most to the one with least; if that cannot be, between others that differ by two or more. */
    private @Nullable Transfer best() {
        List<Layout.Node> byReplicas = layout.serving().stream()
                .sorted(Comparator.comparingInt(Layout.Node::replicas).thenComparingInt(node -> node.id))
                .toList();
        for (int high = byReplicas.size() - 1; high > 0; high--) {
            Layout.Node from = byReplicas.get(high);
            for (Layout.Node to : byReplicas) {
                if (from.replicas() - to.replicas() < 2) {
                    break;
                }
                Transfer transfer = best(from, to);
                if (transfer != null) {
                    return transfer;
                }
            }
        }
        return null;
    }

    private @Nullable Transfer best(Layout.Node from, Layout.Node to) {
        return from.spots.stream()
                .filter(spot -> !spot.replicas.contains(to.id) && !layout.misses(spot))
                .filter(spot -> layout.sharesRack(spot, from.id, from.id) || !layout.sharesRack(spot, to.id, from.id))
                .map(spot -> new Transfer(spot, from.id, to.id))
                .min(Comparator.comparingInt(this::cost)
                        .thenComparingInt(transfer -> transfer.spot().leader == from.id ? 1 : 0)
                        .thenComparingInt(transfer -> to.replicasOf(topic(transfer)) - from.replicasOf(topic(transfer)))
                        .thenComparingLong(transfer -> transfer.spot().bytes)
                        .thenComparingLong(transfer -> layout.tie(transfer.spot(), to.id))
                        .thenComparing(transfer -> transfer.spot().partition.toString()))
                .orElse(null);
    }

    private static UUID topic(Transfer transfer) {
        return transfer.spot().partition.topic();
    }

    /** Copies that it makes more: none where the replica is new, one fewer where it goes back to where it is. */
    private int cost(Transfer transfer) {
        Set<Integer> had = before.getOrDefault(transfer.spot(), Set.of());
        int saved = had.contains(transfer.from()) ? 0 : 1;
        int made = had.contains(transfer.to()) ? 0 : 1;
        return made - saved;
    }
}
