package io.thalweg.cluster.hazelcast;

import io.thalweg.environment.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread for work that calls Hazelcast and may hang there; says how long it has been at it. */
final class WorkThread implements Executor {

    private static final Logger LOGGER = LoggerFactory.getLogger(HazelcastCluster.class);

    /** Membership events and rounds of publishing: nowhere near that many, unless the thread hangs. */
    private static final int TASKS_MAX = 10_000;

    private final Clock clock;
    private final String name;
    private final ThreadPoolExecutor executor;
    private volatile boolean busy;
    private volatile long sinceNanos;

    WorkThread(String name, Clock clock) {
        this.name = name;
        this.clock = clock;
        this.executor = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(TASKS_MAX),
                task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                },
                // It hangs, which is watched for, or it was ended.
                new ThreadPoolExecutor.DiscardPolicy());
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(() -> run(task));
    }

    /** How long the task under way has taken; 0 if there is none. */
    long busyNanos() {
        return busy ? clock.monotonicNanos() - sinceNanos : 0;
    }

    /** Runs nothing more. A task that hangs goes on hanging; the thread does not keep the process alive. */
    void end() {
        executor.shutdownNow();
    }

    private void run(Runnable task) {
        sinceNanos = clock.monotonicNanos();
        busy = true;
        try {
            task.run();
        } catch (RuntimeException failure) {
            if (!executor.isShutdown()) {
                LOGGER.atWarn()
                        .addKeyValue("thread", name)
                        .addKeyValue("error", failure.toString())
                        .log("a call to Hazelcast failed; the next round does it again");
            }
        } finally {
            busy = false;
        }
    }
}
