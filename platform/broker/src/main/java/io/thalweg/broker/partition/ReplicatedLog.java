package io.thalweg.broker.partition;

import io.thalweg.broker.storage.Deliveries;

/** Told that a partition's log has grown, when replication decides what of it is committed. */
public interface ReplicatedLog {

    /**
     * Something was appended. Runs on the writer thread, in order.
     *
     * @param deliveries takes what must be told to the replication loop
     */
    void onAppended(Deliveries deliveries);
}
