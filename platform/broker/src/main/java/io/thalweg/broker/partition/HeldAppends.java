package io.thalweg.broker.partition;

import io.thalweg.broker.storage.Deliveries;
import io.thalweg.broker.storage.PendingAppend;
import io.thalweg.log.error.ThalwegException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Function;

/**
 * Appends that are in the log and are answered when the replicas hold them, in the order in which they came. Bounded by the
 * bytes in flight, which each of them keeps until it is answered. Its own monitor guards everything; any thread.
 */
final class HeldAppends {

    private final ArrayDeque<PendingAppend> waiting = new ArrayDeque<>();
    /** Of all that wait; a bound, it may be one that was answered since. */
    private long earliestDeadlineNanos;

    synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    synchronized void add(PendingAppend append) {
        if (waiting.isEmpty() || append.deadlineNanos() - earliestDeadlineNanos < 0) {
            earliestDeadlineNanos = append.deadlineNanos();
        }
        waiting.add(append);
    }

    /** Answers all up to the first that ends beyond {@code offset}: order is kept, whatever duplicates wait in between. */
    synchronized void release(long offset, Deliveries deliveries) {
        PendingAppend next = waiting.peek();
        while (next != null && next.append().lastOffset() < offset) {
            deliveries.add(waiting.remove());
            next = waiting.peek();
        }
    }

    /** Fails those whose time is over; what became of them is not known. */
    synchronized void expire(long nowNanos, Function<PendingAppend, ThalwegException> why, Deliveries deliveries) {
        if (waiting.isEmpty() || nowNanos - earliestDeadlineNanos < 0) {
            return;
        }
        long earliest = Long.MAX_VALUE;
        for (Iterator<PendingAppend> each = waiting.iterator(); each.hasNext(); ) {
            PendingAppend append = each.next();
            long left = append.deadlineNanos() - nowNanos;
            if (left <= 0) {
                each.remove();
                append.fail(why.apply(append));
                deliveries.add(append);
            } else {
                earliest = Math.min(earliest, left);
            }
        }
        earliestDeadlineNanos = nowNanos + Math.min(earliest, Long.MAX_VALUE / 2);
    }

    /** Fails those whose batch ends at {@code offset} or behind. */
    synchronized void failFrom(long offset, Function<PendingAppend, ThalwegException> why, Deliveries deliveries) {
        for (Iterator<PendingAppend> each = waiting.iterator(); each.hasNext(); ) {
            PendingAppend append = each.next();
            if (append.append().lastOffset() >= offset) {
                each.remove();
                append.fail(why.apply(append));
                deliveries.add(append);
            }
        }
    }

    synchronized void fail(ThalwegException why, Deliveries deliveries) {
        for (PendingAppend append : waiting) {
            append.fail(why);
            deliveries.add(append);
        }
        waiting.clear();
    }
}
