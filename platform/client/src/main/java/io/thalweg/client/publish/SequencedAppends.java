package io.thalweg.client.publish;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.api.BrokerApi.ProducerPosition;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.SequencedProducer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** {@link SequencedProducer} through the broker in this process. It never numbers anew. */
public final class SequencedAppends implements SequencedProducer {

    private static final int TIMEOUT_MILLIS = 30_000;

    private final Vertx vertx;
    private final BrokerApi broker;
    private final long producerId;
    private final short epoch;

    public SequencedAppends(Vertx vertx, BrokerApi broker, long producerId, short epoch) {
        this.vertx = vertx;
        this.broker = broker;
        this.producerId = producerId;
        this.epoch = epoch;
    }

    @Override
    public long producerId() {
        return producerId;
    }

    @Override
    public Future<Integer> lastSequence(TopicPartition partition) {
        return position(partition).map(ProducerPosition::lastSequence);
    }

    @Override
    public Future<ProducerPosition> position(TopicPartition partition) {
        return broker.producerPosition(partition, producerId);
    }

    @Override
    public Future<Long> append(TopicPartition partition, int firstSequence, List<OutgoingRecord> records) {
        try {
            AppendRequest request = new AppendRequest(
                    partition,
                    BatchEncoder.encode(records, producerId, epoch, firstSequence),
                    Acks.ALL,
                    TIMEOUT_MILLIS);
            return broker.append(request).map(AppendResult::baseOffset);
        } catch (RuntimeException refused) {
            return ((ContextInternal) vertx.getOrCreateContext()).failedFuture(refused);
        }
    }
}
