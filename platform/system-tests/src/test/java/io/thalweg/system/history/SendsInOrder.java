package io.thalweg.system.history;

import io.thalweg.system.history.HistoryEvent.Send;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells a history what one process sent in the order in which it did so. A producer that sent a batch again is answered later
 * for it than for those behind it, which says nothing of where they lie in the log. Any thread.
 */
public final class SendsInOrder {

    private final History history;

    /** Answered, while something that was sent before them is not. */
    private final Map<Long, Send> waiting = new HashMap<>();

    private long next = 1;

    public SendsInOrder(History history) {
        this.history = history;
    }

    /** @param place of the send among those of the process, from 1; each is told once */
    public synchronized void add(long place, Send send) {
        waiting.put(place, send);
        for (Send answered = waiting.remove(next); answered != null; answered = waiting.remove(next)) {
            history.add(answered);
            next++;
        }
    }

    /** Nothing will be answered any more: tells what was kept back by something that never was. */
    public synchronized void end() {
        new TreeMap<>(waiting).values().forEach(history::add);
        waiting.clear();
    }
}
