package io.thalweg.broker.partition;

import io.thalweg.broker.partition.PartitionState.Deleted;
import io.thalweg.broker.partition.PartitionState.Leading;
import io.thalweg.broker.partition.PartitionState.Offline;
import io.thalweg.broker.storage.CommitTarget;
import io.thalweg.broker.storage.Deliveries;
import io.thalweg.log.Append;
import io.thalweg.log.LogConfig;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.ValidationRules;
import java.io.IOException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One partition replica: its log, its leadership and who waits for it. */
public final class Partition implements CommitTarget {

    private static final Logger LOGGER = LoggerFactory.getLogger(Partition.class);

    private final TopicPartition name;
    private final Uuid topicId;
    private final PartitionLog log;
    private final WaiterList waiters = new WaiterList();
    /** Written on the controller's context. */
    private volatile PartitionState state;

    private volatile ValidationRules rules;
    private volatile int minInSyncReplicas;
    /** Whether the log was opened, so that its offsets can be asked for without touching the disk. Never goes back. */
    private volatile boolean open;

    public Partition(
            TopicPartition name,
            Uuid topicId,
            PartitionLog log,
            int leaderEpoch,
            LogConfig config,
            int minInSyncReplicas) {
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

    /** Replicas that {@code acks=all} asks for; this node has one. */
    public int minInSyncReplicas() {
        return minInSyncReplicas;
    }

    /** Whether the log's offsets may be asked for on an event loop; if not, {@link #open()} it first. */
    public boolean isOpen() {
        return open;
    }

    /** Opens the log if it is not. Blocks on disk. */
    public void open() throws IOException {
        if (!open) {
            // With one replica all that the log holds is held by the majority.
            log.advanceHighWatermark(log.logEndOffset());
            open = true;
        }
    }

    /** Why a request with this leader epoch cannot be served here; NONE if it can. The epoch -1 asks for any. */
    public ErrorCode refusal(int currentLeaderEpoch) {
        PartitionState now = state;
        if (now.refusal() != ErrorCode.NONE) {
            return now.refusal();
        }
        if (currentLeaderEpoch < 0 || currentLeaderEpoch == now.leaderEpoch()) {
            return ErrorCode.NONE;
        }
        return currentLeaderEpoch < now.leaderEpoch() ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
    }

    /** The epoch in which this node leads; fails as {@link #refusal} says. The epoch -1 asks for any. */
    public int leaderEpochFor(int currentLeaderEpoch) {
        PartitionState now = state;
        ErrorCode refusal = refusal(currentLeaderEpoch);
        if (refusal != ErrorCode.NONE) {
            throw new ThalwegException(
                    refusal,
                    "partition=" + name + " leaderEpoch=" + now.leaderEpoch() + " requestEpoch=" + currentLeaderEpoch
                            + " state=" + now.getClass().getSimpleName() + "; refresh metadata and retry");
        }
        return now.leaderEpoch();
    }

    public void configure(LogConfig config, int newMinInSyncReplicas) {
        log.config(config);
        rules = config.validationRules();
        minInSyncReplicas = newMinInSyncReplicas;
    }

    /** Leads from now on. An epoch that is not newer than that of the present leadership changes nothing. */
    public void lead(int leaderEpoch) {
        PartitionState now = state;
        if (now instanceof Offline offline) {
            transitionTo(offline.toLeading(leaderEpoch), "elected");
        } else if (now instanceof Leading leading && leaderEpoch > leading.leaderEpoch()) {
            transitionTo(leading.toOffline().toLeading(leaderEpoch), "elected again");
        }
    }

    /** Serves nobody any more; whoever waits is told. */
    public void resign(String reason) {
        if (state instanceof Leading leading) {
            transitionTo(leading.toOffline(), reason);
        }
    }

    /** The topic was deleted; whoever waits is told. */
    public void delete() {
        transitionTo(new Deleted(state.leaderEpoch()), "topic deleted");
    }

    @Override
    public void onAppended(Append append, Deliveries deliveries) {
        log.advanceHighWatermark(append.lastOffset() + 1);
        open = true;
        int bytes = append.batches().sizeInBytes();
        waiters.wake(waiter -> waiter.onReadable(bytes), deliveries);
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
        LOGGER.atDebug()
                .setMessage("partition state")
                .addKeyValue("topic", name.topic())
                .addKeyValue("partition", name.partition())
                .addKeyValue("from", state.getClass().getSimpleName())
                .addKeyValue("to", next.getClass().getSimpleName())
                .addKeyValue("epoch", next.leaderEpoch())
                .addKeyValue("reason", reason)
                .log();
        state = next;
        Deliveries deliveries = new Deliveries();
        waiters.wake(Waiter::onChanged, deliveries);
        deliveries.flush();
    }
}
