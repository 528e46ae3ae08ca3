package io.thalweg.broker.partition;

import io.thalweg.broker.partition.PartitionState.Following;
import io.thalweg.broker.storage.Deliveries;
import io.thalweg.broker.storage.PendingAppend;
import io.thalweg.broker.storage.UndecidedAppendException;
import io.thalweg.log.Append;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.concurrent.TimeUnit;

/**
 * What a replicated partition has beside its log: appends that wait for the replicas, and what the leader knows of those. Told
 * by the writer thread of appends and by the replication loop of everything else.
 */
final class Replication {

    /** How long appends wait for the word of another leader that they are committed. */
    private static final long LOST_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long NOT_LOST = Long.MIN_VALUE;

    private final Partition partition;
    private final ReplicatedLog replicatedLog;
    private final AckTimeouts timeouts;
    private final HeldAppends held = new HeldAppends();
    private final UncommittedBytes uncommitted = new UncommittedBytes();
    /** Guarded by {@link #held}: below this, replicas enough hold everything. Never goes back within an epoch. */
    private long acknowledged;

    /** When this node stopped to lead while something waited. Guarded by {@link #held}. */
    private long lostAtNanos = NOT_LOST;

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
            if (now.refusal() != ErrorCode.NONE && !(now instanceof Following)) {
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
            lostAtNanos = NOT_LOST;
        }
        uncommitted.clear();
        inSyncReplicas = Integer.MAX_VALUE;
    }

    /** What is behind is not in the log any more, and never will be. */
    void onCut(long offset, Deliveries deliveries) {
        uncommitted.clear();
        held.failFrom(offset, this::cut, deliveries);
    }

    void onRestarted(Deliveries deliveries) {
        uncommitted.clear();
        held.fail(lost(partition.state()), deliveries);
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

    /**
     * The new state is in place: whoever comes now sees it, whoever was before is in the list. Where another replica leads, it most
     * often has the batches, and says in a moment that they are committed: that is waited for.
     */
    void onLeadershipLost(PartitionState now, Deliveries deliveries) {
        synchronized (held) {
            if (now instanceof Following) {
                lostAtNanos = timeouts.nowNanos();
            } else {
                held.fail(lost(now), deliveries);
            }
        }
    }

    boolean expire(long nowNanos, Deliveries deliveries) {
        synchronized (held) {
            if (lostAtNanos != NOT_LOST && nowNanos - lostAtNanos >= LOST_MAX_NANOS) {
                held.fail(lost(partition.state()), deliveries);
            }
            held.expire(nowNanos, this::timedOut, deliveries);
            return held.isEmpty();
        }
    }

    private ThalwegException cut(PendingAppend append) {
        return new ThalwegException(
                ErrorCode.NOT_LEADER_OR_FOLLOWER,
                "another leader did not have the batch, and it is not in the log any more: partition="
                        + partition.name() + " offset=" + append.append().baseOffset()
                        + "; refresh metadata and retry");
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
