package io.thalweg.system.history;

import io.thalweg.system.history.HistoryEvent.Assign;
import io.thalweg.system.history.HistoryEvent.Entry;
import io.thalweg.system.history.HistoryEvent.Outcome;
import io.thalweg.system.history.HistoryEvent.Poll;
import io.thalweg.system.history.HistoryEvent.Send;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Decides whether a {@link History} can be that of a correct log. Ignores gaps between offsets. */
public final class HistoryChecker {

    /** @param anomalies what was found, each with a few examples */
    public record Verdict(
            boolean valid,
            long acknowledged,
            long refused,
            long unknown,
            long distinctRead,
            Map<Anomaly, Finding> anomalies) {}

    public record Finding(int count, List<String> examples) {}

    private static final int EXAMPLES_MAX = 4;

    private final Map<Anomaly, Integer> counts = new EnumMap<>(Anomaly.class);
    private final Map<Anomaly, List<String>> examples = new EnumMap<>(Anomaly.class);
    private final Map<String, KeyLog> logs = new TreeMap<>();

    /** What is known of one key. */
    private static final class KeyLog {
        final Map<Long, Send> writers = new HashMap<>();
        final Set<Long> read = new HashSet<>();
        final Set<Long> readCompletely = new HashSet<>();
        final TreeMap<Long, TreeSet<Long>> valuesAt = new TreeMap<>();
        final Map<Long, Integer> firstIndex = new HashMap<>();
        final Map<Long, Integer> lastIndex = new HashMap<>();

        boolean committed(Send send) {
            return send.outcome() == Outcome.OK || (send.outcome() == Outcome.INFO && read.contains(send.value()));
        }
    }

    private HistoryChecker() {}

    public static Verdict check(History history) {
        HistoryChecker checker = new HistoryChecker();
        return checker.run(history.events());
    }

    private Verdict run(List<HistoryEvent> events) {
        boolean readCompletely = collect(events);
        logs.forEach(this::index);
        logs.forEach(this::checkReads);
        logs.forEach(this::checkLost);
        if (readCompletely) {
            logs.forEach(this::checkEnd);
        }
        checkOrder(events);
        long acknowledged = count(events, Outcome.OK);
        long distinctRead =
                logs.values().stream().mapToLong(log -> log.read.size()).sum();
        Map<Anomaly, Finding> findings = new EnumMap<>(Anomaly.class);
        counts.forEach((anomaly, count) ->
                findings.put(anomaly, new Finding(count, examples.getOrDefault(anomaly, List.of()))));
        return new Verdict(
                findings.isEmpty() && acknowledged > 0 && distinctRead > 0,
                acknowledged,
                count(events, Outcome.FAIL),
                count(events, Outcome.INFO),
                distinctRead,
                findings);
    }

    private static long count(List<HistoryEvent> events, Outcome outcome) {
        return events.stream()
                .filter(event -> event instanceof Send send && send.outcome() == outcome)
                .count();
    }

    private KeyLog log(String key) {
        return logs.computeIfAbsent(key, name -> new KeyLog());
    }

    /** Returns whether the history ends with a complete read. */
    private boolean collect(List<HistoryEvent> events) {
        boolean readCompletely = false;
        for (HistoryEvent event : events) {
            if (event instanceof Send send) {
                log(send.key()).writers.put(send.value(), send);
            } else if (event instanceof Poll poll) {
                readCompletely |= poll.complete();
                poll.records().forEach((key, entries) -> {
                    for (Entry entry : entries) {
                        log(key).read.add(entry.value());
                        if (poll.complete()) {
                            log(key).readCompletely.add(entry.value());
                        }
                    }
                });
            }
        }
        for (HistoryEvent event : events) {
            if (event instanceof Send send && send.outcome() == Outcome.OK) {
                place(log(send.key()), send.offset(), send.value());
            } else if (event instanceof Poll poll) {
                poll.records()
                        .forEach((key, entries) ->
                                entries.forEach(entry -> place(log(key), entry.offset(), entry.value())));
            }
        }
        return readCompletely;
    }

    private static void place(KeyLog log, long offset, long value) {
        log.valuesAt.computeIfAbsent(offset, at -> new TreeSet<>()).add(value);
    }

    /** Numbers the offsets densely and finds values and offsets that are not one to one. */
    private void index(String key, KeyLog log) {
        Map<Long, Integer> placesOf = new HashMap<>();
        int index = 0;
        for (Map.Entry<Long, TreeSet<Long>> at : log.valuesAt.entrySet()) {
            if (at.getValue().size() > 1) {
                found(
                        Anomaly.INCONSISTENT_OFFSETS,
                        "key=" + key + " offset=" + at.getKey() + " values=" + at.getValue());
            }
            for (long value : at.getValue()) {
                log.firstIndex.putIfAbsent(value, index);
                log.lastIndex.put(value, index);
                placesOf.merge(value, 1, Integer::sum);
            }
            index++;
        }
        placesOf.forEach((value, places) -> {
            if (places > 1) {
                found(Anomaly.DUPLICATE, "key=" + key + " value=" + value + " places=" + places);
            }
        });
    }

    private void checkReads(String key, KeyLog log) {
        for (long value : log.read) {
            Send writer = log.writers.get(value);
            if (writer == null) {
                found(Anomaly.PHANTOM, "key=" + key + " value=" + value);
            } else if (writer.outcome() == Outcome.FAIL) {
                found(Anomaly.ABORTED_READ, "key=" + key + " value=" + value);
            }
        }
    }

    private void checkLost(String key, KeyLog log) {
        int bound = -1;
        for (long value : log.read) {
            bound = Math.max(bound, log.firstIndex.getOrDefault(value, -1));
        }
        for (Map.Entry<Long, Integer> place : log.lastIndex.entrySet()) {
            Send writer = log.writers.get(place.getKey());
            if (place.getValue() <= bound
                    && !log.read.contains(place.getKey())
                    && writer != null
                    && log.committed(writer)) {
                found(Anomaly.LOST_WRITE, "key=" + key + " value=" + place.getKey() + " offset=" + writer.offset());
            }
        }
    }

    private void checkEnd(String key, KeyLog log) {
        for (Send send : log.writers.values()) {
            boolean known = send.outcome() == Outcome.OK;
            if (known && !log.read.contains(send.value())) {
                found(Anomaly.UNSEEN, "key=" + key + " value=" + send.value() + " offset=" + send.offset());
            }
            if ((known || log.read.contains(send.value())) && !log.readCompletely.contains(send.value())) {
                found(Anomaly.VANISHED, "key=" + key + " value=" + send.value() + " offset=" + send.offset());
            }
        }
    }

    /** Follows each process: what it read and what it sent must lie in the order in which it did so. */
    private void checkOrder(List<HistoryEvent> events) {
        Map<String, Map<String, Long>> lastRead = new HashMap<>();
        Map<String, Map<String, Long>> lastSent = new HashMap<>();
        for (HistoryEvent event : events) {
            if (event instanceof Assign) {
                lastRead.remove(event.process());
            } else if (event instanceof Poll poll) {
                Map<String, Long> last = lastRead.computeIfAbsent(event.process(), process -> new HashMap<>());
                poll.records().forEach((key, entries) -> {
                    for (Entry entry : entries) {
                        Long before = last.put(key, entry.value());
                        if (before != null) {
                            int step = step(key, before, entry.value());
                            if (step > 1) {
                                found(Anomaly.POLL_SKIP, describe(event, key, before, entry.value(), step));
                            } else if (step < 1) {
                                found(Anomaly.NONMONOTONIC_POLL, describe(event, key, before, entry.value(), step));
                            }
                        }
                    }
                });
            } else if (event instanceof Send send && send.outcome() != Outcome.FAIL && placed(send)) {
                Long before = lastSent.computeIfAbsent(event.process(), process -> new HashMap<>())
                        .put(send.key(), send.value());
                if (before != null && step(send.key(), before, send.value()) < 1) {
                    found(Anomaly.NONMONOTONIC_SEND, describe(event, send.key(), before, send.value(), 0));
                }
            }
        }
    }

    private boolean placed(Send send) {
        return log(send.key()).firstIndex.containsKey(send.value());
    }

    private int step(String key, long from, long to) {
        Map<Long, Integer> index = log(key).firstIndex;
        return index.getOrDefault(to, 0) - index.getOrDefault(from, 0);
    }

    private static String describe(HistoryEvent event, String key, long from, long to, int step) {
        return "process=" + event.process() + " key=" + key + " from=" + from + " to=" + to + " step=" + step;
    }

    private void found(Anomaly anomaly, String example) {
        counts.merge(anomaly, 1, Integer::sum);
        List<String> kept = examples.computeIfAbsent(anomaly, name -> new ArrayList<>());
        if (kept.size() < EXAMPLES_MAX) {
            kept.add(example);
        }
    }
}
