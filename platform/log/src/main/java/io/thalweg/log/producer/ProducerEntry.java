package io.thalweg.log.producer;

import io.thalweg.log.record.BatchHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One producer as a log knows it.
 *
 * @param coordinatorEpoch of the last transaction marker, -1 for none
 * @param currentTxnFirstOffset -1 if no transaction is open
 * @param lastTimestamp of its last batch or marker; after silence it expires
 * @param batches its newest batches, oldest first
 */
public record ProducerEntry(
        long producerId,
        short producerEpoch,
        int coordinatorEpoch,
        long currentTxnFirstOffset,
        long lastTimestamp,
        List<Batch> batches) {

    /** How many batches a producer may have in flight and still be told which are duplicates. */
    public static final int BATCHES_MAX = 5;

    public static final long NO_TXN = -1;

    /** @param offsetDelta last offset minus first offset */
    public record Batch(int lastSequence, long lastOffset, int offsetDelta, long timestamp) {

        public long firstOffset() {
            return lastOffset - offsetDelta;
        }

        public int firstSequence() {
            if (lastSequence < offsetDelta) {
                return Integer.MAX_VALUE - (offsetDelta - lastSequence) + 1;
            }
            return lastSequence - offsetDelta;
        }
    }

    static ProducerEntry empty(long producerId, short producerEpoch) {
        return new ProducerEntry(producerId, producerEpoch, -1, NO_TXN, BatchHeader.NO_TIMESTAMP, List.of());
    }

    public int lastSequence() {
        return batches.isEmpty()
                ? BatchHeader.NO_SEQUENCE
                : batches.get(batches.size() - 1).lastSequence();
    }

    @Nullable
    Batch find(short epoch, int firstSequence, int lastSequence) {
        if (epoch != producerEpoch) {
            return null;
        }
        for (int i = batches.size() - 1; i >= 0; i--) {
            Batch batch = batches.get(i);
            if (batch.lastSequence() == lastSequence && batch.firstSequence() == firstSequence) {
                return batch;
            }
        }
        return null;
    }

    /** With one more batch; a new epoch begins with none. */
    ProducerEntry with(short epoch, Batch batch, boolean transactional) {
        List<Batch> next;
        int kept = batches.size();
        if (epoch != producerEpoch || kept == 0) {
            next = List.of(batch);
        } else {
            Batch[] all = new Batch[Math.min(kept + 1, BATCHES_MAX)];
            for (int i = 0; i < all.length - 1; i++) {
                all[i] = batches.get(kept - all.length + 1 + i);
            }
            all[all.length - 1] = batch;
            next = List.of(all);
        }
        long txn = !transactional || currentTxnFirstOffset != NO_TXN ? currentTxnFirstOffset : batch.firstOffset();
        return new ProducerEntry(producerId, epoch, coordinatorEpoch, txn, batch.timestamp(), next);
    }

    /** After its transaction ended. */
    ProducerEntry ended(short epoch, int byCoordinatorEpoch, long timestamp) {
        return new ProducerEntry(
                producerId, epoch, byCoordinatorEpoch, NO_TXN, timestamp, epoch == producerEpoch ? batches : List.of());
    }
}
