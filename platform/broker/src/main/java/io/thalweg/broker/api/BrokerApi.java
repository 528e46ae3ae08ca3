package io.thalweg.broker.api;

import io.thalweg.coordination.group.api.GroupsApi;
import io.vertx.core.Future;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Records in, records out, topics and groups. */
public interface BrokerApi {

    /**
     * Appends batches to one partition and completes when {@code acks} is met, not before the batch is as durable as the
     * node's durability promises. For {@link Acks#NONE} too: the buffer is in use until then, and only the door's client
     * does not wait.
     *
     * <p>Fails with UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE,
     * CORRUPT_MESSAGE, INVALID_RECORD (see {@link io.thalweg.log.error.InvalidRecordException}), INVALID_TIMESTAMP,
     * UNSUPPORTED_FOR_MESSAGE_FORMAT, INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER, KAFKA_STORAGE_ERROR,
     * NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT, THROTTLING_QUOTA_EXCEEDED. A duplicate of an idempotent producer succeeds
     * with the first append's offset, even while nothing new is taken for want of replicas.
     */
    Future<AppendResult> append(AppendRequest request);

    /**
     * Whether so many bytes of appends are in flight that a door should stop reading its sockets. Free; ask before
     * reading on. An append handed in nevertheless may fail with THROTTLING_QUOTA_EXCEEDED.
     */
    boolean appendsCongested();

    /** Completes when {@link #appendsCongested()} is no longer so; at once if it is not now. */
    Future<Void> appendsUncongested();

    /**
     * Reads from many partitions, waiting up to {@code maxWaitMillis} for {@code minBytes}. Never fails for one
     * partition's sake: each {@link FetchedPartition} carries its own error.
     */
    Future<FetchResult> fetch(FetchRequest request);

    /** Looks an offset up by time or place. Fails with UNKNOWN_TOPIC_OR_PARTITION, FENCED_LEADER_EPOCH and the like. */
    Future<ListedOffset> listOffset(ListOffsetRequest request);

    /** Where {@code leaderEpoch} ended (KIP-101). */
    Future<EpochEndOffset> endOfEpoch(TopicPartition partition, int currentLeaderEpoch, int leaderEpoch);

    /**
     * Deletes what lies before {@code beforeOffset} (-1: the high watermark); completes with the new log start offset.
     * Fails with OFFSET_OUT_OF_RANGE beyond the high watermark, POLICY_VIOLATION on a topic that is only compacted.
     */
    Future<Long> deleteRecords(TopicPartition partition, long beforeOffset);

    /**
     * Gives an idempotent producer its id, or the next epoch for one that it has. Ids are never reissued.
     *
     * @param producerId -1 for a new one
     * @param producerEpoch -1 for a new one
     */
    Future<ProducerIdAndEpoch> initProducerId(long producerId, short producerEpoch);

    /**
     * How far an idempotent producer got in one partition; a batch of it that has no outcome yet may still follow.
     * {@link ProducerPosition#NONE} if the log does not know the id: it never wrote there, or was silent for longer than
     * the node remembers producers.
     *
     * <p>Fails with UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR, REQUEST_TIMED_OUT.
     */
    default Future<ProducerPosition> producerPosition(TopicPartition partition, long producerId) {
        return Future.failedFuture(new UnsupportedOperationException("producer positions are not kept here"));
    }

    /** The cluster as this node knows it now. */
    ClusterView cluster();

    TopicsApi topics();

    GroupsApi groups();

    /** What is done to the cluster as a whole. Commands fail with INVALID_REQUEST where a node stands alone. */
    default ClusterAdmin admin() {
        return ClusterAdmin.NONE;
    }

    /** Tells what this node is reached at, once a door has bound. {@code door} is "kafka", "http" or "eventBus". */
    void advertise(String door, String host, int port);

    /** Sizes and offsets of the replicas on this node; null for all topics. */
    Future<List<PartitionStatus>> describeLogs(@Nullable List<TopicPartition> partitions);

    /**
     * Truncates a damaged partition, which takes no appends before, so that it does again: the records from an offset on are
     * given up, readable or not. Without {@code confirmed} only tells what would be. Durable when it completes.
     *
     * <p>Fails with UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, INVALID_REQUEST (the partition is sound),
     * POLICY_VIOLATION (other replicas may have what is missing), OFFSET_OUT_OF_RANGE, KAFKA_STORAGE_ERROR,
     * REQUEST_TIMED_OUT.
     */
    default Future<RepairReport> repair(RepairRequest request) {
        return Future.failedFuture(new UnsupportedOperationException("partitions are not repaired here"));
    }

    /** @param truncateTo the first offset to be given up */
    record RepairRequest(TopicPartition partition, long truncateTo, boolean confirmed) {}

    /**
     * @param damage what was wrong
     * @param logEndOffset before
     * @param truncateTo where the log ends, or would end, afterwards; lower than asked for where a batch spans that offset
     * @param applied whether it was done
     * @param damageLeft what is wrong still; null for a sound partition
     */
    record RepairReport(
            TopicPartition partition,
            String damage,
            long logStartOffset,
            long logEndOffset,
            long truncateTo,
            boolean applied,
            @Nullable String damageLeft) {}

    /** A producer's identity towards a partition's log. */
    record ProducerIdAndEpoch(long producerId, short epoch) {}

    /**
     * What a log knows of an idempotent producer.
     *
     * @param lastSequence of its last record there; -1 for none in this epoch
     */
    record ProducerPosition(short epoch, int lastSequence) {
        public static final ProducerPosition NONE = new ProducerPosition((short) -1, -1);
    }

    /** @param leaderEpoch -1, with endOffset -1, if the log knows no epoch so low */
    record EpochEndOffset(int leaderEpoch, long endOffset) {}

    /**
     * @param timestamp milliseconds, or one of {@link #LATEST}, {@link #EARLIEST}, {@link #MAX_TIMESTAMP}
     * @param currentLeaderEpoch -1 if the caller does not check it
     */
    record ListOffsetRequest(
            TopicPartition partition, long timestamp, IsolationLevel isolation, int currentLeaderEpoch) {
        public static final long LATEST = -1;
        public static final long EARLIEST = -2;
        public static final long MAX_TIMESTAMP = -3;
    }

    /** @param offset -1 with timestamp -1 if there is no such record */
    record ListedOffset(long offset, long timestamp, int leaderEpoch) {}

    /** @param error why the replica is offline or damaged, or null */
    record PartitionStatus(
            TopicPartition partition,
            long logStartOffset,
            long highWatermark,
            long logEndOffset,
            long sizeBytes,
            @Nullable String error) {}

    enum IsolationLevel {
        READ_UNCOMMITTED,
        READ_COMMITTED
    }

    /** Whose acknowledgement completes an append. */
    enum Acks {
        NONE,
        LEADER,
        ALL
    }
}
