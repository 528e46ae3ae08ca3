package io.thalweg.broker.partition;

import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.storage.InFlightBytes;
import io.thalweg.broker.storage.LogWriter;
import io.thalweg.broker.storage.PendingAppend;
import io.thalweg.environment.Clock;
import io.thalweg.log.Append;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchValidator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;

/**
 * Appends what the node itself writes. Admitted apart from the clients' bytes, so that their load cannot hold metadata and
 * groups up; each writer has one batch of a partition on its way at most, which bounds it.
 */
public final class InternalAppends {

    /** Until the leadership ends: a writer that gave up earlier would not know what its log is going to hold. */
    private static final long NEVER_NANOS = Long.MAX_VALUE / 4;

    private final Vertx vertx;
    private final Clock clock;
    private final LogWriter writer;
    private final InFlightBytes inFlight = new InFlightBytes(Long.MAX_VALUE);

    public InternalAppends(Vertx vertx, Clock clock, LogWriter writer) {
        this.vertx = vertx;
        this.clock = clock;
        this.writer = writer;
    }

    public long nowMillis() {
        return clock.wallMillis();
    }

    /** Appends the batch in {@code leaderEpoch}; completes on the caller's context when it is committed. */
    public Future<AppendResult> append(Partition partition, int leaderEpoch, BatchBuilder batch) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        try {
            int epoch = partition.appendEpochFor(leaderEpoch);
            Append append = new Append(
                    partition.log(),
                    BatchValidator.validate(batch.build(), partition.rules(), AppendOrigin.COORDINATOR, nowMillis()),
                    epoch,
                    AppendOrigin.COORDINATOR);
            long admitted = inFlight.tryAdmit(append.batches().sizeInBytes());
            PendingAppend pending = new PendingAppend(
                    append, partition, epoch, context, inFlight, admitted, true, clock.monotonicNanos() + NEVER_NANOS);
            writer.submit(pending);
            return pending.future();
        } catch (ThalwegException refused) {
            return context.failedFuture(refused);
        }
    }
}
