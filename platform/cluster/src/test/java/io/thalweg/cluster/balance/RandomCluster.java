package io.thalweg.cluster.balance;

import io.thalweg.cluster.PartitionId;
import io.thalweg.cluster.balance.BalanceBroker.Standing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Brokers and partitions from a seed, and the controller that carries a plan out on them. */
final class RandomCluster {

    final Random random;
    final List<BalanceBroker> brokers = new ArrayList<>();
    final Map<PartitionId, PartitionState> partitions = new HashMap<>();

    RandomCluster(long seed) {
        random = new Random(seed);
    }

    /** @param racks 0 for brokers without racks */
    static RandomCluster of(long seed, int brokers, int racks) {
        RandomCluster cluster = new RandomCluster(seed);
        for (int id = 1; id <= brokers; id++) {
            cluster.brokers.add(new BalanceBroker(id, racks == 0 ? null : "rack-" + id % racks, Standing.SERVING));
        }
        return cluster;
    }

    UUID newTopic() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    void stand(int broker, Standing standing) {
        for (int i = 0; i < brokers.size(); i++) {
            BalanceBroker known = brokers.get(i);
            if (known.id() == broker) {
                brokers.set(i, new BalanceBroker(broker, known.rack(), standing));
            }
        }
    }

    /** Adds a topic anywhere, as an operator might have put it. */
    void addAnywhere(int count, int replicationFactor, int replicas) {
        UUID topic = newTopic();
        for (int i = 0; i < count; i++) {
            List<Integer> ids = new ArrayList<>();
            brokers.forEach(broker -> ids.add(broker.id()));
            Collections.shuffle(ids, random);
            List<Integer> chosen = ids.subList(0, Math.min(replicas, ids.size()));
            put(new PartitionState(
                    new PartitionId(topic, i),
                    chosen,
                    chosen.get(0),
                    chosen,
                    replicationFactor,
                    random.nextInt(1 << 20)));
        }
    }

    void put(PartitionState state) {
        partitions.put(state.partition(), state);
    }

    BalancePlan plan(long seed) {
        return BalancePlan.of(brokers, partitions.values(), seed);
    }

    Standing standing(int broker) {
        return brokers.stream()
                .filter(known -> known.id() == broker)
                .map(BalanceBroker::standing)
                .findFirst()
                .orElse(Standing.LOST);
    }

    boolean isHere(int broker) {
        Standing standing = standing(broker);
        return standing == Standing.SERVING || standing == Standing.DRAINING;
    }

    /** What the step does to the partition, at once. */
    void carryOut(Step step) {
        PartitionState was = partitions.get(step.partition());
        List<Integer> replicas = new ArrayList<>(was.replicas());
        List<Integer> inSync = new ArrayList<>(was.inSync());
        int leader = was.leader();
        switch (step.kind()) {
            case ADD_REPLICA -> {
                replicas.add(step.broker());
                inSync.add(step.broker());
            }
            case MOVE_LEADER -> leader = step.broker();
            case REMOVE_REPLICA -> {
                replicas.remove((Integer) step.broker());
                inSync.remove((Integer) step.broker());
            }
        }
        put(new PartitionState(was.partition(), replicas, leader, inSync, was.replicationFactor(), was.bytes()));
    }

    Map<Integer, Integer> replicaCounts() {
        Map<Integer, Integer> counts = new HashMap<>();
        brokers.forEach(broker -> counts.put(broker.id(), 0));
        partitions.values().forEach(state -> state.replicas().forEach(id -> counts.merge(id, 1, Integer::sum)));
        return counts;
    }

    Map<Integer, Integer> leaderCounts() {
        Map<Integer, Integer> counts = new HashMap<>();
        brokers.forEach(broker -> counts.put(broker.id(), 0));
        partitions.values().forEach(state -> counts.merge(state.leader(), 1, Integer::sum));
        return counts;
    }

    /** The difference between the most and the least, over brokers that serve. */
    int spread(Map<Integer, Integer> counts) {
        List<Integer> serving = brokers.stream()
                .filter(broker -> broker.standing() == Standing.SERVING)
                .map(broker -> counts.getOrDefault(broker.id(), 0))
                .toList();
        return Collections.max(serving) - Collections.min(serving);
    }

    long racks(List<Integer> replicas) {
        return replicas.stream().map(this::rack).distinct().count();
    }

    private String rack(int broker) {
        return brokers.stream()
                .filter(known -> known.id() == broker)
                .map(known -> known.rack() == null ? "none-" + broker : known.rack())
                .findFirst()
                .orElse("gone-" + broker);
    }
}
