package io.thalweg.replication.node;

import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Voters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.Collection;

/** The log of a partition that holds nothing yet, on a disk that is done at once with promises; {@link LedStore} holds something. */
class EmptyStore implements ReplicaStore {

    private final Voters voters;

    EmptyStore(Collection<Integer> voters) {
        this.voters = Voters.of(voters);
    }

    @Override
    public LogPosition end() {
        return LogPosition.EMPTY;
    }

    @Override
    public long durableEnd() {
        return 0;
    }

    @Override
    public LogPosition start() {
        return LogPosition.EMPTY;
    }

    @Override
    public LogPosition endOfEpoch(int epoch) {
        return LogPosition.EMPTY;
    }

    @Override
    public Voters voters() {
        return voters;
    }

    @Override
    public Voters votersBefore() {
        return voters;
    }

    @Override
    public long votersOffset() {
        return 0;
    }

    @Override
    public Future<Void> promise(EpochPromise promise) {
        return Future.succeededFuture();
    }

    /** On its way for ever. */
    @Override
    public Future<Void> appendLeaderChange(int epoch) {
        return Promise.<Void>promise().future();
    }

    @Override
    public Future<Void> appendVoters(int epoch, Voters next) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> appendFetched(ByteBuffer batches) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> truncateTo(long offset) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> restartAt(LogPosition start, Voters next) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> trusted() {
        return Future.succeededFuture();
    }

    @Override
    public Future<ByteBuffer> read(long offset, int bytesMax) {
        throw new UnsupportedOperationException();
    }
}
