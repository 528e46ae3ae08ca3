package io.thalweg.coordination.group;

import io.thalweg.coordination.group.record.OffsetValue;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The committed offsets of one shard's groups: the last commit of each partition. */
final class CommittedOffsets {

    private final Map<String, Map<TopicPartition, OffsetValue>> byGroup = new HashMap<>();

    void put(String groupId, TopicPartition partition, OffsetValue value) {
        byGroup.computeIfAbsent(groupId, id -> new HashMap<>()).put(partition, value);
    }

    @Nullable
    OffsetValue get(String groupId, TopicPartition partition) {
        return of(groupId).get(partition);
    }

    /** False if there was nothing to remove. */
    boolean remove(String groupId, TopicPartition partition) {
        Map<TopicPartition, OffsetValue> offsets = byGroup.get(groupId);
        if (offsets == null || offsets.remove(partition) == null) {
            return false;
        }
        if (offsets.isEmpty()) {
            byGroup.remove(groupId);
        }
        return true;
    }

    boolean has(String groupId) {
        return byGroup.containsKey(groupId);
    }

    /** A view; copy it before it outlives the step or before removing. */
    Map<TopicPartition, OffsetValue> of(String groupId) {
        return byGroup.getOrDefault(groupId, Map.of());
    }

    /** Everything, for comparing two shards. */
    Map<String, Map<TopicPartition, OffsetValue>> all() {
        return byGroup;
    }
}
