package io.thalweg.connectors.runtime.sink;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.RecordMetadata;
import io.thalweg.client.SequencedProducer;
import io.thalweg.client.ThalwegClient;
import io.thalweg.client.consume.PulledPartitions;
import io.thalweg.client.membership.GroupMembership;
import io.thalweg.client.membership.MembershipListener;
import io.thalweg.coordination.group.api.GroupsApi;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.streams.WriteStream;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.TopicPartition;

/** A client whose one consumer does what a test says, on the context of whoever made it. */
final class HeldClient implements ThalwegClient {

    final HeldConsumer consumer = new HeldConsumer();

    @Override
    public Producer producer(ProducerConfig config) {
        return new Discarding();
    }

    @Override
    public Consumer consumer(ConsumerConfig config) {
        return consumer;
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
    public ClusterView cluster() {
        throw new UnsupportedOperationException();
    }

    @Override
    public GroupsApi groups() {
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
    public TopicsApi topics() {
        throw new UnsupportedOperationException();
    }

    /** Takes records and forgets them. */
    private static final class Discarding implements Producer {
        @Override
        public Future<RecordMetadata> send(OutgoingRecord record) {
            return Future.succeededFuture(new RecordMetadata(record.topic(), 0, 0, 0));
        }

        @Override
        public Future<List<SendOutcome>> send(List<OutgoingRecord> records) {
            throw new UnsupportedOperationException();
        }

        @Override
        public WriteStream<OutgoingRecord> stream() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> flush() {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    static final class HeldConsumer implements Consumer {
        final BlockingQueue<Map<TopicPartition, Long>> commits = new LinkedBlockingQueue<>();
        private final Set<TopicPartition> assignment = new HashSet<>();
        private Handler<AssignmentChange> assignments = change -> {};
        private Handler<List<ReceivedRecord>> batches = batch -> {};

        void gain(TopicPartition partition) {
            assignment.add(partition);
            assignments.handle(new AssignmentChange(Set.of(partition), Set.of()));
        }

        void lose(TopicPartition partition) {
            assignment.remove(partition);
            assignments.handle(new AssignmentChange(Set.of(), Set.of(partition)));
        }

        void hand(TopicPartition partition, long offset) {
            batches.handle(List.of(
                    new ReceivedRecord(partition.topic(), partition.partition(), offset, 0, null, null, List.of())));
        }

        @Override
        public Future<Void> subscribe(Set<String> topics) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> assign(Set<TopicPartition> partitions) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> seek(TopicPartition partition, long offset) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> seekToBeginning(Collection<TopicPartition> partitions) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> seekToEnd(Collection<TopicPartition> partitions) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> seekToTimestamp(Collection<TopicPartition> partitions, long timestampMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<TopicPartition, Long> positions() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<TopicPartition> assignment() {
            return Set.copyOf(assignment);
        }

        @Override
        public Consumer pause(Collection<TopicPartition> partitions) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Consumer resume(Collection<TopicPartition> partitions) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> commit() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> commit(Map<TopicPartition, Long> nextOffsets) {
            commits.add(nextOffsets);
            return Future.succeededFuture();
        }

        @Override
        public Consumer assignmentHandler(Handler<AssignmentChange> handler) {
            assignments = handler;
            return this;
        }

        @Override
        public Consumer revocationHandler(Function<Set<TopicPartition>, Future<Void>> handler) {
            return this;
        }

        @Override
        public Consumer batchHandler(Handler<List<ReceivedRecord>> handler) {
            batches = handler;
            return this;
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }

        @Override
        public Consumer exceptionHandler(Handler<Throwable> handler) {
            return this;
        }

        @Override
        public Consumer handler(Handler<ReceivedRecord> handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Consumer pause() {
            return this;
        }

        @Override
        public Consumer resume() {
            return this;
        }

        @Override
        public Consumer fetch(long amount) {
            return this;
        }

        @Override
        public Consumer endHandler(Handler<Void> endHandler) {
            return this;
        }
    }
}
