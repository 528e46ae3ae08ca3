package io.thalweg.broker.partition;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The partition replicas on this node, by topic. Looked up from any thread without locks; changed on the controller's
 * context only.
 */
public final class Partitions {

    private record LocalTopic(Uuid id, List<Partition> partitions) {}

    private final Map<String, LocalTopic> topics = new ConcurrentHashMap<>();

    /** The replica, or null if there is none on this node. */
    public @Nullable Partition get(TopicPartition name) {
        LocalTopic topic = topics.get(name.topic());
        int index = name.partition();
        return topic == null || index < 0 || index >= topic.partitions.size() ? null : topic.partitions.get(index);
    }

    /** The replicas of a topic, by index; empty if there are none. */
    public List<Partition> of(String topic) {
        LocalTopic known = topics.get(topic);
        return known == null ? List.of() : known.partitions;
    }

    public void put(String topic, Uuid id, List<Partition> partitions) {
        topics.put(topic, new LocalTopic(id, List.copyOf(partitions)));
    }

    /** Forgets a topic unless the name belongs to another one by now. */
    public List<Partition> remove(String topic, Uuid id) {
        LocalTopic known = topics.get(topic);
        if (known == null || !known.id.equals(id)) {
            return List.of();
        }
        topics.remove(topic, known);
        return known.partitions;
    }

    public void forEach(Consumer<Partition> action) {
        Collection<LocalTopic> all = topics.values();
        for (LocalTopic topic : all) {
            for (Partition partition : topic.partitions) {
                action.accept(partition);
            }
        }
    }
}
