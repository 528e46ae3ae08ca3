package io.thalweg.replication.promise;

import io.thalweg.replication.EpochPromise;

/**
 * What one replica keeps besides its log.
 *
 * @param trusted false while it may miss records that it once held durably
 * @param voters as its log names them
 */
public record ReplicaState(EpochPromise promise, boolean trusted, VoterHistory voters) {

    ReplicaState promised(EpochPromise next) {
        return new ReplicaState(next, trusted, voters);
    }

    ReplicaState trusted(boolean next) {
        return new ReplicaState(promise, next, voters);
    }

    ReplicaState voters(VoterHistory next) {
        return new ReplicaState(promise, trusted, next);
    }
}
