package io.thalweg.broker.partition;

import io.thalweg.broker.partition.PartitionState.Leading;
import io.thalweg.broker.storage.Deliveries;
import io.thalweg.broker.storage.PendingAppend;
import io.thalweg.broker.storage.UndecidedAppendException;
import io.thalweg.log.Append;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;

/**
 * What a replicated partition has beside its log: appends that wait for the replicas, and what the leader knows of those. Told
 * by the writer thread of appends and by the replication loop of everything else.
 */
final class Replication {

    private final Partition partition;
    private final ReplicatedLog replicatedLog;
    private final AckTimeouts timeouts;
    private final HeldAppends held = new HeldAppends();
    private final UncommittedBytes uncommitted = new UncommittedBytes();
    /** Guarded by {@link #held}: below this, replicas enough hold everything. Never goes back within an epoch. */
    private long acknowledged;

    /** Whether a majority is not enough: then {@link #onHeld} says what may be answered. Guarded by {@link #held}. */
    private boolean moreThanMajority;

    /** Assumed to be enough until replication has told. */
    private volatile int inSyncReplicas = Integer.MAX_VALUE;

    Replication(Partition partition, ReplicatedLog replicatedLog, AckTimeouts timeouts) {
        this.partition = partition;
        this.replicatedLog = replicatedLog;
        this.timeouts = timeouts;
    }

    int inSyncReplicas() {
        return inSyncReplicas;
    }

    void onAppended(Append append, Deliveries deliveries) {
        uncommitted.add(append.lastOffset() + 1, append.batches().sizeInBytes());
        replicatedLog.onAppended(deliveries);
    }

    /** Keeps an append whose batch is in the log until replicas enough hold it; false if it can be answered now. */
    boolean holds(PendingAppend append) {
        if (!append.awaitsReplicas()) {
            return false;
        }
        boolean first;
        synchronized (held) {
            PartitionState now = partition.state();
            if (!(now instanceof Leading) || now.leaderEpoch() != append.leaderEpoch()) {
                append.fail(lost(now));
                return false;
            }
            if (append.append().lastOffset() < acknowledged) {
                return false;
            }
            first = held.isEmpty();
            held.add(append);
        }
        if (first) {
            timeouts.add(partition);
        }
        return true;
    }

    void onElected() {
        synchronized (held) {
            acknowledged = partition.log().highWatermark();
        }
        uncommitted.clear();
        inSyncReplicas = Integer.MAX_VALUE;
    }

    void onCut() {
        uncommitted.clear();
    }

    void onHighWatermark(long offset, Deliveries deliveries) {
        synchronized (held) {
            if (!moreThanMajority) {
                acknowledge(offset, deliveries);
            }
        }
    }

    void onHeld(long offset, Deliveries deliveries) {
        synchronized (held) {
            acknowledge(offset, deliveries);
        }
    }

    private void acknowledge(long offset, Deliveries deliveries) {
        acknowledged = Math.max(acknowledged, offset);
        held.release(acknowledged, deliveries);
    }

    void demand(boolean more) {
        synchronized (held) {
            moreThanMajority = more;
        }
    }

    int takeReadable(long offset) {
        return uncommitted.take(offset);
    }

    void onInSync(int replicas) {
        inSyncReplicas = replicas;
    }

    /** The new state is in place: whoever comes now sees it, whoever was before is in the list. */
    void onLeadershipLost(PartitionState now, Deliveries deliveries) {
        synchronized (held) {
            held.fail(lost(now), deliveries);
        }
    }

    boolean expire(long nowNanos, Deliveries deliveries) {
        held.expire(nowNanos, this::timedOut, deliveries);
        return held.isEmpty();
    }

    private ThalwegException lost(PartitionState now) {
        ErrorCode why = now.refusal() == ErrorCode.NONE ? ErrorCode.NOT_LEADER_OR_FOLLOWER : now.refusal();
        return new UndecidedAppendException(
                why,
                "the leadership ended before the replicas had the batch: partition=" + partition.name()
                        + " leaderEpoch=" + now.leaderEpoch() + "; whether it stays is not known: refresh metadata and"
                        + " retry");
    }

    private ThalwegException timedOut(PendingAppend append) {
        return new UndecidedAppendException(
                ErrorCode.REQUEST_TIMED_OUT,
                "the replicas did not have the batch in time: partition=" + partition.name() + " offset="
                        + append.append().baseOffset() + " highWatermark="
                        + partition.log().highWatermark() + "; whether it stays is not known: retry");
    }
}
