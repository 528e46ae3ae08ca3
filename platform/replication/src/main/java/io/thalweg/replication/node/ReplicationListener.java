package io.thalweg.replication.node;

import io.thalweg.log.LogId;
import io.vertx.core.Future;
import java.util.List;

/** Told on the replication loop what becomes of this node's replicas. */
public interface ReplicationListener {

    /**
     * Who leads a partition from now on, as far as this node knows; {@link io.thalweg.replication.EpochPromise#NOBODY} while
     * nobody does. If it is this node, clients may append in this epoch from now on; if it was, they may not any more, and
     * those who wait for the high watermark are told.
     */
    void onLeader(LogId partition, int epoch, int leader);

    /**
     * The leadership of this node in this epoch is about to be handed over: clients may not append any more, but who waits for
     * the high watermark goes on waiting until {@link #onLeader} names nobody or somebody else. If the hand-over comes to
     * nothing, {@link #onLeader} names this node again, in the same epoch, clients may append again, and voters, who is in
     * sync and what is committed are told again, as after an election.
     *
     * @return completes, on the replication loop, when no client's append can enter the log any more and every one that did
     *     was told through {@link ReplicationNode#onAppended}
     */
    Future<Void> onHandOver(LogId partition, int epoch);

    /**
     * Records below are committed. Of a leader, only once it has committed a record of its own epoch (KIP-207), so that it
     * never seems to go back; then at least once, even if the offset is one that was told before.
     */
    void onHighWatermark(LogId partition, long offset);

    /**
     * Of a partition that this node leads: records below are committed, and as many voters hold them durably as {@link
     * ReplicationNode#holders} asked for. Told only where that is more than a majority.
     */
    default void onHeld(LogId partition, long offset) {}

    /**
     * Of a partition that this node leads: which voters are in sync, this node among them. One is not that is silent, that
     * has not reached the end of the leader's log for long, or that is not trusted.
     */
    void onInSync(LogId partition, int epoch, List<Integer> inSyncReplicas);

    /** The voters that the partition's log names from now on, on a leader. */
    void onVoters(LogId partition, int epoch, List<Integer> voters);

    /** The replica broke a rule or its disk failed: it takes part in nothing any more until the node restarts. */
    void onOffline(LogId partition, String reason);
}
