package io.thalweg.cluster.balance;

import io.thalweg.cluster.PartitionId;
import io.thalweg.cluster.balance.BalanceBroker.Standing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Brokers and the partitions on them, while it is worked out where these should be. Confined to one computation. */
final class Layout {

    static final int NOBODY = PartitionState.NO_LEADER;

    private final long seed;
    private final Map<Integer, Node> nodes = new TreeMap<>();
    private final Map<PartitionId, Spot> spots = new LinkedHashMap<>();

    /** A broker and what it holds. */
    static final class Node {
        final int id;
        final Standing standing;

        /** Brokers without a rack are one each. */
        final String rack;

        final Set<Spot> spots = new HashSet<>();
        int leaders;
        long bytes;
        final Map<UUID, Integer> replicasOfTopic = new HashMap<>();
        final Map<UUID, Integer> leadersOfTopic = new HashMap<>();

        Node(BalanceBroker broker) {
            id = broker.id();
            standing = broker.standing();
            rack = broker.rack() == null ? "\0" + id : broker.rack();
        }

        int replicas() {
            return spots.size();
        }

        int replicasOf(UUID topic) {
            return replicasOfTopic.getOrDefault(topic, 0);
        }

        int leadersOf(UUID topic) {
            return leadersOfTopic.getOrDefault(topic, 0);
        }
    }

    /** A partition and where it is to be. */
    static final class Spot {
        final PartitionId partition;
        final long bytes;
        final List<Integer> replicas = new ArrayList<>();
        int leader = NOBODY;

        Spot(PartitionId partition, long bytes) {
            this.partition = partition;
            this.bytes = bytes;
        }
    }

    Layout(Collection<BalanceBroker> brokers, long seed) {
        this.seed = seed;
        for (BalanceBroker broker : brokers) {
            if (nodes.put(broker.id(), new Node(broker)) != null) {
                throw new IllegalArgumentException("broker=" + broker.id() + " is given twice");
            }
        }
    }

    Collection<Node> nodes() {
        return nodes.values();
    }

    Collection<Spot> spots() {
        return spots.values();
    }

    /** Null for a broker that was not given. */
    @Nullable
    Node node(int broker) {
        return nodes.get(broker);
    }

    Standing standing(int broker) {
        Node node = nodes.get(broker);
        return node == null ? Standing.LOST : node.standing;
    }

    boolean serves(int broker) {
        return standing(broker) == Standing.SERVING;
    }

    /** Whether a replica is away for a short time: the others are needed where they are until it is back, or lost. */
    boolean misses(Spot spot) {
        return spot.replicas.stream().anyMatch(broker -> standing(broker) == Standing.ABSENT);
    }

    List<Node> serving() {
        return nodes.values().stream()
                .filter(node -> node.standing == Standing.SERVING)
                .toList();
    }

    Spot add(PartitionId partition, long bytes) {
        Spot spot = new Spot(partition, bytes);
        if (spots.put(partition, spot) != null) {
            throw new IllegalArgumentException("partition=" + partition + " is given twice");
        }
        return spot;
    }

    void place(Spot spot, int broker) {
        spot.replicas.add(broker);
        Node node = nodes.get(broker);
        if (node != null) {
            node.spots.add(spot);
            node.bytes += spot.bytes;
            node.replicasOfTopic.merge(spot.partition.topic(), 1, Integer::sum);
        }
    }

    void unplace(Spot spot, int broker) {
        spot.replicas.remove((Integer) broker);
        Node node = nodes.get(broker);
        if (node != null && node.spots.remove(spot)) {
            node.bytes -= spot.bytes;
            node.replicasOfTopic.merge(spot.partition.topic(), -1, Integer::sum);
        }
        if (spot.leader == broker) {
            lead(spot, NOBODY);
        }
    }

    void lead(Spot spot, int broker) {
        count(spot, spot.leader, -1);
        spot.leader = broker;
        count(spot, broker, 1);
    }

    private void count(Spot spot, int broker, int more) {
        Node node = nodes.get(broker);
        if (node != null) {
            node.leaders += more;
            node.leadersOfTopic.merge(spot.partition.topic(), more, Integer::sum);
        }
    }

    /** In how many racks the partition's replicas are. */
    int racks(Spot spot) {
        Set<String> racks = new HashSet<>();
        for (int broker : spot.replicas) {
            racks.add(rack(broker));
        }
        return racks.size();
    }

    /** In how many racks brokers serve. */
    int servingRacks() {
        return (int) serving().stream().map(node -> node.rack).distinct().count();
    }

    String rack(int broker) {
        Node node = nodes.get(broker);
        return node == null ? "\0" + broker : node.rack;
    }

    /** Whether another replica of the partition is in the rack of {@code broker}. */
    boolean sharesRack(Spot spot, int broker, int except) {
        String rack = rack(broker);
        for (int replica : spot.replicas) {
            if (replica != broker && replica != except && rack(replica).equals(rack)) {
                return true;
            }
        }
        return false;
    }

    /** The best broker for one more replica: in a rack of its own if possible, then where least is. Null if none serves. */
    @Nullable
    Node bestForReplica(Spot spot) {
        UUID topic = spot.partition.topic();
        return serving().stream()
                .filter(node -> !spot.replicas.contains(node.id))
                .min(Comparator.<Node>comparingInt(node -> sharesRack(spot, node.id, NOBODY) ? 1 : 0)
                        .thenComparingInt(node -> node.replicasOf(topic))
                        .thenComparingInt(Node::replicas)
                        .thenComparingLong(node -> node.bytes)
                        .thenComparingLong(node -> tie(spot, node.id)))
                .orElse(null);
    }

    /** The best leader among the partition's replicas that serve; {@link #NOBODY} if none does. */
    int bestForLeader(Spot spot) {
        UUID topic = spot.partition.topic();
        return spot.replicas.stream()
                .filter(this::serves)
                .map(nodes::get)
                .min(Comparator.<Node>comparingInt(node -> node.leadersOf(topic))
                        .thenComparingInt(node -> node.leaders)
                        .thenComparingLong(node -> tie(spot, node.id)))
                .map(node -> node.id)
                .orElse(NOBODY);
    }

    /** A number that the seed decides: breaks ties, so that not always the same broker comes first. */
    long tie(Spot spot, int broker) {
        long mixed = seed
                ^ spot.partition.topic().getMostSignificantBits()
                ^ Long.rotateLeft(spot.partition.topic().getLeastSignificantBits(), 17)
                ^ (((long) spot.partition.partition() << 32) | (broker & 0xFFFFFFFFL));
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
