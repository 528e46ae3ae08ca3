package io.thalweg.replication.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Virtual time: what is to happen when, in one thread. Things at one moment happen in the order in which they were put there. */
final class Agenda {

    private final PriorityQueue<Scheduled> scheduled =
            new PriorityQueue<>(Comparator.comparingLong(Scheduled::atMicros).thenComparingLong(Scheduled::order));
    private long nowMicros;
    private long order;

    /** What was found in a place that swallows errors, as futures do that belong to no context. */
    private @Nullable AssertionError broken;

    private record Scheduled(long atMicros, long order, Runnable work) {}

    long nowMicros() {
        return nowMicros;
    }

    /** How many things were put here so far. */
    long count() {
        return order;
    }

    /** The run ends with this, whoever swallows it; the first that is found counts. */
    AssertionError broken(AssertionError found) {
        broken = broken == null ? found : broken;
        return found;
    }

    void after(long micros, Runnable work) {
        scheduled.add(new Scheduled(nowMicros + micros, order++, work));
    }

    void runUntil(long micros) {
        while (!scheduled.isEmpty() && scheduled.peek().atMicros() <= micros) {
            Scheduled next = scheduled.poll();
            nowMicros = next.atMicros();
            next.work().run();
            if (broken != null) {
                throw broken;
            }
        }
        nowMicros = micros;
    }
}
