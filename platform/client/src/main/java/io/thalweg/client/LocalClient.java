package io.thalweg.client;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.client.consume.LocalConsumer;
import io.thalweg.client.consume.PulledPartitions;
import io.thalweg.client.membership.GroupMembership;
import io.thalweg.client.membership.MembershipListener;
import io.thalweg.client.publish.LocalProducer;
import io.thalweg.client.publish.SequencedAppends;
import io.thalweg.coordination.group.api.GroupsApi;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.TopicPartition;

/** A client of the broker in the same process. */
public final class LocalClient implements ThalwegClient {

    private final Vertx vertx;
    private final BrokerApi broker;

    private LocalClient(Vertx vertx, BrokerApi broker) {
        this.vertx = vertx;
        this.broker = broker;
    }

    public static ThalwegClient create(Vertx vertx, BrokerApi broker) {
        return new LocalClient(vertx, broker);
    }

    @Override
    public Producer producer(ProducerConfig config) {
        return new LocalProducer(vertx, broker, config);
    }

    @Override
    public Consumer consumer(ConsumerConfig config) {
        return new LocalConsumer(vertx, broker, config);
    }

    @Override
    public Future<SequencedProducer> sequencedProducer(long producerId) {
        if (producerId >= 0) {
            return Future.succeededFuture(sequencedProducer(producerId, (short) 0));
        }
        return broker.initProducerId(-1, (short) -1)
                .map(identity -> sequencedProducer(identity.producerId(), (short) 0));
    }

    @Override
    public SequencedProducer sequencedProducer(long producerId, short epoch) {
        return new SequencedAppends(vertx, broker, producerId, epoch);
    }

    @Override
    public Future<Long> deleteRecords(TopicPartition partition, long beforeOffset) {
        return broker.deleteRecords(partition, beforeOffset);
    }

    @Override
    public ClusterView cluster() {
        return broker.cluster();
    }

    @Override
    public GroupsApi groups() {
        return broker.groups();
    }

    @Override
    public PulledPartitions pull(ConsumerConfig config) {
        return new PulledPartitions(vertx, broker, config);
    }

    @Override
    public GroupMembership member(
            ConsumerConfig config, MembershipListener listener, List<ConsumerPartitionAssignor> assignors) {
        String groupId = config.groupId();
        if (groupId == null) {
            throw new IllegalArgumentException("a member needs a groupId: found=null expected=the name of a group");
        }
        ContextInternal context = ((VertxInternal) vertx).getOrCreateContext().unwrap();
        return new GroupMembership(context, broker, config, groupId, listener, assignors);
    }

    @Override
    public TopicsApi topics() {
        return broker.topics();
    }
}
