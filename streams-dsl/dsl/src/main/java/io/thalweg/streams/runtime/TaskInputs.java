package io.thalweg.streams.runtime;

import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.consume.PulledPartition;
import io.thalweg.client.consume.PulledPartitions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The input partitions of a task, merged in the order of timestamps: the partition whose next record is the oldest comes first.
 * A partition that has more in the log than was fetched is waited for; one that is read to its end is waited for as long as
 * configured (KIP-353, KIP-695). Confined to the task's context.
 */
final class TaskInputs {

    private final PulledPartitions pulled;
    private final List<PulledPartition> partitions = new ArrayList<>();
    private final int idleMillisMax;

    /** Since when a record waits for an input that is read to its end; -1 while none does. */
    private long waitingSinceMillis = -1;

    private @Nullable PulledPartition chosen;

    TaskInputs(PulledPartitions pulled, int idleMillisMax) {
        this.pulled = pulled;
        this.idleMillisMax = idleMillisMax;
    }

    void add(TopicPartition partition, long offset) {
        partitions.add(pulled.add(partition, offset));
    }

    /** The record to process next, or null if there is none or if one that may be older is still to come. */
    @Nullable
    ReceivedRecord peek(long nowMillis) {
        chosen = null;
        ReceivedRecord oldest = null;
        boolean incomplete = false;
        for (int i = 0; i < partitions.size(); i++) {
            PulledPartition partition = partitions.get(i);
            ReceivedRecord head = partition.peek();
            if (head == null) {
                if (!partition.caughtUp()) {
                    return null; // the handler of the partitions tells when more is here
                }
                incomplete = true;
            } else if (oldest == null || head.timestampMillis() < oldest.timestampMillis()) {
                oldest = head;
                chosen = partition;
            }
        }
        if (oldest == null) {
            return null;
        }
        if (incomplete && idleMillisMax > 0) {
            if (waitingSinceMillis < 0) {
                waitingSinceMillis = nowMillis;
            }
            if (nowMillis - waitingSinceMillis < idleMillisMax) {
                return null;
            }
        } else {
            waitingSinceMillis = -1;
        }
        return oldest;
    }

    /** Moves past the record that {@link #peek} returned. */
    void advance() {
        PulledPartition taken = chosen;
        if (taken == null) {
            throw new IllegalStateException("no record was chosen; peek first");
        }
        taken.advance();
    }

    /** Whether a record waits for the idle time of another input to pass. */
    boolean idling() {
        return waitingSinceMillis >= 0;
    }

    /** The next offset of each partition. */
    Map<TopicPartition, Long> positions() {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (PulledPartition partition : partitions) {
            if (partition.position() >= 0) {
                positions.put(partition.partition(), partition.position());
            }
        }
        return positions;
    }

    /** Where each partition ended when it was fetched last; a partition that was not yet is absent. */
    Map<TopicPartition, Long> endOffsets() {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (PulledPartition partition : partitions) {
            if (partition.endOffset() >= 0) {
                ends.put(partition.partition(), partition.endOffset());
            }
        }
        return ends;
    }

    void close() {
        pulled.close();
    }
}
