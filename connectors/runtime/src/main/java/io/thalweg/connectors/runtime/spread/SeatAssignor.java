package io.thalweg.connectors.runtime.spread;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Gives everything to one member: to the one that says it had it, so that nothing moves because somebody came or went. A member
 * says so in one byte, 1 or 0. Confined to the context of the group's member.
 */
final class SeatAssignor implements ConsumerPartitionAssignor {

    private boolean held;

    /** What this member says when it joins next. */
    void held(boolean holds) {
        held = holds;
    }

    @Override
    public String name() {
        return "thalweg-seat";
    }

    @Override
    public ByteBuffer subscriptionUserData(Set<String> topics) {
        return ByteBuffer.wrap(new byte[] {(byte) (held ? 1 : 0)});
    }

    @Override
    public GroupAssignment assign(Cluster metadata, GroupSubscription subscriptions) {
        Map<String, Subscription> members = new TreeMap<>(subscriptions.groupSubscription());
        String holder = members.entrySet().stream()
                .filter(member -> saysHeld(member.getValue().userData()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(members.keySet().iterator().next());
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : metadata.topics()) {
            for (PartitionInfo partition : metadata.partitionsForTopic(topic)) {
                all.add(new TopicPartition(topic, partition.partition()));
            }
        }
        Map<String, Assignment> assignments = new TreeMap<>();
        members.keySet()
                .forEach(member -> assignments.put(member, new Assignment(member.equals(holder) ? all : List.of())));
        return new GroupAssignment(assignments);
    }

    private static boolean saysHeld(@Nullable ByteBuffer userData) {
        return userData != null && userData.hasRemaining() && userData.get(userData.position()) == 1;
    }
}
