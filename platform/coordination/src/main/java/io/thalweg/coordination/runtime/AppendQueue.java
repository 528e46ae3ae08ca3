package io.thalweg.coordination.runtime;

import io.thalweg.coordination.runtime.CoordinatorLog.CoordinatorRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What one shard has decided and not yet seen committed, in order: records to append and the answers that wait for them.
 * One batch is on the way at a time; what is added meanwhile goes together into the next.
 */
final class AppendQueue {

    private final int batchBytesMax;
    private final Deque<Entry> entries = new ArrayDeque<>();
    /** Released when the batch on the way is committed. */
    private final List<Turn.Answer<?>> onTheWay = new ArrayList<>();

    private boolean batchOnTheWay;

    AppendQueue(int batchBytesMax) {
        this.batchBytesMax = batchBytesMax;
    }

    /** Operations whose answers are held back. */
    int waitingCount() {
        return entries.size() + onTheWay.size();
    }

    void add(List<CoordinatorRecord> records, List<Turn.Answer<?>> answers) {
        if (records.isEmpty() && entries.isEmpty() && batchOnTheWay) {
            onTheWay.addAll(answers);
        } else if (!records.isEmpty() || !answers.isEmpty()) {
            entries.addLast(new Entry(records, answers));
        }
    }

    /** Answers at the head that depend on nothing uncommitted. */
    List<Turn.Answer<?>> takeReady() {
        List<Turn.Answer<?>> ready = new ArrayList<>();
        while (!batchOnTheWay && !entries.isEmpty() && entries.getFirst().isDrained()) {
            ready.addAll(entries.removeFirst().answers);
        }
        return ready;
    }

    /** The records to append next, or nothing if a batch is on the way or none wait. */
    List<CoordinatorRecord> nextBatch() {
        if (batchOnTheWay || entries.isEmpty()) {
            return List.of();
        }
        List<CoordinatorRecord> batch = new ArrayList<>();
        int bytes = 0;
        while (!entries.isEmpty()) {
            Entry head = entries.getFirst();
            int headBytes = head.remainingBytes();
            if (!batch.isEmpty() && bytes + headBytes > batchBytesMax) {
                break;
            }
            bytes += head.drainTo(batch, batchBytesMax);
            if (!head.isDrained()) {
                break;
            }
            onTheWay.addAll(entries.removeFirst().answers);
        }
        batchOnTheWay = !batch.isEmpty();
        return batch;
    }

    /** The batch on the way is committed: these answers may leave. */
    List<Turn.Answer<?>> onCommitted() {
        batchOnTheWay = false;
        List<Turn.Answer<?>> released = List.copyOf(onTheWay);
        onTheWay.clear();
        return released;
    }

    void clear() {
        entries.clear();
        onTheWay.clear();
        batchOnTheWay = false;
    }

    /** What one step left behind. */
    private static final class Entry {
        private final List<CoordinatorRecord> records;
        private final List<Turn.Answer<?>> answers;
        private int next;

        Entry(List<CoordinatorRecord> records, List<Turn.Answer<?>> answers) {
            this.records = records;
            this.answers = answers;
        }

        boolean isDrained() {
            return next == records.size();
        }

        int remainingBytes() {
            long bytes = 0;
            for (int i = next; i < records.size(); i++) {
                bytes += records.get(i).bytesMax();
            }
            return (int) Math.min(Integer.MAX_VALUE / 2, bytes);
        }

        /** Moves records until the batch is full, at least one into an empty batch. */
        int drainTo(List<CoordinatorRecord> batch, int bytesMax) {
            int bytes = 0;
            while (next < records.size()) {
                CoordinatorRecord record = records.get(next);
                if (!batch.isEmpty() && bytes + record.bytesMax() > bytesMax) {
                    break;
                }
                batch.add(record);
                bytes += record.bytesMax();
                next++;
            }
            return bytes;
        }
    }
}
