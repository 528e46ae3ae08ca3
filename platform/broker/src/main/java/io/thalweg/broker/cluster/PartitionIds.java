package io.thalweg.broker.cluster;

import io.thalweg.cluster.PartitionId;
import io.thalweg.log.LogId;
import java.util.UUID;
import org.apache.kafka.common.Uuid;

/** The same identity of a partition, as the log and as the cluster write it. */
final class PartitionIds {

    private PartitionIds() {}

    static PartitionId of(Uuid topicId, int partition) {
        return new PartitionId(
                new UUID(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits()), partition);
    }

    static PartitionId of(LogId id) {
        return of(id.topicId(), id.partition());
    }

    static Uuid topicId(PartitionId id) {
        return new Uuid(id.topic().getMostSignificantBits(), id.topic().getLeastSignificantBits());
    }

    static LogId logId(PartitionId id) {
        return new LogId(topicId(id), id.partition());
    }
}
