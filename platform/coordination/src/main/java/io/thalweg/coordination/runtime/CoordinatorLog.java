package io.thalweg.coordination.runtime;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The replicated log below coordinators: partitions of internal topics. Implemented by the broker; may be called from any
 * Vert.x context, and futures complete on the caller's context.
 */
public interface CoordinatorLog {

    /**
     * Creates an internal topic if it is absent; completes with the number of partitions that it has.
     *
     * @param partitions used only if the topic is absent
     */
    Future<Integer> ensureTopic(String topic, int partitions, Map<String, String> configs);

    /** Partitions of the topic, or -1 while it is absent. Free. */
    int partitionCount(String topic);

    /** The leader epoch in which this node leads the partition, or -1 if it does not. Free. */
    int leaderEpoch(TopicPartition partition);

    /**
     * Appends records as one batch, all or nothing, in the order of the calls; completes with the offset after the last
     * one when they are committed. Fails with NOT_LEADER_OR_FOLLOWER when {@code leaderEpoch} is not the current one,
     * MESSAGE_TOO_LARGE, KAFKA_STORAGE_ERROR.
     *
     * @param records at least one
     */
    Future<Long> append(TopicPartition partition, int leaderEpoch, List<CoordinatorRecord> records);

    /**
     * Reads the partition from its start to where it ended at the time of the call; completes with that end offset. The
     * visitor runs on a storage thread, one record at a time, in offset order; what it wrote is visible to the handlers
     * of the future. An exception from it fails the future.
     */
    Future<Long> replay(TopicPartition partition, ReplayVisitor visitor);

    /** @param value null for a tombstone; arrays must not be changed after they were handed over */
    record CoordinatorRecord(long timestampMillis, byte[] key, byte @Nullable [] value) {

        /** Bytes for a record's attributes, deltas and lengths in a batch, at most. */
        private static final int OVERHEAD_BYTES = 32;

        /** An upper bound of what the record takes in an uncompressed batch. */
        public int bytesMax() {
            return OVERHEAD_BYTES + key.length + (value == null ? 0 : value.length);
        }
    }

    interface ReplayVisitor {

        /** @param value null for a tombstone */
        void onRecord(long offset, long timestampMillis, byte[] key, byte @Nullable [] value);
    }
}
