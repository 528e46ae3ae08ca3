package io.thalweg.streams.runtime;

import io.thalweg.streams.topology.SubTopology;
import io.thalweg.streams.topology.TaskId;
import io.thalweg.streams.topology.Topology;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Assigns whole tasks to the members of the application's group, so that the partitions of a task go together. A member tells
 * what it ran before:
 *
 * <pre>
 * version (2 bytes, 0) | count (4 bytes) | count times: sub-topology (4 bytes), partition (4 bytes)
 * </pre>
 *
 * <p>Called on the context of the group's member alone.
 */
final class TaskAssignor implements ConsumerPartitionAssignor {

    private static final short VERSION = 0;

    private final Topology topology;
    private Set<TaskId> running = Set.of();

    TaskAssignor(Topology topology) {
        this.topology = topology;
    }

    @Override
    public String name() {
        return "thalweg-streams";
    }

    /** What this member says it ran when it joins next. */
    void running(Set<TaskId> tasks) {
        running = Set.copyOf(tasks);
    }

    @Override
    public ByteBuffer subscriptionUserData(Set<String> topics) {
        ByteBuffer data = ByteBuffer.allocate(6 + 8 * running.size());
        data.putShort(VERSION).putInt(running.size());
        for (TaskId task : running) {
            data.putInt(task.subTopology()).putInt(task.partition());
        }
        return data.flip();
    }

    /** What a member ran before; nothing if it says so in a way that this version does not know. */
    static Set<TaskId> ranBefore(@Nullable ByteBuffer userData) {
        Set<TaskId> tasks = new HashSet<>();
        if (userData == null) {
            return tasks;
        }
        ByteBuffer data = userData.duplicate();
        try {
            if (data.getShort() != VERSION) {
                return tasks;
            }
            for (int left = data.getInt(); left > 0; left--) {
                tasks.add(new TaskId(data.getInt(), data.getInt()));
            }
            return tasks;
        } catch (BufferUnderflowException cutShort) {
            return Set.of();
        }
    }

    @Override
    public GroupAssignment assign(Cluster metadata, GroupSubscription subscriptions) {
        Map<String, Set<TaskId>> previous = new TreeMap<>();
        subscriptions
                .groupSubscription()
                .forEach((member, subscription) -> previous.put(member, ranBefore(subscription.userData())));
        Map<TaskId, List<TopicPartition>> tasks = tasks(metadata);
        Map<String, Assignment> assignments = new HashMap<>();
        StickyAssignment.assign(tasks.keySet(), previous).forEach((member, assigned) -> {
            List<TopicPartition> partitions = new ArrayList<>();
            assigned.forEach(task -> partitions.addAll(tasks.getOrDefault(task, List.of())));
            assignments.put(member, new Assignment(partitions));
        });
        return new GroupAssignment(assignments);
    }

    private Map<TaskId, List<TopicPartition>> tasks(Cluster metadata) {
        Map<TaskId, List<TopicPartition>> tasks = new TreeMap<>();
        for (SubTopology sub : topology.subTopologies()) {
            for (String topic : new TreeSet<>(sub.sourceTopics())) {
                Integer count = metadata.partitionCountForTopic(topic);
                for (int partition = 0; count != null && partition < count; partition++) {
                    tasks.computeIfAbsent(new TaskId(sub.id(), partition), absent -> new ArrayList<>())
                            .add(new TopicPartition(topic, partition));
                }
            }
        }
        return tasks;
    }

    /** The tasks that partitions belong to, with the partitions of each. */
    static Map<TaskId, Set<TopicPartition>> tasksOf(Topology topology, Collection<TopicPartition> partitions) {
        Map<String, Integer> subTopologyOf = new HashMap<>();
        topology.subTopologies()
                .forEach(sub -> sub.sourceTopics().forEach(topic -> subTopologyOf.put(topic, sub.id())));
        Map<TaskId, Set<TopicPartition>> tasks = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            Integer sub = subTopologyOf.get(partition.topic());
            if (sub != null) {
                tasks.computeIfAbsent(new TaskId(sub, partition.partition()), absent -> new HashSet<>())
                        .add(partition);
            }
        }
        return tasks;
    }
}
