package io.thalweg.streams.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How many partitions every topic of an application has, and so how many tasks each sub-topology.
 *
 * @param partitions by topic: the outside ones as given, repartition and changelog topics as they must be
 * @param tasks by sub-topology id
 */
public record PartitionPlan(Map<String, Integer> partitions, Map<Integer, Integer> tasks) {

    public PartitionPlan {
        partitions = Map.copyOf(partitions);
        tasks = Map.copyOf(tasks);
    }

    /**
     * Decides for a topology: a repartition topic has the number that the user gave, else that of the topics it is joined with,
     * else as many as the greatest source of the sub-topology that writes it.
     *
     * @param existing partitions of every outside source topic, and of internal topics that exist already
     * @throws TopologyException if a source topic is missing, or topics that are joined differ
     */
    public static PartitionPlan of(Topology topology, Map<String, Integer> existing) {
        Map<String, Integer> known = new HashMap<>();
        for (String topic : topology.outsideTopics()) {
            Integer count = existing.get(topic);
            if (count == null) {
                throw new TopologyException("application=" + topology.application() + " source topic=" + topic
                        + " does not exist; create it");
            }
            known.put(topic, count);
        }
        for (InternalTopic topic : topology.internalTopics()) {
            if (topic.kind() == InternalTopic.Kind.REPARTITION && topic.partitions() > 0) {
                known.put(topic.name(), topic.partitions());
            }
        }
        settleRepartitionTopics(topology, known);
        Map<Integer, Integer> tasks = new TreeMap<>();
        for (SubTopology sub : topology.subTopologies()) {
            sub.copartitioned().forEach(group -> checkEqual(topology, group, known));
            int count = greatest(sub.sourceTopics(), known);
            tasks.put(sub.id(), count);
            for (StoreSpec store : sub.stores()) {
                if (store.changelogTopic() != null) {
                    known.put(store.changelogTopic(), count);
                }
            }
        }
        checkInternalTopicsThatExist(topology, known, existing);
        return new PartitionPlan(known, tasks);
    }

    /** A sub-topology further down may depend on one further up, so this goes on until nothing is added. */
    private static void settleRepartitionTopics(Topology topology, Map<String, Integer> known) {
        List<String> open = new ArrayList<>();
        for (InternalTopic topic : topology.internalTopics()) {
            if (topic.kind() == InternalTopic.Kind.REPARTITION && !known.containsKey(topic.name())) {
                open.add(topic.name());
            }
        }
        while (!open.isEmpty()) {
            boolean moved = open.removeIf(topic -> {
                int count = fromPartners(topology, topic, known);
                if (count == 0) {
                    count = fromWriters(topology, topic, known);
                }
                if (count > 0) {
                    known.put(topic, count);
                }
                return count > 0;
            });
            if (!moved) {
                throw new TopologyException("application=" + topology.application() + " repartition topics " + open
                        + " depend on one another; give one of them a number of partitions");
            }
        }
    }

    private static int fromPartners(Topology topology, String topic, Map<String, Integer> known) {
        int count = 0;
        for (SubTopology sub : topology.subTopologies()) {
            for (Set<String> group : sub.copartitioned()) {
                if (group.contains(topic)) {
                    count = Math.max(count, greatest(group, known));
                }
            }
        }
        return count;
    }

    private static int fromWriters(Topology topology, String topic, Map<String, Integer> known) {
        int count = 0;
        for (SubTopology sub : topology.subTopologies()) {
            if (sub.repartitionSinks().contains(topic)) {
                if (!known.keySet().containsAll(sub.sourceTopics())) {
                    return 0;
                }
                count = Math.max(count, greatest(sub.sourceTopics(), known));
            }
        }
        return count;
    }

    private static int greatest(Set<String> topics, Map<String, Integer> known) {
        int count = 0;
        for (String topic : topics) {
            count = Math.max(count, known.getOrDefault(topic, 0));
        }
        return count;
    }

    private static void checkEqual(Topology topology, Set<String> group, Map<String, Integer> known) {
        Set<Integer> counts = new TreeSet<>();
        Map<String, Integer> shown = new TreeMap<>();
        for (String topic : group) {
            int count = known.getOrDefault(topic, 0);
            counts.add(count);
            shown.put(topic, count);
        }
        if (counts.size() > 1) {
            throw new TopologyException("application=" + topology.application()
                    + " topics that are joined need equal numbers of partitions, found " + shown
                    + "; repartition(name, partitions) one of them");
        }
    }

    private static void checkInternalTopicsThatExist(
            Topology topology, Map<String, Integer> known, Map<String, Integer> existing) {
        for (InternalTopic topic : topology.internalTopics()) {
            Integer found = existing.get(topic.name());
            Integer expected = known.get(topic.name());
            if (found != null && expected != null && !found.equals(expected)) {
                throw new TopologyException("application=" + topology.application() + " internal topic=" + topic.name()
                        + " has " + found + " partitions, expected " + expected
                        + "; state would be read by the wrong tasks: reset the application or restore the number");
            }
        }
    }
}
