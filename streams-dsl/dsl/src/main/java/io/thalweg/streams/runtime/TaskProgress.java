package io.thalweg.streams.runtime;

import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** How far a task is committed, and what belongs to its next commit. Confined. */
final class TaskProgress {

    private final Map<TopicPartition, Long> committed = new HashMap<>();

    /** The offset after the last acknowledged change of each store. */
    private final Map<String, Long> changelogEnds = new HashMap<>();

    private AckBarrier barrier = new AckBarrier();

    /** There are changes behind the last commit that a position may not tell of: timers make some. */
    private boolean changed;

    /** @param ends of the changelogs that the task was restored from */
    void begin(Map<TopicPartition, Long> offsets, Map<String, Long> ends) {
        committed.putAll(offsets);
        changelogEnds.putAll(ends);
    }

    /** What belongs to the next commit. Outputs of it are acknowledged or not. */
    AckBarrier barrier() {
        return barrier;
    }

    /** From here on outputs belong to the commit after. Completes when those before are acknowledged. */
    Future<Void> sealBarrier() {
        AckBarrier sealed = barrier;
        barrier = new AckBarrier();
        changed |= sealed.used();
        return sealed.seal().map(acknowledged -> {
            changelogEnds.putAll(sealed.changelogEnds());
            return null;
        });
    }

    /** Positions now, or nothing if they are those committed last and nothing was produced since. */
    Map<TopicPartition, Long> uncommitted(Map<TopicPartition, Long> positions) {
        boolean moved = changed || barrier.used();
        for (Map.Entry<TopicPartition, Long> position : positions.entrySet()) {
            moved |= !position.getValue().equals(committed.get(position.getKey()));
        }
        return moved ? positions : Map.of();
    }

    /** With what else belongs to the commit, once what was produced up to it is acknowledged. */
    Map<TopicPartition, OffsetToCommit> toCommit(
            Map<TopicPartition, Long> positions, long streamTimeMillis, long producerId, Map<String, Long> storeTimes) {
        Map<TopicPartition, OffsetToCommit> offsets = new HashMap<>();
        positions.forEach((partition, position) -> offsets.put(
                partition, TaskStart.commit(position, streamTimeMillis, producerId, changelogEnds, storeTimes)));
        return offsets;
    }

    void onCommitted(Map<TopicPartition, Long> positions) {
        committed.putAll(positions);
        changed = false;
    }

    /** The offset after the last acknowledged change of a store; {@link AckBarrier#UNKNOWN} if it is not known. */
    long changelogEnd(String store) {
        return changelogEnds.getOrDefault(store, AckBarrier.UNKNOWN);
    }

    /** What was committed last. */
    Map<TopicPartition, Long> committed() {
        return committed;
    }
}
