package io.thalweg.streams.runtime;

import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.consume.PulledPartition;
import io.thalweg.client.consume.PulledPartitions;
import io.thalweg.streams.processor.StreamTask;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads one store's changelog up to the last commit. What follows was changed for records whose offsets were not committed:
 * they will be processed again, so their changes are undone, by records that put back what was there before. First what
 * follows is read, to know the keys; then what counts. Confined.
 */
final class ChangelogRestore {

    /** What a key was changed to last before the commit; a null value for a key that was absent. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, not compared
    private record Before(byte[] key, byte @Nullable [] value, long timestampMillis) {}

    private final String store;
    private final PulledPartitions pulled;
    private final TopicPartition partition;
    private final long begin;
    private final long end;

    /** Where the commit stands, in [begin, end]. */
    private final long commit;

    private final Map<ByteBuffer, Before> uncommitted = new HashMap<>();
    private @Nullable PulledPartition reading;
    private boolean undoing;
    private long restoredRecords;

    /** Who claimed the changelog last, and where. */
    private byte @Nullable [] lastClaim;

    private long lastClaimOffset = -1;

    ChangelogRestore(
            String store, PulledPartitions pulled, TopicPartition partition, long begin, long end, long commit) {
        this.store = store;
        this.pulled = pulled;
        this.partition = partition;
        this.begin = begin;
        this.end = end;
        this.commit = Math.max(begin, Math.min(end, commit));
        this.undoing = this.commit < end;
        if (undoing) {
            reading = pulled.add(partition, this.commit);
        } else if (begin < this.commit) {
            reading = pulled.add(partition, begin);
        }
    }

    String store() {
        return store;
    }

    long end() {
        return end;
    }

    boolean done() {
        return reading == null;
    }

    /** What the last claim says; null for none. */
    byte @Nullable [] lastClaim() {
        return lastClaim;
    }

    long restoredRecords() {
        return restoredRecords;
    }

    /** Offsets still to be read. */
    long remaining() {
        PulledPartition now = reading;
        if (now == null) {
            return 0;
        }
        long position = Math.max(0, now.position());
        return undoing ? Math.max(0, end - position) + commit - begin : Math.max(0, commit - position);
    }

    /** Reads what is here, until the turn is spent. */
    void run(StreamTask task, TurnBudget budget) {
        PulledPartition now = reading;
        while (now != null && !budget.spent()) {
            long until = undoing ? end : commit;
            ReceivedRecord record = now.position() >= until ? null : now.peek();
            if (record != null && record.offset() < until) {
                take(task, record);
                now.advance();
                budget.onRecord();
            } else if (now.position() >= until || record != null) {
                now = next(now);
            } else {
                return; // more is on its way
            }
        }
    }

    private void take(StreamTask task, ReceivedRecord record) {
        byte[] key = record.key();
        if (key == null || TaskChangelogs.isStamp(record)) {
            return;
        }
        if (TaskChangelogs.isClaim(record)) {
            if (record.offset() > lastClaimOffset) {
                lastClaimOffset = record.offset();
                lastClaim = record.value();
            }
            return;
        }
        long timestamp = Math.max(0, record.timestampMillis());
        if (undoing) {
            uncommitted.put(ByteBuffer.wrap(key), new Before(key, null, 0));
            return;
        }
        restoredRecords++;
        task.restore(store, key, record.value(), timestamp);
        if (!uncommitted.isEmpty()) {
            uncommitted.computeIfPresent(
                    ByteBuffer.wrap(key), (touched, before) -> new Before(key, record.value(), timestamp));
        }
    }

    private @Nullable PulledPartition next(PulledPartition finished) {
        pulled.remove(finished);
        reading = undoing && begin < commit ? pulled.add(partition, begin) : null;
        undoing = false;
        return reading;
    }

    /** Writes what undoes the changes after the commit; once all is read. */
    void undo(TaskOutputs outputs) {
        for (Before before : uncommitted.values()) {
            outputs.changelog(store, before.key, before.value, before.timestampMillis);
        }
        uncommitted.clear();
    }
}
