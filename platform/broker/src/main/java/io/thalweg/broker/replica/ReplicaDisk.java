package io.thalweg.broker.replica;

import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.storage.InFlightBytes;
import io.thalweg.broker.storage.LogWriter;
import io.thalweg.broker.storage.PendingAppend;
import io.thalweg.broker.storage.StoragePool;
import io.thalweg.environment.Clock;
import io.thalweg.environment.Timers;
import io.thalweg.log.Append;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogId;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.replication.promise.PromiseStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the replicas of one log directory share. Confined to the replication loop, where every future completes. */
final class ReplicaDisk {

    private static final int REFETCH_DELAY_MILLIS = 500;

    /** Something that blocks on disk. */
    interface Change {
        void run() throws IOException;
    }

    private final int self;
    private final ContextInternal loop;
    private final Clock clock;
    private final Timers timers;
    private final LogDirectory directory;
    private final LogWriter writer;
    private final StoragePool storage;
    private final PromiseStore promises;
    private final Consumer<LogId> appended;
    private final Consumer<LogId> stagedLost;
    private final LogCuts cuts;
    /** Each replica has one append of its own or of a fetch under way at most, which bounds it. */
    private final InFlightBytes inFlight = new InFlightBytes(Long.MAX_VALUE);

    /** Completes when the barrier that this turn of the loop asked for has passed; null if none did. */
    private @Nullable Promise<Void> barrier;

    /** Of the barrier that looks how long the disk takes; null if none is on its way. */
    private @Nullable Promise<Void> looking;

    ReplicaDisk(
            int self,
            ContextInternal loop,
            Clock clock,
            Timers timers,
            LogDirectory directory,
            LogWriter writer,
            StoragePool storage,
            PromiseStore promises,
            Consumer<LogId> appended,
            Consumer<LogId> stagedLost) {
        this.self = self;
        this.loop = loop;
        this.clock = clock;
        this.timers = timers;
        this.directory = directory;
        this.writer = writer;
        this.storage = storage;
        this.promises = promises;
        this.appended = appended;
        this.stagedLost = stagedLost;
        this.cuts = new LogCuts(loop, directory, writer);
    }

    int self() {
        return self;
    }

    ContextInternal loop() {
        return loop;
    }

    long nowMillis() {
        return clock.wallMillis();
    }

    StoragePool storage() {
        return storage;
    }

    PromiseStore promises() {
        return promises;
    }

    LogCuts cuts() {
        return cuts;
    }

    boolean offline() {
        return directory.offline();
    }

    void onAppended(LogId id) {
        appended.accept(id);
    }

    void onStagedLost(LogId id) {
        stagedLost.accept(id);
    }

    /** Completes after a while. */
    Future<Void> later() {
        Promise<Void> waited = loop.promise();
        timers.schedule(REFETCH_DELAY_MILLIS, () -> waited.complete());
        return waited.future();
    }

    /**
     * Completes when every append that was handed in before is in the log, or refused, and the replicas were told. All that ask in
     * one turn of the loop share one; it is queued at the turn's end, behind whatever they did before they asked.
     */
    Future<Void> barrier() {
        Promise<Void> shared = barrier;
        if (shared == null) {
            Promise<Void> mine = loop.promise();
            barrier = mine;
            shared = mine;
            loop.runOnContext(nothing -> {
                barrier = null;
                writer.execute(() -> loop.runOnContext(passed -> mine.complete()));
            });
        }
        return shared.future();
    }

    /**
     * Completes when what the writer has to do now is done; fails if that takes longer. Whoever asks while it is looked at shares
     * the answer.
     */
    Future<Void> passes(int millisMax) {
        Promise<Void> shared = looking;
        if (shared == null) {
            Promise<Void> mine = loop.promise();
            looking = mine;
            shared = mine;
            Timers.Timer late = timers.schedule(
                    millisMax,
                    () -> mine.tryFail(new ThalwegException(
                            ErrorCode.REPLICA_NOT_AVAILABLE,
                            "the disk has more to do than it can in " + millisMax + " ms")));
            barrier().onComplete(passed -> {
                looking = null;
                late.cancel();
                mine.tryComplete();
            });
        }
        return shared.future();
    }

    /** Runs a change on the writer thread, behind all that is queued there. */
    <T> Future<T> onWriter(Callable<T> change) {
        Promise<T> done = loop.promise();
        writer.execute(() -> {
            try {
                T result = change.call();
                loop.runOnContext(nothing -> done.complete(result));
            } catch (Exception failure) {
                loop.runOnContext(nothing -> done.fail(failure));
            }
        });
        return done.future();
    }

    /** Appends batches to one log, in order: all, or none from the first that is refused on. */
    Future<Void> append(Partition partition, List<Append> appends) {
        if (appends.isEmpty()) {
            return loop.succeededFuture();
        }
        List<PendingAppend> pending = new ArrayList<>(appends.size());
        for (Append append : appends) {
            long admitted = inFlight.tryAdmit(append.batches().sizeInBytes());
            PendingAppend one = new PendingAppend(append, partition, -1, loop, inFlight, admitted);
            pending.add(one);
            writer.submit(one);
        }
        return pending.get(pending.size() - 1).future().transform(last -> {
            // Behind the first refusal everything is refused, because the log does not end where it should: that one
            // counts.
            for (Append append : appends) {
                ThalwegException refused = append.failure();
                if (refused != null) {
                    return Future.failedFuture(refused);
                }
            }
            return last.succeeded() ? Future.succeededFuture() : Future.failedFuture(last.cause());
        });
    }
}
