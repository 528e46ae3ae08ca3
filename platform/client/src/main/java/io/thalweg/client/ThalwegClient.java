package io.thalweg.client;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.client.consume.PulledPartitions;
import io.thalweg.client.membership.GroupMembership;
import io.thalweg.client.membership.MembershipListener;
import io.thalweg.coordination.group.api.GroupsApi;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.TopicPartition;

/** Makes producers and consumers. Code that runs on a node's Vert.x instance gets the node's client with {@link #of}. */
public interface ThalwegClient {

    /**
     * The client of the node that runs on this Vert.x instance: for verticles that the node deployed, and for applications
     * that embed a node. In a verticle: {@code ThalwegClient.of(vertx)}.
     *
     * @throws IllegalStateException where no node runs, or where it is stopping
     */
    static ThalwegClient of(Vertx vertx) {
        ThalwegClient client = ClientBinding.bound(vertx);
        if (client == null) {
            throw new IllegalStateException(
                    "no Thalweg node runs on this Vert.x instance: deploy the verticle through a node's"
                            + " configuration (\"verticles\"), or start a node on this instance first");
        }
        return client;
    }

    Producer producer(ProducerConfig config);

    /** Must be called on the context that will own the consumer. A verticle's consumer is closed when it is undeployed. */
    Consumer consumer(ConsumerConfig config);

    /**
     * A producer whose sequences the caller keeps, to find out after a crash what of its records is in the log.
     *
     * @param producerId of an earlier one that is to go on, -1 for a new one
     */
    Future<SequencedProducer> sequencedProducer(long producerId);

    /**
     * The same in an epoch of its own: in a partition that has a batch of it, the log refuses whoever appends with an earlier
     * epoch of this id, so that a new owner is alone. Sequences begin at 0 in each epoch.
     *
     * @param epoch greater than {@link SequencedProducer#position} says of the partitions that are to be written
     */
    SequencedProducer sequencedProducer(long producerId, short epoch);

    /**
     * Deletes what lies before {@code beforeOffset}; completes with the partition's new beginning. Fails with OFFSET_OUT_OF_RANGE
     * beyond its end, POLICY_VIOLATION on a topic that is only compacted.
     */
    Future<Long> deleteRecords(TopicPartition partition, long beforeOffset);

    /** Brokers, topics and partitions as the node knows them now. */
    ClusterView cluster();

    /** Consumer groups and what they committed. */
    GroupsApi groups();

    /**
     * Partitions that are read by asking. Must be called on the context that will own it. The bounds, the isolation and
     * the reset are those of {@code config}; a group is not joined.
     */
    PulledPartitions pull(ConsumerConfig config);

    /**
     * A member of a group that hears what it owns, and commits, but reads nothing by itself. Must be called on the context
     * that will own it; {@code config} names the group.
     *
     * @param assignors all that it can do, in order of preference; a group agrees on one that every member can do
     */
    GroupMembership member(
            ConsumerConfig config, MembershipListener listener, List<ConsumerPartitionAssignor> assignors);

    /** Topics and their configuration. */
    TopicsApi topics();
}
