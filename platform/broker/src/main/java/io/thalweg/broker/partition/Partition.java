package io.thalweg.broker.partition;

import io.thalweg.broker.partition.PartitionState.Deleted;
import io.thalweg.broker.partition.PartitionState.Following;
import io.thalweg.broker.partition.PartitionState.Leading;
import io.thalweg.broker.partition.PartitionState.Offline;
import io.thalweg.broker.storage.CommitTarget;
import io.thalweg.broker.storage.Deliveries;
import io.thalweg.broker.storage.PendingAppend;
import io.thalweg.log.Append;
import io.thalweg.log.LogConfig;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.ValidatedBatches;
import io.thalweg.log.record.ValidationRules;
import java.io.IOException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One partition replica: its log, its leadership and who waits for it. */
public final class Partition implements CommitTarget {

    private static final Logger LOGGER = LoggerFactory.getLogger(Partition.class);
    private static final int ANY_EPOCH = -1;

    private final TopicPartition name;
    private final Uuid topicId;
    private final PartitionLog log;
    private final WaiterList waiters = new WaiterList();
    /** Written under this object's monitor. */
    private volatile PartitionState state;
    /** Whether this node alone decides what is committed until {@link #replicate} was called. */
    private final boolean alone;

    /** Null until {@link #replicate}. Never goes back. */
    private volatile @Nullable Replication replication;

    private volatile ValidationRules rules;
    private volatile int minInSyncReplicas;
    /** Whether the log was opened, so that its offsets can be asked for without touching the disk. Never goes back. */
    private volatile boolean open;

    /** The only replica: this node decides what is committed. */
    public Partition(
            TopicPartition name,
            Uuid topicId,
            PartitionLog log,
            int leaderEpoch,
            LogConfig config,
            int minInSyncReplicas) {
        this(name, topicId, log, leaderEpoch, config, minInSyncReplicas, true);
    }

    /** @param alone false of one of several replicas: nobody is served before {@link #replicate} */
    public Partition(
            TopicPartition name,
            Uuid topicId,
            PartitionLog log,
            int leaderEpoch,
            LogConfig config,
            int minInSyncReplicas,
            boolean alone) {
        this.alone = alone;
        this.name = name;
        this.topicId = topicId;
        this.log = log;
        this.state = new Offline(leaderEpoch);
        this.rules = config.validationRules();
        this.minInSyncReplicas = minInSyncReplicas;
    }

    public TopicPartition name() {
        return name;
    }

    public Uuid topicId() {
        return topicId;
    }

    public PartitionLog log() {
        return log;
    }

    public PartitionState state() {
        return state;
    }

    /** What batches must fulfil now. */
    public ValidationRules rules() {
        return rules;
    }

    /** Replicas that {@code acks=all} asks for. */
    public int minInSyncReplicas() {
        return minInSyncReplicas;
    }

    /** Replicas that hold all that is committed, as far as this leader knows. */
    public int inSyncReplicas() {
        Replication replicated = replication;
        return replicated == null ? 1 : replicated.inSyncReplicas();
    }

    /**
     * Whether too few replicas hold what is committed for {@link #minInSyncReplicas}. Until its epoch is committed a leader knows
     * of none but itself: then enough are assumed, since a majority has just elected it, or each election would turn producers
     * away.
     */
    public boolean missesReplicas() {
        return minInSyncReplicas > inSyncReplicas() && !(isReplicated() && awaitsSettling());
    }

    /** Whether replication decides what is committed, not this node alone. */
    public boolean isReplicated() {
        return replication != null;
    }

    /** Whether the log's offsets may be asked for on an event loop; if not, {@link #open()} it first. */
    public boolean isOpen() {
        return open;
    }

    /** Opens the log if it is not. Blocks on disk. */
    public void open() throws IOException {
        if (!open) {
            log.open();
            if (alone && replication == null) {
                // With one replica all that the log holds is held by the majority.
                log.advanceHighWatermark(log.logEndOffset());
            }
            open = true;
        }
    }

    /** Why a request with this leader epoch cannot be served here; NONE if it can. The epoch -1 asks for any. */
    public ErrorCode refusal(int currentLeaderEpoch) {
        PartitionState now = state;
        return refusal(now, now.refusal(), currentLeaderEpoch);
    }

    /**
     * The same for a reader.
     *
     * @param anyReplica whether a follower may answer
     */
    public ErrorCode readRefusal(int currentLeaderEpoch, boolean anyReplica) {
        PartitionState now = state;
        ErrorCode refusal = refusal(now, anyReplica ? now.readRefusal() : now.refusal(), currentLeaderEpoch);
        if (refusal == ErrorCode.NONE && now instanceof Leading leading && !leading.settled()) {
            return ErrorCode.OFFSET_NOT_AVAILABLE;
        }
        return refusal;
    }

    private static ErrorCode refusal(PartitionState now, ErrorCode refusal, int currentLeaderEpoch) {
        if (refusal != ErrorCode.NONE) {
            return refusal;
        }
        if (currentLeaderEpoch < 0 || currentLeaderEpoch == now.leaderEpoch()) {
            return ErrorCode.NONE;
        }
        return currentLeaderEpoch < now.leaderEpoch() ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
    }

    /** The epoch in which this node leads and reads are served; fails as {@link #readRefusal} says. */
    public int leaderEpochFor(int currentLeaderEpoch) {
        PartitionState now = state;
        check(now, readRefusal(currentLeaderEpoch, false), currentLeaderEpoch);
        return now.leaderEpoch();
    }

    /** The epoch in which this node takes appends; fails as {@link #refusal} says. The epoch -1 asks for any. */
    public int appendEpochFor(int currentLeaderEpoch) {
        PartitionState now = state;
        boolean handingOver = now instanceof Leading leading && leading.handingOver();
        check(
                now,
                handingOver ? ErrorCode.NOT_LEADER_OR_FOLLOWER : refusal(now, now.refusal(), currentLeaderEpoch),
                currentLeaderEpoch);
        return now.leaderEpoch();
    }

    /** The epoch in which this node leads, if only for as long as it takes to hand over; fails as {@link #refusal} says. */
    public int ledEpoch() {
        PartitionState now = state;
        check(now, now.refusal(), ANY_EPOCH);
        return now.leaderEpoch();
    }

    /**
     * What a client hands in, on its way into the log. If replicas are missing it will be refused, but for what the log has
     * already; if this node is about to hand over, {@link #admits} says so on its way.
     *
     * @param epoch of {@link #ledEpoch}
     * @param everyReplica whether the client wants to be sure of {@code min.insync.replicas}
     */
    public Append append(ValidatedBatches batches, int epoch, boolean everyReplica) {
        Append append = new Append(log, batches, epoch, AppendOrigin.CLIENT);
        if (everyReplica && missesReplicas()) {
            append.refuseUnlessDuplicate(new ThalwegException(
                    ErrorCode.NOT_ENOUGH_REPLICAS,
                    "too few replicas: partition=" + name + " inSync=" + inSyncReplicas() + " min.insync.replicas="
                            + minInSyncReplicas + "; lower the setting, add nodes or wait for those that are missing"));
        }
        return append;
    }

    private void check(PartitionState now, ErrorCode refusal, int currentLeaderEpoch) {
        if (refusal != ErrorCode.NONE) {
            throw new ThalwegException(
                    refusal,
                    "partition=" + name + " leaderEpoch=" + now.leaderEpoch() + " requestEpoch=" + currentLeaderEpoch
                            + " state=" + now.getClass().getSimpleName() + "; refresh metadata and retry");
        }
    }

    public void configure(LogConfig config, int newMinInSyncReplicas) {
        log.config(config);
        rules = config.validationRules();
        minInSyncReplicas = newMinInSyncReplicas;
    }

    // ---- one replica: the metadata says who leads, and the writer's commit is the majority

    /** Leads from now on. An epoch that is not newer than that of the present leadership changes nothing. */
    public synchronized void lead(int leaderEpoch) {
        PartitionState now = state;
        if (now instanceof Offline || (now instanceof Leading && leaderEpoch > now.leaderEpoch())) {
            transitionTo(new Leading(leaderEpoch, true, false), "elected");
        }
    }

    /** Serves nobody any more; whoever waits is told. */
    public synchronized void resign(String reason) {
        if (!(state instanceof Deleted)) {
            transitionTo(new Offline(state.leaderEpoch()), reason);
        }
    }

    /** The topic was deleted; whoever waits is told. */
    public synchronized void delete() {
        transitionTo(new Deleted(state.leaderEpoch()), "topic deleted");
    }

    // ---- many replicas: replication says who leads and what is committed

    /** From now on replication decides. The log is open. Called on the writer thread, so that no append is between both. */
    public void replicate(ReplicatedLog replicatedLog, AckTimeouts timeouts) {
        replication = new Replication(this, replicatedLog, timeouts);
    }

    /** Somebody leads, or nobody any more ({@code leader} -1). */
    public synchronized void onLeader(int leaderEpoch, int leader, boolean here) {
        if (state instanceof Deleted) {
            return;
        }
        if (!here) {
            transitionTo(new Following(leaderEpoch, leader), "leader=" + leader);
        } else if (state instanceof Leading leading && leading.leaderEpoch() == leaderEpoch) {
            transitionTo(new Leading(leaderEpoch, leading.settled(), false), "hand-over came to nothing");
        } else {
            replicated().onElected();
            transitionTo(new Leading(leaderEpoch, false, false), "elected");
        }
    }

    /** Whether this node leads in this very epoch. */
    public boolean leads(int leaderEpoch) {
        return state instanceof Leading leading && leading.leaderEpoch() == leaderEpoch;
    }

    /** Whether this node leads in an epoch that is not committed yet. */
    public boolean awaitsSettling() {
        return state instanceof Leading leading && !leading.settled();
    }

    /** Clients' appends are refused from now on; those that wait go on waiting. */
    public synchronized void onHandOver() {
        if (state instanceof Leading leading) {
            transitionTo(leading.handOver(), "handing over");
        }
    }

    /**
     * Records below are committed; of a leader, the first call in its epoch says that the epoch is, too.
     *
     * @param deliveries takes whoever waited for it
     */
    public void onHighWatermark(long offset, Deliveries deliveries) {
        log.advanceHighWatermark(offset);
        if (awaitsSettling()) {
            settle();
        }
        replicated().onHighWatermark(offset, deliveries);
        int bytes = replicated().takeReadable(offset);
        waiters.wake(waiter -> waiter.onReadable(bytes), deliveries);
    }

    private synchronized void settle() {
        if (state instanceof Leading leading) {
            transitionTo(leading.settle(), "epoch committed");
        }
    }

    /** Whether {@code min.insync.replicas} asks for more than a majority, so that {@link #onHeld} says what may be answered. */
    public void demand(boolean moreThanMajority) {
        replicated().demand(moreThanMajority);
    }

    /** As many replicas as {@code min.insync.replicas} asks for hold the records below. */
    public void onHeld(long offset, Deliveries deliveries) {
        replicated().onHeld(offset, deliveries);
    }

    /** So many replicas hold all that is committed. */
    public void onInSync(int replicas) {
        replicated().onInSync(replicas);
    }

    /** The log was cut off: it ends at {@code offset} now. */
    public void onCut(long offset) {
        Deliveries deliveries = new Deliveries();
        replicated().onCut(offset, deliveries);
        deliveries.flush();
    }

    /** The log was thrown away and begins anew. */
    public void onRestarted() {
        Deliveries deliveries = new Deliveries();
        replicated().onRestarted(deliveries);
        deliveries.flush();
    }

    /** Fails appends whose time is over; true if none waits any more. */
    boolean expire(long nowNanos, Deliveries deliveries) {
        return replicated().expire(nowNanos, deliveries);
    }

    private Replication replicated() {
        Replication replicated = replication;
        if (replicated == null) {
            throw new IllegalStateException("not replicated: partition=" + name);
        }
        return replicated;
    }

    // ---- the writer's

    @Override
    public void onAppended(Append append, Deliveries deliveries) {
        Replication replicated = replication;
        if (replicated == null) {
            log.advanceHighWatermark(append.lastOffset() + 1);
            open = true;
            int bytes = append.batches().sizeInBytes();
            waiters.wake(waiter -> waiter.onReadable(bytes), deliveries);
        } else {
            replicated.onAppended(append, deliveries);
        }
    }

    @Override
    public boolean admits(PendingAppend append) {
        // What a replica itself appends has no epoch of a client.
        return replication == null
                || append.leaderEpoch() < 0
                || !(state instanceof Leading leading && leading.handingOver());
    }

    @Override
    public boolean holds(PendingAppend append) {
        Replication replicated = replication;
        return replicated != null && replicated.holds(append);
    }

    /**
     * Registers a waiter. Look at the log once more afterwards: what changed before is not told.
     *
     * @return takes it out again
     */
    public Runnable await(Waiter waiter) {
        WaiterList.Registration registration = waiters.add(waiter);
        return registration::remove;
    }

    private void transitionTo(PartitionState next, String reason) {
        PartitionState before = state;
        if (next.leaderEpoch() < before.leaderEpoch()) {
            throw new IllegalStateException("stale leader epoch: partition=" + name + " epoch=" + next.leaderEpoch()
                    + " known=" + before.leaderEpoch());
        }
        LOGGER.atDebug()
                .setMessage("partition state")
                .addKeyValue("topic", name.topic())
                .addKeyValue("partition", name.partition())
                .addKeyValue("from", before.getClass().getSimpleName())
                .addKeyValue("to", next.getClass().getSimpleName())
                .addKeyValue("epoch", next.leaderEpoch())
                .addKeyValue("reason", reason)
                .log();
        state = next;
        Deliveries deliveries = new Deliveries();
        Replication replicated = replication;
        if (replicated != null && before instanceof Leading && !(next instanceof Leading)) {
            replicated.onLeadershipLost(next, deliveries);
        }
        waiters.wake(Waiter::onChanged, deliveries);
        deliveries.flush();
    }
}
