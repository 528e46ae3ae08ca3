package io.thalweg.broker.replica;

import io.thalweg.environment.Clock;
import io.thalweg.environment.Timers;
import io.thalweg.environment.Timers.Timer;
import io.thalweg.log.LogDirectory;
import io.thalweg.replication.node.ReplicationNode;
import io.thalweg.replication.promise.PromiseStore;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets others lead while this node's disk cannot take what clients append: they reach the log without replication being asked,
 * so that nothing else would tell it. A full disk hands over and takes part again once there is room; one that does not
 * answer resigns; one that failed is offline until the node starts again. Confined to the context of its timers.
 */
final class DiskWatch {

    private static final Logger LOGGER = LoggerFactory.getLogger(DiskWatch.class);

    /** A clean answer from a full disk costs clients one retry; how soon they find another leader hangs on this. */
    private static final int INTERVAL_MILLIS = 100;

    private final Clock clock;
    private final Timers timers;
    private final LogDirectory directory;
    private final PromiseStore promises;
    private final ReplicationNode node;
    private final long stallNanos;

    private @Nullable Timer timer;
    private State state = State.SOUND;

    /** How far appends were when they were last seen to move, or to rest, and when that was. */
    private long steps;

    private long movedNanos;
    private boolean closed;

    private enum State {
        SOUND,
        FULL,
        STALLED,
        FAILED
    }

    /** @param stallMillis appends that are under way and get no further for so long mean that the disk does not answer */
    DiskWatch(
            Clock clock,
            Timers timers,
            LogDirectory directory,
            PromiseStore promises,
            ReplicationNode node,
            int stallMillis) {
        this.clock = clock;
        this.timers = timers;
        this.movedNanos = clock.monotonicNanos();
        this.directory = directory;
        this.promises = promises;
        this.node = node;
        this.stallNanos = stallMillis * 1_000_000L;
    }

    void start() {
        timer = timers.schedule(INTERVAL_MILLIS, () -> {
            if (!closed) {
                look();
                start();
            }
        });
    }

    void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    private void look() {
        promises.retryIfFull();
        String failed = directory.offlineReason();
        if (failed != null) {
            if (state != State.FAILED) {
                state = State.FAILED;
                node.diskFailed(new IOException(failed));
            }
        } else if (standsStill()) {
            enter(State.STALLED, "the disk does not answer: others lead what this node led, until it does");
            node.resignLeaderships();
        } else if (directory.full()) {
            enter(State.FULL, "the disk is full: others lead what this node led, until there is room; free some");
            node.yieldLeaderships();
        } else {
            enter(State.SOUND, "the disk takes appends again");
        }
    }

    private boolean standsStill() {
        long now = clock.monotonicNanos();
        long seen = directory.steps();
        // A group of thousands of logs takes its time, and moves all the while.
        if (!directory.appending() || seen != steps) {
            steps = seen;
            movedNanos = now;
        }
        return now - movedNanos > stallNanos;
    }

    private void enter(State next, String message) {
        if (state != next) {
            state = next;
            LOGGER.atWarn().setMessage(message).log();
        }
    }
}
