package io.thalweg.broker.storage;

import io.thalweg.log.Append;

/** The replica behind an append. With one replica the writer's commit is the majority; in a cluster replication decides. */
public interface CommitTarget {

    /**
     * An append of this replica succeeded and is as durable as the node promises. Runs on the writer thread, in order.
     *
     * @param deliveries takes whoever waited for it
     */
    void onAppended(Append append, Deliveries deliveries);
}
