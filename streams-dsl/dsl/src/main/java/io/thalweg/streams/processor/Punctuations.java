package io.thalweg.streams.processor;

import java.util.PriorityQueue;
import java.util.function.LongConsumer;

/** Callbacks by stream time and by wall clock, each at most once for a moment, however far time jumped. Confined. */
final class Punctuations {

    private static final class Schedule implements Comparable<Schedule> {
        final long intervalMillis;
        final LongConsumer callback;
        long nextMillis;
        boolean cancelled;

        Schedule(long nextMillis, long intervalMillis, LongConsumer callback) {
            this.nextMillis = nextMillis;
            this.intervalMillis = intervalMillis;
            this.callback = callback;
        }

        @Override
        public int compareTo(Schedule other) {
            return Long.compare(nextMillis, other.nextMillis);
        }
    }

    private final PriorityQueue<Schedule> byStreamTime = new PriorityQueue<>();
    private final PriorityQueue<Schedule> byWallClock = new PriorityQueue<>();

    /** The first call comes with the first record, as Kafka Streams has it. */
    Runnable everyStreamTime(long intervalMillis, LongConsumer callback) {
        return add(byStreamTime, new Schedule(0, intervalMillis, callback));
    }

    Runnable everyWallClock(long nowMillis, long intervalMillis, LongConsumer callback) {
        return add(byWallClock, new Schedule(nowMillis + intervalMillis, intervalMillis, callback));
    }

    private static Runnable add(PriorityQueue<Schedule> queue, Schedule schedule) {
        queue.add(schedule);
        return () -> schedule.cancelled = true;
    }

    boolean hasStreamTime() {
        return !byStreamTime.isEmpty();
    }

    void onStreamTime(long nowMillis) {
        run(byStreamTime, nowMillis);
    }

    void onWallClock(long nowMillis) {
        run(byWallClock, nowMillis);
    }

    /** When the wall clock's next callback is due; {@code Long.MAX_VALUE} if there is none. */
    long nextWallClockMillis() {
        Schedule first = byWallClock.peek();
        return first == null ? Long.MAX_VALUE : first.nextMillis;
    }

    private static void run(PriorityQueue<Schedule> queue, long nowMillis) {
        for (Schedule due = queue.peek(); due != null && due.nextMillis <= nowMillis; due = queue.peek()) {
            queue.remove();
            if (!due.cancelled) {
                due.callback.accept(nowMillis);
                // Those that were missed are left out, so that this one does not come again at once.
                due.nextMillis += ((nowMillis - due.nextMillis) / due.intervalMillis + 1) * due.intervalMillis;
                queue.add(due);
            }
        }
    }
}
