package io.thalweg.broker.storage;

import io.thalweg.broker.api.AppendResult;
import io.thalweg.log.Append;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import org.jspecify.annotations.Nullable;

/** An append that was admitted, the partition it is for and the caller who waits for it. */
public final class PendingAppend implements Delivery {

    private final Append append;
    private final CommitTarget target;
    private final int leaderEpoch;
    private final ContextInternal context;
    private final PromiseInternal<AppendResult> promise;
    private final InFlightBytes inFlight;
    private final long admittedBytes;
    private @Nullable ThalwegException failure;

    /** @param admittedBytes what {@link InFlightBytes#tryAdmit} took for it; given back on delivery */
    public PendingAppend(
            Append append,
            CommitTarget target,
            int leaderEpoch,
            ContextInternal context,
            InFlightBytes inFlight,
            long admittedBytes) {
        this.append = append;
        this.target = target;
        this.leaderEpoch = leaderEpoch;
        this.context = context;
        this.promise = context.promise();
        this.inFlight = inFlight;
        this.admittedBytes = admittedBytes;
    }

    public Append append() {
        return append;
    }

    /** Completes on the context that handed the append in. */
    public Future<AppendResult> future() {
        return promise.future();
    }

    CommitTarget target() {
        return target;
    }

    int sizeInBytes() {
        return append.batches().sizeInBytes();
    }

    /** Fails it whatever became of the append: the outcome is not known. */
    void fail(ThalwegException cause) {
        failure = cause;
    }

    @Override
    public ContextInternal context() {
        return context;
    }

    @Override
    public void deliver() {
        inFlight.release(admittedBytes);
        ThalwegException cause = failure != null ? failure : append.failure();
        if (cause != null) {
            promise.fail(cause);
        } else if (!append.done()) {
            promise.fail(new ThalwegException(
                    ErrorCode.KAFKA_STORAGE_ERROR, "the log did not answer an append; look into the node's log"));
        } else {
            promise.complete(new AppendResult(
                    append.baseOffset(),
                    append.logAppendTimeMillis(),
                    append.log().logStartOffset(),
                    leaderEpoch));
        }
    }
}
