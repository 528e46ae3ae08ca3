package io.thalweg.replication.node;

import io.thalweg.environment.Clock;
import io.thalweg.environment.Timers;
import org.jspecify.annotations.Nullable;

/**
 * When a node acts: at the end of a turn of the loop in which something happened, so that all of it travels together, and at
 * the earliest moment that anybody asked for. One timer, however many replicas there are.
 */
final class Turn {

    private final Timers timers;
    private final Clock clock;
    private final Runnable act;

    private boolean ending;
    private boolean closed;
    private Timers.@Nullable Timer alarm;
    private long alarmNanos;

    Turn(Timers timers, Clock clock, Runnable act) {
        this.timers = timers;
        this.clock = clock;
        this.act = act;
    }

    /** Something happened: act when this turn ends. */
    void end() {
        if (!ending && !closed) {
            ending = true;
            timers.schedule(0, this::ended);
        }
    }

    private void ended() {
        ending = false;
        if (!closed) {
            act.run();
        }
    }

    /** Act then, too. */
    void at(long nanos) {
        if (closed || (alarm != null && alarmNanos - nanos <= 0)) {
            return;
        }
        if (alarm != null) {
            alarm.cancel();
        }
        alarmNanos = nanos;
        long delay = nanos - clock.monotonicNanos();
        long millis = delay <= 0 ? 0 : (delay + Site.NANOS_PER_MILLI - 1) / Site.NANOS_PER_MILLI;
        alarm = timers.schedule(millis, this::rang);
    }

    private void rang() {
        alarm = null;
        if (!closed) {
            act.run();
        }
    }

    void close() {
        closed = true;
        if (alarm != null) {
            alarm.cancel();
        }
    }
}
