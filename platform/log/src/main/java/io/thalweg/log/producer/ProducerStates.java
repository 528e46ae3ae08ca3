package io.thalweg.log.producer;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.TransactionMarker;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The producers of one log. Rules: Kafka's ProducerAppendInfo; see kafka's KIP-98 and KIP-360. */
public final class ProducerStates {

    private final Map<Long, ProducerEntry> entries = new HashMap<>();

    public @Nullable ProducerEntry entry(long producerId) {
        return entries.get(producerId);
    }

    public Collection<ProducerEntry> entries() {
        return entries.values();
    }

    /** The batch that was appended before with the same sequences; null if this one is new. */
    public ProducerEntry.@Nullable Batch duplicate(ByteBuffer batch, int at) {
        ProducerEntry entry = entries.get(BatchHeader.producerId(batch, at));
        if (entry == null) {
            return null;
        }
        int firstSequence = BatchHeader.baseSequence(batch, at);
        int lastSequence = BatchHeader.incrementSequence(firstSequence, BatchHeader.lastOffsetDelta(batch, at));
        return entry.find(BatchHeader.producerEpoch(batch, at), firstSequence, lastSequence);
    }

    /**
     * Refuses a batch that may not follow.
     *
     * @param checkSequence false for a coordinator's batch, which has none
     * @param marker if it is a control batch that ends a transaction
     * @throws ThalwegException INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_TXN_STATE,
     *     TRANSACTION_COORDINATOR_FENCED
     */
    public void check(ByteBuffer batch, int at, boolean checkSequence, @Nullable TransactionMarker marker) {
        long producerId = BatchHeader.producerId(batch, at);
        ProducerEntry entry = entries.get(producerId);
        if (entry == null) {
            return;
        }
        short epoch = BatchHeader.producerEpoch(batch, at);
        if (epoch < entry.producerEpoch()) {
            throw new ThalwegException(
                    ErrorCode.INVALID_PRODUCER_EPOCH,
                    "append rejected: producerId=" + producerId + " producerEpoch=" + epoch + " currentEpoch="
                            + entry.producerEpoch() + "; a newer producer took over");
        }
        if (marker != null) {
            if (marker.coordinatorEpoch() < entry.coordinatorEpoch()) {
                throw new ThalwegException(
                        ErrorCode.TRANSACTION_COORDINATOR_FENCED,
                        "marker rejected: producerId=" + producerId + " coordinatorEpoch=" + marker.coordinatorEpoch()
                                + " currentEpoch=" + entry.coordinatorEpoch());
            }
            return;
        }
        if (checkSequence) {
            checkSequence(entry, epoch, BatchHeader.baseSequence(batch, at));
        }
        if (entry.currentTxnFirstOffset() != ProducerEntry.NO_TXN && !BatchHeader.isTransactional(batch, at)) {
            throw new ThalwegException(
                    ErrorCode.INVALID_TXN_STATE,
                    "append rejected: producerId=" + producerId + " has an open transaction since offset "
                            + entry.currentTxnFirstOffset() + " and the batch is not transactional");
        }
    }

    private static void checkSequence(ProducerEntry entry, short epoch, int firstSequence) {
        boolean follows;
        if (epoch != entry.producerEpoch()) {
            follows = firstSequence == 0 || entry.producerEpoch() == BatchHeader.NO_PRODUCER_EPOCH;
        } else {
            int last = entry.lastSequence();
            follows = firstSequence == last + 1L || (firstSequence == 0 && last == Integer.MAX_VALUE);
        }
        if (!follows) {
            throw new ThalwegException(
                    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                    "append rejected: producerId=" + entry.producerId() + " producerEpoch=" + epoch + " currentEpoch="
                            + entry.producerEpoch() + " sequence=" + firstSequence + " lastSequence="
                            + entry.lastSequence() + "; batches must follow one another");
        }
    }

    /**
     * Notes a batch with its final offset.
     *
     * @return what was known of the producer before, to be given to {@link #restore} if the append comes to nothing
     */
    public @Nullable ProducerEntry update(ByteBuffer batch, int at, @Nullable TransactionMarker marker) {
        long producerId = BatchHeader.producerId(batch, at);
        short epoch = BatchHeader.producerEpoch(batch, at);
        ProducerEntry before = entries.get(producerId);
        ProducerEntry entry = before == null ? ProducerEntry.empty(producerId, epoch) : before;
        long timestamp = BatchHeader.maxTimestamp(batch, at);
        if (marker != null) {
            entry = entry.ended(epoch, marker.coordinatorEpoch(), timestamp);
        } else {
            int delta = BatchHeader.lastOffsetDelta(batch, at);
            int firstSequence = BatchHeader.baseSequence(batch, at);
            int lastSequence = firstSequence == BatchHeader.NO_SEQUENCE
                    ? BatchHeader.NO_SEQUENCE
                    : BatchHeader.incrementSequence(firstSequence, delta);
            entry = entry.with(
                    epoch,
                    new ProducerEntry.Batch(lastSequence, BatchHeader.lastOffset(batch, at), delta, timestamp),
                    BatchHeader.isTransactional(batch, at));
        }
        entries.put(producerId, entry);
        return before;
    }

    /** Takes one {@link #update} back; the last one first. */
    public void restore(long producerId, @Nullable ProducerEntry before) {
        if (before == null) {
            entries.remove(producerId);
        } else {
            entries.put(producerId, before);
        }
    }

    /** Takes an entry from a snapshot. */
    void load(ProducerEntry entry) {
        entries.put(entry.producerId(), entry);
    }

    /** Forgets producers that were silent since {@code before}, unless a transaction of theirs is open. */
    public void expire(long before) {
        for (Iterator<ProducerEntry> all = entries.values().iterator(); all.hasNext(); ) {
            ProducerEntry entry = all.next();
            if (entry.currentTxnFirstOffset() == ProducerEntry.NO_TXN && entry.lastTimestamp() < before) {
                all.remove();
            }
        }
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    public void clear() {
        entries.clear();
    }

    public void checkInvariants(long logEndOffset) {
        for (ProducerEntry entry : entries.values()) {
            if (entry.batches().size() > ProducerEntry.BATCHES_MAX) {
                throw new IllegalStateException("too many batches: " + entry);
            }
            long previous = -1;
            for (ProducerEntry.Batch batch : entry.batches()) {
                if (batch.firstOffset() <= previous || batch.lastOffset() >= logEndOffset) {
                    throw new IllegalStateException("batches out of place: logEndOffset=" + logEndOffset + " " + entry);
                }
                previous = batch.lastOffset();
            }
        }
    }
}
