package io.thalweg.broker.storage;

import io.thalweg.environment.Timers;
import io.thalweg.environment.Timers.Timer;
import io.thalweg.log.LogDirectory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the log directory's maintenance on a thread of its own: all of it on a timer, flushes whenever the journal asks. */
public final class Maintenance {

    private static final Logger LOGGER = LoggerFactory.getLogger(Maintenance.class);
    private static final long EXECUTE_MINUTES_MAX = 60;

    private final WorkerExecutor executor;
    private final Timers timers;
    private final long intervalMillis;
    private final LogDirectory directory;

    /** Whether a run is queued that has not begun: asking again adds nothing. */
    private final AtomicBoolean maintainQueued = new AtomicBoolean();

    private final AtomicBoolean flushQueued = new AtomicBoolean();

    private volatile boolean closed;
    private volatile @Nullable Timer timer;

    public Maintenance(Vertx vertx, Timers timers, long intervalMillis, LogDirectory directory) {
        this.executor = vertx.createSharedWorkerExecutor(
                "thalweg-maintenance-" + Integer.toHexString(System.identityHashCode(this)),
                1,
                EXECUTE_MINUTES_MAX,
                TimeUnit.MINUTES);
        this.timers = timers;
        this.intervalMillis = intervalMillis;
        this.directory = directory;
    }

    public void start() {
        schedule();
    }

    /** The journal asks for flushes; once for all that is asked before it begins. From any thread; returns at once. */
    public void flushWanted() {
        queue(flushQueued, directory::flushBehind);
    }

    private void queue(AtomicBoolean queued, Runnable work) {
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
                queue(maintainQueued, directory::maintain);
                schedule();
            });
        }
    }
}
