package io.thalweg.replication.promise;

import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.Voters;

/**
 * What one replica keeps besides its log.
 *
 * @param trusted false while it may miss records that it once held durably
 * @param voters at its creation: they hold until the log names others, and the log remembers those itself
 */
public record ReplicaState(EpochPromise promise, boolean trusted, Voters voters) {

    ReplicaState promised(EpochPromise next) {
        return new ReplicaState(next, trusted, voters);
    }

    ReplicaState trusted(boolean next) {
        return new ReplicaState(promise, next, voters);
    }
}
