package io.thalweg.connectors.runtime.spread;

import io.thalweg.broker.api.BrokerApi.ProducerPosition;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.SequencedProducer;
import io.thalweg.client.ThalwegClient;
import io.thalweg.client.consume.PulledPartitions;
import io.thalweg.client.membership.GroupMembership;
import io.thalweg.client.membership.MembershipListener;
import io.thalweg.coordination.group.api.GroupsApi;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.TopicPartition;

/**
 * A node's client whose sources append only while the group must still know the node. One that was paused, or cut off, holds its
 * records back by itself as soon as others may have its tasks; it need not be told first. Any thread.
 */
final class LeasedClient implements ThalwegClient {

    private final Vertx vertx;
    private final ThalwegClient client;
    private final BooleanSupplier leased;

    LeasedClient(Vertx vertx, ThalwegClient client, BooleanSupplier leased) {
        this.vertx = vertx;
        this.client = client;
        this.leased = leased;
    }

    private final class LeasedProducer implements SequencedProducer {
        private final SequencedProducer producer;

        LeasedProducer(SequencedProducer producer) {
            this.producer = producer;
        }

        @Override
        public long producerId() {
            return producer.producerId();
        }

        @Override
        public Future<Integer> lastSequence(TopicPartition partition) {
            return producer.lastSequence(partition);
        }

        @Override
        public Future<ProducerPosition> position(TopicPartition partition) {
            return producer.position(partition);
        }

        @Override
        public Future<Long> append(TopicPartition partition, int firstSequence, List<OutgoingRecord> records) {
            if (leased.getAsBoolean()) {
                return producer.append(partition, firstSequence, records);
            }
            // Retriable: it may be the coordinator that is away.
            return ((ContextInternal) vertx.getOrCreateContext())
                    .failedFuture(new ThalwegException(
                            ErrorCode.REQUEST_TIMED_OUT,
                            "records are held back, the group has not answered this node within its session: partition="
                                    + partition));
        }
    }

    @Override
    public Future<SequencedProducer> sequencedProducer(long producerId) {
        return client.sequencedProducer(producerId).map(LeasedProducer::new);
    }

    @Override
    public SequencedProducer sequencedProducer(long producerId, short epoch) {
        return new LeasedProducer(client.sequencedProducer(producerId, epoch));
    }

    @Override
    public Producer producer(ProducerConfig config) {
        return client.producer(config);
    }

    @Override
    public Consumer consumer(ConsumerConfig config) {
        return client.consumer(config);
    }

    @Override
    public Future<Long> deleteRecords(TopicPartition partition, long beforeOffset) {
        return client.deleteRecords(partition, beforeOffset);
    }

    @Override
    public ClusterView cluster() {
        return client.cluster();
    }

    @Override
    public GroupsApi groups() {
        return client.groups();
    }

    @Override
    public PulledPartitions pull(ConsumerConfig config) {
        return client.pull(config);
    }

    @Override
    public GroupMembership member(
            ConsumerConfig config, MembershipListener listener, List<ConsumerPartitionAssignor> assignors) {
        return client.member(config, listener, assignors);
    }

    @Override
    public TopicsApi topics() {
        return client.topics();
    }
}
