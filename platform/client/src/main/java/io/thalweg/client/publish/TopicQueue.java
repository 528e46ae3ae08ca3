package io.thalweg.client.publish;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.log.record.KeyPartitioner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** A topic that this producer publishes to: its partitions, or the records that wait until it is known. */
final class TopicQueue {

    private final LocalProducer producer;
    private final String name;

    /** Accepted before the topic was known, in order. */
    final Deque<AcceptedRecord> unrouted = new ArrayDeque<>();

    /** The topic is being looked up or created. */
    boolean resolving;

    /** Of the cluster view that {@link #partitions} was last compared with. */
    long viewVersion = -1;

    private @Nullable Uuid id;
    private PartitionQueue[] partitions = {};
    private int sticky;

    TopicQueue(LocalProducer producer, String name) {
        this.producer = producer;
        this.name = name;
    }

    /** Takes over how many partitions there are; all anew when the topic was deleted and created again. */
    void update(TopicView topic) {
        boolean same = topic.id().equals(id);
        int known = same ? partitions.length : 0;
        int count = topic.partitions().size();
        if (same && known == count) {
            return;
        }
        PartitionQueue[] updated = new PartitionQueue[count];
        for (int i = 0; i < count; i++) {
            updated[i] = i < known ? partitions[i] : new PartitionQueue(producer, new TopicPartition(name, i));
        }
        if (!same) {
            sticky = count == 0 ? 0 : ThreadLocalRandom.current().nextInt(count);
        }
        id = topic.id();
        partitions = updated;
    }

    int count() {
        return partitions.length;
    }

    /** The queue for a record, or null if it names a partition that does not exist. */
    @Nullable
    PartitionQueue route(OutgoingRecord record) {
        int partition = record.partition();
        if (partition < 0) {
            byte[] key = record.key();
            return key == null ? nextSticky() : partitions[KeyPartitioner.partition(key, partitions.length)];
        }
        return partition < partitions.length ? partitions[partition] : null;
    }

    /** Stays with a partition while its batch takes records, then goes on to the next (KIP-480). */
    private PartitionQueue nextSticky() {
        PartitionQueue current = partitions[sticky];
        if (current.hasOpenBatch()) {
            return current;
        }
        sticky = (sticky + 1) % partitions.length;
        return partitions[sticky];
    }
}
