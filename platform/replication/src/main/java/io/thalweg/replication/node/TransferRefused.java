package io.thalweg.replication.node;

import io.thalweg.log.LogId;

/** The leadership was not handed to the replica that was named; the message says why. Retry when that has changed. */
public final class TransferRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    TransferRefused(LogId partition, int to, String why) {
        super("leadership not transferred: partition=" + partition + " to=" + to + ": " + why);
    }
}
