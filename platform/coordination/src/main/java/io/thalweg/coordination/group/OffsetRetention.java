package io.thalweg.coordination.group;

import static io.thalweg.coordination.group.api.GroupsApi.GroupState.EMPTY;
import static io.thalweg.coordination.group.api.GroupsApi.GroupState.STABLE;

import io.thalweg.coordination.group.record.OffsetValue;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * When a committed offset is no longer needed (KIP-211): its group has been empty for the retention time, or nobody in
 * a group of consumers has been subscribed to its topic for so long. Kept on wall time, because it spans restarts.
 */
final class OffsetRetention {

    private final long retentionMillis;

    OffsetRetention(long retentionMillis) {
        this.retentionMillis = retentionMillis;
    }

    boolean isExpired(ClassicGroup group, TopicPartition partition, OffsetValue offset, long wallMillis) {
        if (!mayExpire(group, partition)) {
            return false;
        }
        if (offset.expireTimestampMillis() >= 0) {
            return wallMillis >= offset.expireTimestampMillis();
        }
        long unusedSince = offset.commitTimestampMillis();
        if (group.is(EMPTY) && group.protocolType() != null) {
            // A tool may have committed after the group became empty: the later of both counts.
            unusedSince = Math.max(unusedSince, group.stateTimestampMillis());
        }
        return wallMillis - unusedSince >= retentionMillis;
    }

    private static boolean mayExpire(ClassicGroup group, TopicPartition partition) {
        if (group.is(EMPTY)) {
            return true;
        }
        Set<String> topics = group.subscribedTopics();
        return group.is(STABLE)
                && group.usesConsumerProtocol()
                && topics != null
                && !topics.contains(partition.topic());
    }
}
