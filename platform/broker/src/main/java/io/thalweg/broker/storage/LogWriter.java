package io.thalweg.broker.storage;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.internal.PlatformDependent;
import io.thalweg.environment.Clock;
import io.thalweg.log.Append;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.NeedsOperatorException;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.internal.ContextInternal;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that appends to a log directory. It takes whatever is queued, up to a bound, commits it as one group,
 * tells the replicas, and hands the answers over in one task for each event loop; while it commits, the next group queues
 * up. Other work that must not race with appends runs between groups, in its place in the queue.
 *
 * <p>A writer that rests is woken at the end of an event loop's turn, not by the first append of it: the partitions of one
 * request, and requests that arrived together, then share a group and its flush.
 */
public final class LogWriter {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogWriter.class);

    /** A turn of an event loop that brought so much does not keep the writer waiting until its end. */
    private static final int TURN_BYTES_MAX = 128 << 10;

    /** Counts what the writer does; called on its thread. */
    public interface Observer {
        void onCommit(List<PendingAppend> group, long nanos);
    }

    private final LogDirectory directory;
    private final Clock clock;
    private final int groupBytesMax;
    private final Observer observer;
    /** Holds {@link PendingAppend} and {@link Runnable}. Bounded by the admission of bytes before it. */
    private final Queue<Object> queue = PlatformDependent.newMpscQueue();

    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    /** Set by the writer before its last look into the queue: whoever adds after that look sees it and unparks. */
    private volatile boolean idle;

    private volatile boolean closing;

    private final FastThreadLocal<Turn> turns = new FastThreadLocal<>() {
        @Override
        protected Turn initialValue() {
            return new Turn();
        }
    };

    // Confined to the writer thread.
    private final List<PendingAppend> group = new ArrayList<>();
    private final List<Append> appends = new ArrayList<>();
    private final Deliveries deliveries = new Deliveries();
    private @Nullable ThalwegException defect;

    public LogWriter(LogDirectory directory, Clock clock, int groupBytesMax, Observer observer) {
        this.directory = directory;
        this.clock = clock;
        this.groupBytesMax = groupBytesMax;
        this.observer = observer;
        this.thread = new Thread(this::run, "thalweg-log-writer");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Queues an append behind everything that this thread queued before. Never blocks. */
    public void submit(PendingAppend append) {
        if (enqueue(append)) {
            wakeAfterTurn(append);
        }
    }

    /** Runs a task on the writer thread, after all that this thread queued before. It may block the writer for long. */
    public void execute(Runnable task) {
        if (enqueue(task)) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Commits what was queued and ends the thread. Blocks until it has; nothing may be submitted any more.
     *
     * @throws InterruptedException if the caller was interrupted; the writer still ends
     */
    public void close() throws InterruptedException {
        closing = true;
        LockSupport.unpark(thread);
        ended.await();
    }

    /** Whether the writer rests and must be woken. */
    private boolean enqueue(Object work) {
        queue.add(work);
        // Orders the store above before the load below, against the mirror image in awaitWork: one of both sees the
        // other.
        VarHandle.fullFence();
        return idle;
    }

    private void wakeAfterTurn(PendingAppend append) {
        ContextInternal context = append.context();
        EventLoop loop = context.isEventLoopContext() ? context.nettyEventLoop() : null;
        if (loop == null || !loop.inEventLoop()) {
            LockSupport.unpark(thread);
            return;
        }
        turns.get().onAppend(loop, append.sizeInBytes());
    }

    /** What one event loop queued since its turn began while the writer rested. Confined to that loop's thread. */
    private final class Turn implements Runnable {
        private boolean scheduled;
        private int bytes;

        void onAppend(EventLoop loop, int more) {
            bytes += more;
            if (bytes >= TURN_BYTES_MAX) {
                bytes = 0;
                LockSupport.unpark(thread);
            } else if (!scheduled) {
                scheduled = true;
                try {
                    loop.execute(this);
                } catch (RejectedExecutionException closed) {
                    run();
                }
            }
        }

        @Override
        public void run() {
            scheduled = false;
            bytes = 0;
            if (idle) {
                LockSupport.unpark(thread);
            }
        }
    }

    private void run() {
        try {
            while (true) {
                Object work = queue.poll();
                if (work != null) {
                    drain(work);
                } else if (closing && queue.isEmpty()) {
                    return;
                } else {
                    awaitWork();
                }
            }
        } finally {
            ended.countDown();
        }
    }

    private void awaitWork() {
        idle = true;
        VarHandle.fullFence();
        if (queue.isEmpty() && !closing) {
            LockSupport.park(this);
        }
        idle = false;
    }

    /** Takes a group that begins with {@code first} and commits it; a task ends the group before it. */
    private void drain(Object first) {
        int bytes = 0;
        @Nullable Object work = first;
        while (work instanceof PendingAppend pending) {
            if (!pending.target().admits(pending)) {
                pending.refuse();
            }
            group.add(pending);
            bytes += pending.sizeInBytes();
            work = bytes < groupBytesMax ? queue.poll() : null;
        }
        commit();
        if (work instanceof Runnable task) {
            run(task);
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException failure) {
            LOGGER.atError()
                    .setMessage("a task of the log writer failed")
                    .setCause(failure)
                    .log();
        }
    }

    private void commit() {
        if (group.isEmpty()) {
            deliveries.flush();
            return;
        }
        long began = clock.monotonicNanos();
        for (PendingAppend pending : group) {
            appends.add(pending.append());
        }
        try {
            if (defect == null) {
                directory.append(appends);
            }
        } catch (RuntimeException | Error thrown) {
            broken(thrown);
        }
        // Before the answers: with its answer a caller gets the memory of its batches back.
        observer.onCommit(group, clock.monotonicNanos() - began);
        answer();
        group.clear();
        appends.clear();
    }

    private void answer() {
        for (PendingAppend pending : group) {
            Append append = pending.append();
            if (defect != null && !append.done()) {
                pending.fail(defect);
            } else if (append.failure() == null) {
                if (!append.duplicate()) {
                    pending.target().onAppended(append, deliveries);
                }
                if (pending.target().holds(pending)) {
                    continue;
                }
            } else {
                sayWhatIsKnown(pending, append.failure());
            }
            deliveries.add(pending);
        }
        deliveries.flush();
    }

    private void sayWhatIsKnown(PendingAppend pending, ThalwegException failure) {
        if (pending.append().undecided()) {
            pending.fail(new UndecidedAppendException(failure.error(), String.valueOf(failure.getMessage())));
            return;
        }
        boolean forGood = directory.offline() || pending.append().log().damage() != null;
        if (forGood && failure.error() == ErrorCode.KAFKA_STORAGE_ERROR) {
            pending.fail(new NeedsOperatorException(String.valueOf(failure.getMessage()), failure));
        }
    }

    private void broken(Throwable thrown) {
        LOGGER.atError()
                .setMessage("the log writer met a defect; no append is accepted any more, restart the node")
                .setCause(thrown)
                .log();
        defect = new NeedsOperatorException(
                "the node's log writer failed and accepts nothing; look into its log and restart it", thrown);
    }
}
