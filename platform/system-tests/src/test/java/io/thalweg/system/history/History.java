package io.thalweg.system.history;

import io.thalweg.system.history.HistoryEvent.Assign;
import io.thalweg.system.history.HistoryEvent.Entry;
import io.thalweg.system.history.HistoryEvent.Outcome;
import io.thalweg.system.history.HistoryEvent.Poll;
import io.thalweg.system.history.HistoryEvent.Send;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Operations in the order in which they completed; what one process sent, in the order in which it did. */
public final class History {

    private final List<HistoryEvent> events = new ArrayList<>();

    public synchronized void add(HistoryEvent event) {
        events.add(event);
    }

    public synchronized List<HistoryEvent> events() {
        return List.copyOf(events);
    }

    /** Writes one JSON object a line, in the format that other checkers of such histories read. */
    public void writeTo(Path file) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            long time = 0;
            for (HistoryEvent event : events()) {
                time++;
                writer.write(toJson(event, time));
                writer.newLine();
            }
        }
    }

    private static String toJson(HistoryEvent event, long time) {
        String head = "{\"t\":" + time + ",\"p\":\"" + event.process() + "\",\"type\":\"";
        if (event instanceof Send send) {
            String value = send.outcome() == Outcome.OK
                    ? "[" + send.offset() + "," + send.value() + "]"
                    : Long.toString(send.value());
            return head + send.outcome().name().toLowerCase(java.util.Locale.ROOT)
                    + "\",\"f\":\"send\",\"mops\":[[\"send\",\"" + send.key() + "\"," + value + "]]}";
        }
        if (event instanceof Poll poll) {
            List<String> keys = new ArrayList<>();
            poll.records().forEach((key, entries) -> keys.add("\"" + key + "\":" + toJson(entries)));
            return head + "ok\",\"f\":\"poll\",\"mops\":[[\"poll\",{" + String.join(",", keys) + "}]]"
                    + (poll.complete() ? ",\"final\":true}" : "}");
        }
        Assign assign = (Assign) event;
        return head + "ok\",\"f\":\"assign\",\"mops\":[],\"seek\":true,\"keys\":[\""
                + String.join("\",\"", assign.keys()) + "\"]}";
    }

    private static String toJson(List<Entry> entries) {
        List<String> pairs = new ArrayList<>();
        for (Entry entry : entries) {
            pairs.add("[" + entry.offset() + "," + entry.value() + "]");
        }
        return "[" + String.join(",", pairs) + "]";
    }
}
