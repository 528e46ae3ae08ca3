package io.thalweg.broker.fetch;

import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.partition.Waiter;
import io.thalweg.environment.Timers.Timer;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One fetch: look; if there is too little, wait for the partitions and look again; answer.
 *
 * <p>Waiting cannot miss an append: the fetch registers with every partition, then looks whether any changed since it
 * read, and only then rests. {@link #armed} is won by exactly one of: an append, a change of leadership, the timer, or
 * that last look.
 */
final class FetchOperation implements Waiter {

    private final FetchHandler handler;
    private final FetchRequest request;
    private final ContextInternal context;
    private final PromiseInternal<FetchResult> promise;

    /** Whether whoever finds enough may wake this fetch. */
    private final AtomicBoolean armed = new AtomicBoolean();
    /** Bytes that must still become readable before it is worth another look. */
    private final AtomicLong missingBytes = new AtomicLong();

    private volatile boolean expired;

    // Confined to the context; the reads are lent to a storage thread while it works for this fetch.
    private List<PartitionRead> reads = List.of();
    private final List<Runnable> registrations = new ArrayList<>();
    private @Nullable Timer timer;
    private boolean waiting;

    FetchOperation(FetchHandler handler, FetchRequest request, ContextInternal context) {
        this.handler = handler;
        this.request = request;
        this.context = context;
        this.promise = context.promise();
        this.expired = request.maxWaitMillis() <= 0;
    }

    Future<FetchResult> future() {
        return promise.future();
    }

    void begin() {
        look();
    }

    private void look() {
        List<FetchPartition> wanted = request.partitions();
        List<PartitionRead> all = new ArrayList<>(wanted.size());
        List<PartitionRead> blocking = List.of();
        int budget = budget();
        boolean oneBatchSet = false;
        for (FetchPartition partition : wanted) {
            PartitionRead read = new PartitionRead(partition, request, handler.partitions());
            all.add(read);
            int limit = Math.min(Math.max(partition.maxBytes(), 0), budget);
            if (read.readTail(limit, !oneBatchSet)) {
                int bytes = read.sizeInBytes();
                if (bytes > 0) {
                    budget -= Math.min(budget, bytes);
                    oneBatchSet = true;
                    handler.observer().onRead(false);
                }
            } else {
                // What is not in memory gets its share set aside, so that hot partitions cannot starve it.
                budget -= limit;
                oneBatchSet = true;
                if (blocking.isEmpty()) {
                    blocking = new ArrayList<>();
                }
                blocking.add(read);
                handler.observer().onRead(true);
            }
        }
        reads = all;
        if (blocking.isEmpty()) {
            decide();
        } else {
            readBlocking(blocking);
        }
    }

    private void readBlocking(List<PartitionRead> blocking) {
        Future<Boolean> done = handler.storage().tryRead(() -> {
            blocking.forEach(PartitionRead::readBlocking);
            return true;
        });
        if (done == null) {
            // Too many wait for the disk: answer what there is, the reader comes again.
            blocking.forEach(PartitionRead::close);
            answer();
            return;
        }
        done.onComplete(result -> {
            if (result.failed()) {
                blocking.forEach(read -> read.fail(ErrorCode.KAFKA_STORAGE_ERROR));
            }
            readStarved();
            decide();
        });
    }

    /** What was set aside for the disk and not used goes to those who got nothing. */
    private void readStarved() {
        int left = budget();
        boolean oneBatchSet = false;
        for (PartitionRead read : reads) {
            left -= Math.min(left, read.sizeInBytes());
            oneBatchSet |= read.sizeInBytes() > 0;
        }
        for (PartitionRead read : reads) {
            if (read.starved() && (left > 0 || !oneBatchSet)) {
                if (!read.readTail(Math.min(read.bytesWanted(), left), !oneBatchSet)) {
                    // Not in memory: its turn comes with the next fetch.
                    read.close();
                }
                left -= Math.min(left, read.sizeInBytes());
                oneBatchSet |= read.sizeInBytes() > 0;
            }
        }
    }

    private int budget() {
        return handler.memory()
                .limit(Math.min(
                        Math.max(request.maxBytes(), 0), handler.limits().bytesMax()));
    }

    private void decide() {
        long bytes = 0;
        boolean conclusive = reads.isEmpty();
        for (PartitionRead read : reads) {
            bytes += read.sizeInBytes();
            // More than the request has room for is there already: waiting would bring nothing.
            conclusive |= read.conclusive() || read.starved();
        }
        if (conclusive || expired || bytes >= request.minBytes()) {
            answer();
        } else if (!waiting && !handler.enterWaiting()) {
            answer();
        } else {
            await(request.minBytes() - bytes);
        }
    }

    private void await(long missing) {
        reads.forEach(PartitionRead::close);
        missingBytes.set(missing);
        armed.set(true);
        if (!waiting) {
            waiting = true;
            int waitMillis = Math.min(request.maxWaitMillis(), handler.limits().waitMillisMax());
            timer = handler.timers().schedule(waitMillis, this::onTimer);
        }
        boolean outdated = false;
        for (PartitionRead read : reads) {
            Partition partition = read.partition();
            if (partition != null) {
                registrations.add(partition.await(this));
                outdated |= read.outdated();
            }
        }
        if ((outdated || expired) && armed.compareAndSet(true, false)) {
            // Not a call: appends that keep coming must not deepen the stack.
            context.runOnContext(nothing -> lookAgain());
        }
    }

    private void onTimer() {
        expired = true;
        if (armed.compareAndSet(true, false)) {
            if (context.isRunningOnContext()) {
                lookAgain();
            } else {
                context.runOnContext(nothing -> lookAgain());
            }
        }
    }

    @Override
    public boolean onReadable(int bytes) {
        return missingBytes.addAndGet(-bytes) <= 0 && armed.compareAndSet(true, false);
    }

    @Override
    public boolean onChanged() {
        return armed.compareAndSet(true, false);
    }

    @Override
    public ContextInternal context() {
        return context;
    }

    @Override
    public void deliver() {
        if (context.isRunningOnContext()) {
            lookAgain();
        } else {
            // On its thread already, but not as the context: what a look starts must come back to this one.
            context.dispatch(this::lookAgain);
        }
    }

    /** Somebody won {@link #armed}. */
    private void lookAgain() {
        registrations.forEach(Runnable::run);
        registrations.clear();
        look();
    }

    private void answer() {
        if (timer != null) {
            timer.cancel();
        }
        if (waiting) {
            handler.leaveWaiting();
        }
        List<FetchedPartition> partitions = new ArrayList<>(reads.size());
        for (PartitionRead read : reads) {
            Partition partition = read.partition();
            int bytes = read.sizeInBytes();
            if (partition != null && bytes > 0) {
                handler.observer().onFetched(partition.topicId(), read.offsetsPassed(), bytes);
            }
            partitions.add(read.answer(handler.memory()));
        }
        FetchResult result = new FetchResult(partitions);
        handler.observer().onAnswered(result.sizeInBytes());
        if (!promise.tryComplete(result)) {
            result.close();
        }
    }
}
