package io.thalweg.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientBindingTest {

    private final Vertx vertx = Vertx.vertx();
    private final Vertx other = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close();
        other.close();
    }

    @Test
    void theClientIsFoundOnItsOwnVertxInstanceAlone() {
        ThalwegClient client = new UnusedClient();

        ClientBinding.bind(vertx, client);

        assertThat(ThalwegClient.of(vertx)).isSameAs(client);
        assertThatThrownBy(() -> ThalwegClient.of(other))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no Thalweg node runs on this Vert.x instance");
    }

    @Test
    void aStoppedNodesClientIsNotHandedOut() {
        ThalwegClient client = new UnusedClient();
        ClientBinding.bind(vertx, client);

        ClientBinding.unbind(vertx, client);

        assertThatThrownBy(() -> ThalwegClient.of(vertx)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSecondNodeIsRefusedAndTakesNothingAway() {
        ThalwegClient first = new UnusedClient();
        ThalwegClient second = new UnusedClient();
        ClientBinding.bind(vertx, first);

        assertThatThrownBy(() -> ClientBinding.bind(vertx, second)).isInstanceOf(IllegalStateException.class);
        ClientBinding.unbind(vertx, second);

        assertThat(ThalwegClient.of(vertx)).isSameAs(first);
    }

    private static final class UnusedClient implements ThalwegClient {
        @Override
        public Producer producer(ProducerConfig config) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Consumer consumer(ConsumerConfig config) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<SequencedProducer> sequencedProducer(long producerId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SequencedProducer sequencedProducer(long producerId, short epoch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Long> deleteRecords(TopicPartition partition, long beforeOffset) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PulledPartitions pull(ConsumerConfig config) {
            throw new UnsupportedOperationException();
        }

        @Override
        public GroupMembership member(
                ConsumerConfig config, MembershipListener listener, List<ConsumerPartitionAssignor> assignors) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ClusterView cluster() {
            throw new UnsupportedOperationException();
        }

        @Override
        public GroupsApi groups() {
            throw new UnsupportedOperationException();
        }

        @Override
        public TopicsApi topics() {
            throw new UnsupportedOperationException();
        }
    }
}
