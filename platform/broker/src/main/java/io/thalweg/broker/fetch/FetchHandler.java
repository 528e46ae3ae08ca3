package io.thalweg.broker.fetch;

import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.partition.Partitions;
import io.thalweg.broker.storage.StoragePool;
import io.thalweg.environment.Timers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;

/** Serves fetches; what they share. Safe for any thread. */
public final class FetchHandler {

    /** Counts what fetches do; called on any thread. */
    public interface Observer {
        /** @param fromDisk whether a storage thread had to be asked */
        void onRead(boolean fromDisk);

        void onWaiting();

        void onWaited();

        /** @param records offsets that the answer passes over */
        void onFetched(Uuid topicId, long records, int bytes);

        void onAnswered(int bytes);
    }

    private final Vertx vertx;
    private final Timers timers;
    private final Partitions partitions;
    private final StoragePool storage;
    private final Limits limits;
    private final Observer observer;
    private final LentMemory memory;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean closed;

    /**
     * @param waitMillisMax longest wait
     * @param bytesMax largest answer
     * @param waitersMax fetches that wait at once
     * @param lentBytesMax log memory that answers hold before fetches get small shares only
     */
    public record Limits(int waitMillisMax, int bytesMax, int waitersMax, long lentBytesMax) {}

    public FetchHandler(
            Vertx vertx, Timers timers, Partitions partitions, StoragePool storage, Limits limits, Observer observer) {
        this.vertx = vertx;
        this.timers = timers;
        this.partitions = partitions;
        this.storage = storage;
        this.limits = limits;
        this.observer = observer;
        this.memory = new LentMemory(limits.lentBytesMax());
    }

    /** Reads, and waits if there is too little; completes on the caller's context. */
    public Future<FetchResult> fetch(FetchRequest request) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        FetchOperation operation = new FetchOperation(this, request, context);
        if (context.isRunningOnContext()) {
            operation.begin();
        } else {
            context.runOnContext(nothing -> operation.begin());
        }
        return operation.future();
    }

    /** No fetch waits any more from now on. Those that do are woken by their partitions' resigning. */
    public void close() {
        closed = true;
    }

    Partitions partitions() {
        return partitions;
    }

    StoragePool storage() {
        return storage;
    }

    Timers timers() {
        return timers;
    }

    Limits limits() {
        return limits;
    }

    LentMemory memory() {
        return memory;
    }

    /** Log memory that answers hold which were not closed yet. */
    public long lentBytes() {
        return memory.current();
    }

    Observer observer() {
        return observer;
    }

    /** Takes a place among those who wait; false if there is none left. Give it back with {@link #leaveWaiting()}. */
    boolean enterWaiting() {
        if (closed) {
            return false;
        }
        if (waiting.incrementAndGet() > limits.waitersMax()) {
            waiting.decrementAndGet();
            return false;
        }
        observer.onWaiting();
        return true;
    }

    void leaveWaiting() {
        waiting.decrementAndGet();
        observer.onWaited();
    }
}
