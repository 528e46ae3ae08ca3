package io.thalweg.replication.node;

import io.thalweg.log.LogId;

/** The leadership went before it was known whether what was asked for is committed: it may be, or not. Look, then retry. */
public final class LeadershipLost extends RuntimeException {
    private static final long serialVersionUID = 1;

    LeadershipLost(LogId partition, int epoch, String what) {
        super(what + " is undecided: partition=" + partition + " epoch=" + epoch
                + " was left meanwhile; look and retry");
    }
}
