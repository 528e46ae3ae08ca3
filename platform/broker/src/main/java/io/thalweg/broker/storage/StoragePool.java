package io.thalweg.broker.storage;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Bounded threads and a bounded queue for what blocks on disk. Safe for any thread. */
public final class StoragePool {

    private static final long EXECUTE_MINUTES_MAX = 10;

    private final WorkerExecutor executor;
    private final int waitingMax;
    private final AtomicInteger waiting = new AtomicInteger();
    /** Tasks queued or running, and one more until {@link #close()}. */
    private final AtomicInteger active = new AtomicInteger(1);

    private final Promise<Void> idle = Promise.promise();
    private volatile boolean closed;

    public StoragePool(Vertx vertx, int threads, int waitingMax) {
        this.executor = vertx.createSharedWorkerExecutor(
                "thalweg-storage-" + Integer.toHexString(System.identityHashCode(this)),
                threads,
                EXECUTE_MINUTES_MAX,
                TimeUnit.MINUTES);
        this.waitingMax = waitingMax;
    }

    /** Runs a read, in no order; completes on the caller's context. Null, at once, when too many are waiting. */
    public <T> @Nullable Future<T> tryRead(Callable<T> read) {
        if (closed) {
            return null;
        }
        if (waiting.incrementAndGet() > waitingMax) {
            waiting.decrementAndGet();
            return null;
        }
        return run(() -> {
            waiting.decrementAndGet();
            return read.call();
        });
    }

    /**
     * Runs rare administrative work, whatever the queue holds; completes on the caller's context. Fails with
     * BROKER_NOT_AVAILABLE once the pool was closed.
     */
    public <T> Future<T> run(Callable<T> task) {
        if (closed) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.BROKER_NOT_AVAILABLE, "the node is shutting down; ask again when it is back"));
        }
        active.incrementAndGet();
        return executor.executeBlocking(task, false).onComplete(done -> leave());
    }

    /** Takes no more reads, and completes when all work has ended. Never interrupts a thread: that would close files. */
    public Future<Void> close() {
        closed = true;
        leave();
        return idle.future().eventually(executor::close);
    }

    private void leave() {
        if (active.decrementAndGet() == 0) {
            idle.tryComplete();
        }
    }
}
