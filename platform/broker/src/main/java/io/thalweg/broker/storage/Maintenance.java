package io.thalweg.broker.storage;

import io.thalweg.environment.Timers;
import io.thalweg.environment.Timers.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the log directory's maintenance on a thread of its own, on a timer and whenever it is asked for. */
public final class Maintenance {

    private static final Logger LOGGER = LoggerFactory.getLogger(Maintenance.class);
    private static final long EXECUTE_MINUTES_MAX = 60;

    private final WorkerExecutor executor;
    private final Timers timers;
    private final long intervalMillis;
    private final Runnable work;
    /** Whether a run is queued that has not begun: asking again adds nothing. */
    private final AtomicBoolean queued = new AtomicBoolean();

    private volatile boolean closed;
    private volatile @Nullable Timer timer;

    public Maintenance(Vertx vertx, Timers timers, long intervalMillis, Runnable work) {
        this.executor = vertx.createSharedWorkerExecutor(
                "thalweg-maintenance-" + Integer.toHexString(System.identityHashCode(this)),
                1,
                EXECUTE_MINUTES_MAX,
                TimeUnit.MINUTES);
        this.timers = timers;
        this.intervalMillis = intervalMillis;
        this.work = work;
    }

    public void start() {
        schedule();
    }

    /** Runs soon, once for all who ask before it begins. From any thread; returns at once. */
    public void wanted() {
        if (!closed && queued.compareAndSet(false, true)) {
            executor.executeBlocking(() -> {
                        queued.set(false);
                        work.run();
                        return true;
                    })
                    .onFailure(failure -> LOGGER.atError()
                            .setMessage("maintenance of the log failed")
                            .setCause(failure)
                            .log());
        }
    }

    /** Completes when the run that may be going on has ended; none follows. */
    public Future<Void> close() {
        closed = true;
        Timer last = timer;
        if (last != null) {
            last.cancel();
        }
        Promise<Void> idle = Promise.promise();
        executor.executeBlocking(() -> true).onComplete(ended -> idle.complete());
        return idle.future().eventually(executor::close);
    }

    private void schedule() {
        if (!closed) {
            timer = timers.schedule(intervalMillis, () -> {
                wanted();
                schedule();
            });
        }
    }
}
