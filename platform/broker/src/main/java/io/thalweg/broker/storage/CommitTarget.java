package io.thalweg.broker.storage;

import io.thalweg.log.Append;

/** The replica behind an append. With one replica the writer's commit is the majority; with more, replication decides. */
public interface CommitTarget {

    /**
     * An append of this replica succeeded and is as durable as the node promises. Runs on the writer thread, in order.
     *
     * @param deliveries takes whoever waited for it
     */
    void onAppended(Append append, Deliveries deliveries);

    /**
     * Whether an append may still enter the log; else it fails with NOT_LEADER_OR_FOLLOWER, unless the log has it already. Runs on
     * the writer thread.
     */
    boolean admits(PendingAppend append);

    /**
     * Whether the answer to an append whose batch is in the log must wait; then it is this replica's to deliver, once. Runs on
     * the writer thread, behind {@link #onAppended}.
     */
    boolean holds(PendingAppend append);
}
