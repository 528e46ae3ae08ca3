package io.thalweg.replication.node;

import io.thalweg.log.LogId;

/** Only the leader of a partition can do that, and this node is not. Nothing was done; ask the leader that is named. */
public final class NotLeading extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotLeading(LogId partition, int epoch, int leader) {
        super("not the leader: partition=" + partition + " epoch=" + epoch + " leader=" + leader + "; ask that one");
    }
}
