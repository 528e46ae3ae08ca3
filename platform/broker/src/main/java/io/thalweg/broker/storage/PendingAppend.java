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
    private final boolean awaitsReplicas;
    private final long deadlineNanos;
    private @Nullable ThalwegException failure;

    /** An append that is answered as soon as this node holds it. */
    public PendingAppend(
            Append append,
            CommitTarget target,
            int leaderEpoch,
            ContextInternal context,
            InFlightBytes inFlight,
            long admittedBytes) {
        this(append, target, leaderEpoch, context, inFlight, admittedBytes, false, 0);
    }

    /**
     * @param admittedBytes what {@link InFlightBytes#tryAdmit} took for it; given back on delivery
     * @param awaitsReplicas whether other replicas must hold it too before it is answered
     * @param deadlineNanos of the monotonic clock: how long it waits for them
     */
    public PendingAppend(
            Append append,
            CommitTarget target,
            int leaderEpoch,
            ContextInternal context,
            InFlightBytes inFlight,
            long admittedBytes,
            boolean awaitsReplicas,
            long deadlineNanos) {
        this.append = append;
        this.target = target;
        this.leaderEpoch = leaderEpoch;
        this.context = context;
        this.promise = context.promise();
        this.inFlight = inFlight;
        this.admittedBytes = admittedBytes;
        this.awaitsReplicas = awaitsReplicas;
        this.deadlineNanos = deadlineNanos;
    }

    public Append append() {
        return append;
    }

    /** Completes on the context that handed the append in. */
    public Future<AppendResult> future() {
        return promise.future();
    }

    /** The epoch in which it was accepted. */
    public int leaderEpoch() {
        return leaderEpoch;
    }

    public boolean awaitsReplicas() {
        return awaitsReplicas;
    }

    /** Of the monotonic clock. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    CommitTarget target() {
        return target;
    }

    int sizeInBytes() {
        return append.batches().sizeInBytes();
    }

    /** It came too late to enter the log, unless it is there already. On the writer thread, before it is appended. */
    public void refuse() {
        append.refuseUnlessDuplicate(new ThalwegException(
                ErrorCode.NOT_LEADER_OR_FOLLOWER,
                "append rejected: the leadership is being handed over: log="
                        + append.log().id() + "; refresh metadata and retry"));
    }

    /** Fails it whatever became of the append: the outcome is not known. Before it is delivered. */
    public void fail(ThalwegException cause) {
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
