package io.thalweg.replication.node;

import io.thalweg.log.LogId;
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
     * Records below are committed. Of a leader, only once it has committed a record of its own epoch (KIP-207), so that it
     * never seems to go back.
     */
    void onHighWatermark(LogId partition, long offset);

    /** Of a partition that this node leads: which voters hold everything that is committed, this node among them. */
    void onInSync(LogId partition, int epoch, List<Integer> inSyncReplicas);

    /** The voters that the partition's log names from now on, on a leader. */
    void onVoters(LogId partition, int epoch, List<Integer> voters);

    /** The replica broke a rule or its disk failed: it takes part in nothing any more until the node restarts. */
    void onOffline(LogId partition, String reason);
}
