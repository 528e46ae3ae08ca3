package io.thalweg.log.producer;

import io.thalweg.log.AbortedTxn;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.TransactionMarker;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one log that are open, and those that ended above the high watermark: both hold the last stable
 * offset back.
 */
public final class OpenTransactions {

    private final Map<Long, Long> firstOffsetOfProducer = new HashMap<>();

    /** First offset to producer. */
    private final TreeMap<Long, Long> ongoing = new TreeMap<>();

    /** First offset to the offset of the marker. */
    private final TreeMap<Long, Long> ended = new TreeMap<>();

    /**
     * Notes a transactional batch in the log.
     *
     * @param marker if it is a control batch that ends a transaction
     * @return the transaction that the batch aborted, else null
     */
    public @Nullable AbortedTxn onBatch(ByteBuffer batch, int at, @Nullable TransactionMarker marker) {
        long producerId = BatchHeader.producerId(batch, at);
        if (marker == null) {
            long offset = BatchHeader.baseOffset(batch, at);
            if (firstOffsetOfProducer.putIfAbsent(producerId, offset) == null) {
                ongoing.put(offset, producerId);
            }
            return null;
        }
        Long first = firstOffsetOfProducer.remove(producerId);
        if (first == null) {
            return null;
        }
        ongoing.remove(first);
        long last = BatchHeader.lastOffset(batch, at);
        ended.put(first, last);
        if (marker.commit()) {
            return null;
        }
        long stable = ongoing.isEmpty() ? last + 1 : ongoing.firstKey();
        return new AbortedTxn(producerId, first, last, stable);
    }

    /** Forgets what ended below the high watermark. */
    public void onHighWatermark(long highWatermark) {
        if (!ended.isEmpty()) {
            ended.values().removeIf(last -> last < highWatermark);
        }
    }

    /** The first offset that a reader of committed data may not pass; {@link Long#MAX_VALUE} if there is none. */
    public long firstUnstableOffset() {
        long first = ongoing.isEmpty() ? Long.MAX_VALUE : ongoing.firstKey();
        return ended.isEmpty() ? first : Math.min(first, ended.firstKey());
    }

    /** First offset of the oldest open transaction; {@link Long#MAX_VALUE} if there is none. */
    public long firstOpenOffset() {
        return ongoing.isEmpty() ? Long.MAX_VALUE : ongoing.firstKey();
    }

    /** Begins with what a snapshot of the producers says. */
    public void load(ProducerStates producers) {
        clear();
        for (ProducerEntry entry : producers.entries()) {
            if (entry.currentTxnFirstOffset() != ProducerEntry.NO_TXN) {
                firstOffsetOfProducer.put(entry.producerId(), entry.currentTxnFirstOffset());
                ongoing.put(entry.currentTxnFirstOffset(), entry.producerId());
            }
        }
    }

    public void clear() {
        firstOffsetOfProducer.clear();
        ongoing.clear();
        ended.clear();
    }

    public boolean isEmpty() {
        return ongoing.isEmpty() && ended.isEmpty();
    }
}
