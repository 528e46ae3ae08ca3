package io.thalweg.client;

import io.thalweg.broker.api.BrokerApi.ProducerPosition;
import io.vertx.core.Future;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Appends batches whose sequences the caller chose. Sequences count the records of this producer in one partition from 0 and
 * wrap to 0 after {@link Integer#MAX_VALUE}; the log takes each once and in order, so that whoever can make the same
 * records again knows by {@link #lastSequence} which of them are there already, after a crash too. Retries nothing by
 * itself. May be used from any context.
 */
public interface SequencedProducer {

    long producerId();

    /** The sequence of this producer's last record in the partition, -1 if the log knows of none. */
    Future<Integer> lastSequence(TopicPartition partition);

    /** The same with the epoch that it was appended in. */
    Future<ProducerPosition> position(TopicPartition partition);

    /**
     * Appends the records as one batch; completes, acknowledged by all, with the offset of the first (-1 if it is not known
     * any more). At most five may be under way to one partition, and only one until the first is there. Partition and topic
     * of the records are not looked at.
     *
     * <p>Fails with OUT_OF_ORDER_SEQUENCE_NUMBER if what comes before is missing or the batch overlaps what is there. After
     * a retriable failure the batch may be in the log: send the same again, or ask {@link #lastSequence}. Fails with
     * INVALID_PRODUCER_EPOCH once somebody has appended with a later epoch of this id.
     */
    Future<Long> append(TopicPartition partition, int firstSequence, List<OutgoingRecord> records);
}
