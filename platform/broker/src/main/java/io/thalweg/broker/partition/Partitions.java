package io.thalweg.broker.partition;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The partition replicas on this node, by topic. Looked up from any thread without locks; changed on the controller's
 * context only.
 */
public final class Partitions {

    /** By index; null where the replicas are on other nodes. */
    private record LocalTopic(Uuid id, List<@Nullable Partition> partitions) {}

    private final Map<String, LocalTopic> topics = new ConcurrentHashMap<>();
    private volatile Predicate<TopicPartition> elsewhere = name -> false;

    /** Whom to ask whether a partition that is not here is on another node. */
    public void elsewhere(Predicate<TopicPartition> test) {
        elsewhere = test;
    }

    /** What a request meets whose partition is not here. */
    public ErrorCode refusalOfAbsent(TopicPartition name) {
        return elsewhere.test(name) ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    /** The replica here; fails with UNKNOWN_TOPIC_OR_PARTITION, or NOT_LEADER_OR_FOLLOWER if it is on other nodes. */
    public Partition require(TopicPartition name) {
        Partition partition = get(name);
        if (partition == null) {
            throw new ThalwegException(
                    refusalOfAbsent(name), "This server does not host this topic-partition: " + name);
        }
        return partition;
    }

    /** The replica, or null if there is none on this node. */
    public @Nullable Partition get(TopicPartition name) {
        LocalTopic topic = topics.get(name.topic());
        int index = name.partition();
        return topic == null || index < 0 || index >= topic.partitions.size() ? null : topic.partitions.get(index);
    }

    /** The replicas of a topic, by index; null where they are on other nodes, empty if there is nothing of it here. */
    public List<@Nullable Partition> of(String topic) {
        LocalTopic known = topics.get(topic);
        return known == null ? List.of() : known.partitions;
    }

    public void put(String topic, Uuid id, List<? extends @Nullable Partition> partitions) {
        topics.put(topic, new LocalTopic(id, Collections.unmodifiableList(new ArrayList<>(partitions))));
    }

    /** Forgets a topic unless the name belongs to another one by now. */
    public List<@Nullable Partition> remove(String topic, Uuid id) {
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
                if (partition != null) {
                    action.accept(partition);
                }
            }
        }
    }
}
