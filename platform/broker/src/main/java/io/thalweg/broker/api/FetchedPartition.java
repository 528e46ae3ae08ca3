package io.thalweg.broker.api;

import io.thalweg.broker.api.BrokerApi.EpochEndOffset;
import io.thalweg.log.RecordSlices;
import io.thalweg.log.error.ErrorCode;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What one partition answered.
 *
 * @param error NONE, or why there are no records; offsets are -1 then where they are not known
 * @param abortedTransactions for READ_COMMITTED: what the reader must filter, by first offset; else empty
 * @param divergingEpoch where the reader's log left this one (KIP-595), or null
 */
public record FetchedPartition(
        TopicPartition partition,
        ErrorCode error,
        long highWatermark,
        long lastStableOffset,
        long logStartOffset,
        List<AbortedTransaction> abortedTransactions,
        @Nullable EpochEndOffset divergingEpoch,
        RecordSlices records) {

    public record AbortedTransaction(long producerId, long firstOffset) {}

    /** An answer that carries nothing but a failure. */
    public static FetchedPartition failed(TopicPartition partition, ErrorCode error) {
        return new FetchedPartition(partition, error, -1, -1, -1, List.of(), null, RecordSlices.EMPTY);
    }
}
