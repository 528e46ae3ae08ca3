package io.thalweg.broker.api;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A long poll over partitions.
 *
 * @param maxWaitMillis how long to wait for {@code minBytes}; 0 answers at once; the broker caps it
 * @param minBytes answer as soon as this much can be read
 * @param maxBytes soft limit over all partitions: the first batch is returned even if it alone is larger (KIP-74)
 * @param anyReplica a follower may answer, with what it knows to be committed (KIP-392)
 */
public record FetchRequest(
        List<FetchPartition> partitions,
        int maxWaitMillis,
        int minBytes,
        int maxBytes,
        IsolationLevel isolation,
        boolean anyReplica) {

    public FetchRequest {
        partitions = List.copyOf(partitions);
    }

    /** From leaders only. */
    public FetchRequest(
            List<FetchPartition> partitions, int maxWaitMillis, int minBytes, int maxBytes, IsolationLevel isolation) {
        this(partitions, maxWaitMillis, minBytes, maxBytes, isolation, false);
    }

    /**
     * @param topicId answer INCONSISTENT_TOPIC_ID if the topic of this name has another one; null not to check
     * @param offset first offset wanted
     * @param maxBytes soft limit for this partition
     * @param currentLeaderEpoch -1 if the caller does not check it
     * @param lastFetchedEpoch -1 if the caller does not check for divergence
     */
    public record FetchPartition(
            TopicPartition partition,
            @Nullable Uuid topicId,
            long offset,
            int maxBytes,
            int currentLeaderEpoch,
            int lastFetchedEpoch) {}
}
