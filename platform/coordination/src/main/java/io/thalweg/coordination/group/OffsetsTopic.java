package io.thalweg.coordination.group;

import io.thalweg.coordination.runtime.CoordinatorLog;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.AsyncResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The offsets topic, made on first use. What arrives while it is being made runs afterwards in the order of arrival, so
 * that two commits of one client are never swapped. Safe for any thread.
 */
final class OffsetsTopic {

    static final String NAME = "__consumer_offsets";

    private static final Map<String, String> CONFIGS =
            Map.of("cleanup.policy", "compact", "compression.type", "producer", "segment.bytes", "104857600");
    private static final int WAITING_MAX = 20_000;

    private final CoordinatorLog log;
    private final int partitionsWanted;
    /** 0 until requests may go straight through. */
    private volatile int partitionCount;

    // Guarded by this.
    private boolean creating;
    private List<Waiting> waiting = new ArrayList<>();

    OffsetsTopic(CoordinatorLog log, int partitionsWanted) {
        this.log = log;
        this.partitionsWanted = partitionsWanted;
    }

    /** Whether there can be any group: the topic exists, or is being made. */
    boolean exists() {
        if (partitionCount > 0 || log.partitionCount(NAME) > 0) {
            return true;
        }
        synchronized (this) {
            return creating;
        }
    }

    /** Partitions of the topic; 0 while it is absent. */
    int partitionCount() {
        return Math.max(0, log.partitionCount(NAME));
    }

    /** Calls {@code use} with the number of partitions, creating the topic if need be, or {@code failed}. */
    void whenPresent(IntConsumer use, Consumer<Throwable> failed) {
        int ready = partitionCount;
        if (ready == 0) {
            ready = readyOrQueued(use, failed);
        }
        if (ready > 0) {
            use.accept(ready);
        }
    }

    private int readyOrQueued(IntConsumer use, Consumer<Throwable> failed) {
        synchronized (this) {
            if (partitionCount == 0 && !creating) {
                partitionCount = partitionCount();
            }
            if (partitionCount > 0) {
                return partitionCount;
            }
            if (waiting.size() >= WAITING_MAX) {
                failed.accept(new ThalwegException(
                        ErrorCode.COORDINATOR_NOT_AVAILABLE,
                        "too many requests wait for the offsets topic: limit=" + WAITING_MAX + "; ask again"));
                return 0;
            }
            waiting.add(new Waiting(use, failed));
            if (creating) {
                return 0;
            }
            creating = true;
        }
        log.ensureTopic(NAME, partitionsWanted, CONFIGS).onComplete(this::onCreated);
        return 0;
    }

    /** Runs the waiting under the lock: they only hand work to their shards, and nobody may overtake them. */
    private synchronized void onCreated(AsyncResult<Integer> outcome) {
        List<Waiting> released = waiting;
        waiting = new ArrayList<>();
        creating = false;
        for (Waiting one : released) {
            if (outcome.succeeded()) {
                one.use.accept(outcome.result());
            } else {
                one.failed.accept(outcome.cause());
            }
        }
        if (outcome.succeeded()) {
            partitionCount = outcome.result();
        }
    }

    private record Waiting(IntConsumer use, Consumer<Throwable> failed) {}
}
