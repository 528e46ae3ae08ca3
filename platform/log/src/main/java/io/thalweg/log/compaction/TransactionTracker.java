package io.thalweg.log.compaction;

import io.thalweg.log.AbortedTxn;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.TransactionMarker;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows transactions through batches in offset order: which data was aborted, and which markers end a transaction of
 * which nothing is left.
 */
final class TransactionTracker {

    private static final class Aborted {
        private final AbortedTxn transaction;
        private boolean seen;

        Aborted(AbortedTxn transaction) {
            this.transaction = transaction;
        }
    }

    private final Queue<AbortedTxn> upcoming;
    private final Map<Long, Aborted> ongoingAborted = new HashMap<>();
    private final Set<Long> ongoingCommitted = new HashSet<>();
    private @Nullable AbortedTxn ended;

    TransactionTracker(List<AbortedTxn> aborted) {
        List<AbortedTxn> sorted = new ArrayList<>(aborted);
        sorted.sort(Comparator.comparingLong(AbortedTxn::firstOffset));
        this.upcoming = new ArrayDeque<>(sorted);
    }

    /**
     * Takes note of the next batch.
     *
     * @return whether it may go as far as transactions are concerned: data of an aborted transaction, or a marker whose
     *     transaction has no batch left
     */
    boolean onBatch(ByteBuffer buffer, int at, BatchHeader header) {
        ended = null;
        while (!upcoming.isEmpty() && upcoming.element().firstOffset() <= header.lastOffset()) {
            AbortedTxn next = upcoming.remove();
            ongoingAborted.put(next.producerId(), new Aborted(next));
        }
        if (header.isControl()) {
            return onMarker(header, TransactionMarker.read(buffer, at));
        }
        if (!header.isTransactional()) {
            return false;
        }
        Aborted aborted = ongoingAborted.get(header.producerId());
        if (aborted == null) {
            ongoingCommitted.add(header.producerId());
            return false;
        }
        aborted.seen = true;
        return true;
    }

    private boolean onMarker(BatchHeader header, @Nullable TransactionMarker marker) {
        if (header.recordCount() == 0) {
            return true;
        }
        if (marker == null) {
            return false;
        }
        if (marker.commit()) {
            return !ongoingCommitted.remove(header.producerId());
        }
        Aborted aborted = ongoingAborted.remove(header.producerId());
        if (aborted == null || !aborted.seen) {
            return true;
        }
        ended = aborted.transaction;
        return false;
    }

    /** The aborted transaction that the last batch ended and of which there was data; null if it did not. */
    @Nullable
    AbortedTxn ended() {
        return ended;
    }
}
