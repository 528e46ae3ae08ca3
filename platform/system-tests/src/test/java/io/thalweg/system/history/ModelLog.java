package io.thalweg.system.history;

import io.thalweg.system.history.HistoryEvent.Assign;
import io.thalweg.system.history.HistoryEvent.Entry;
import io.thalweg.system.history.HistoryEvent.Outcome;
import io.thalweg.system.history.HistoryEvent.Poll;
import io.thalweg.system.history.HistoryEvent.Send;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Makes histories of a correct log with two writers and two readers, or of one with a single defect. */
final class ModelLog {

    enum Defect {
        NONE,
        LOSE_ACKNOWLEDGED,
        LOSE_TAIL,
        DUPLICATE,
        APPEND_REFUSED,
        REORDER,
        SKIP,
        REWIND,
        PHANTOM
    }

    private static final List<String> KEYS = List.of("a/0", "b/1");
    private static final int WARM_UP_SENDS = 10;

    private final SplittableRandom random;
    private final Defect defect;
    private final History history = new History();
    private final Map<String, List<Entry>> logs = new HashMap<>();
    private final Map<String, Long> nextOffset = new HashMap<>();
    private final Map<String, Integer> positions = new HashMap<>();
    private long lastValue;
    private boolean struck;

    private ModelLog(long seed, Defect defect) {
        this.random = new SplittableRandom(seed);
        this.defect = defect;
    }

    /** The history, or null if the seed gave the defect no occasion. */
    static @org.jspecify.annotations.Nullable History generate(long seed, Defect defect, int operations) {
        ModelLog model = new ModelLog(seed, defect);
        model.run(operations);
        return model.struck || defect == Defect.NONE ? model.history : null;
    }

    private void run(int operations) {
        for (String key : KEYS) {
            logs.put(key, new ArrayList<>());
            nextOffset.put(key, 0L);
        }
        assign("c0");
        assign("c1");
        for (int operation = 0; operation < operations; operation++) {
            if (random.nextInt(100) < 55) {
                send("w" + random.nextInt(2), KEYS.get(random.nextInt(2)));
            } else {
                poll("c" + random.nextInt(2), false);
            }
        }
        if (defect == Defect.LOSE_TAIL) {
            loseTail();
        }
        assign("final");
        while (behind("final")) {
            poll("final", true);
        }
    }

    private void assign(String process) {
        KEYS.forEach(key -> positions.put(process + key, 0));
        history.add(new Assign(process, KEYS));
    }

    private void send(String process, String key) {
        long value = ++lastValue;
        boolean strike = !struck && value > WARM_UP_SENDS;
        int chance = random.nextInt(100);
        if (chance < 8) {
            if (strike && defect == Defect.APPEND_REFUSED) {
                append(key, value);
                struck = true;
            }
            history.add(new Send(process, key, value, -1, Outcome.FAIL));
            return;
        }
        if (chance < 16) {
            if (random.nextBoolean()) {
                append(key, value);
            }
            history.add(new Send(process, key, value, -1, Outcome.INFO));
            return;
        }
        long offset = nextOffset.get(key);
        if (strike && defect == Defect.LOSE_ACKNOWLEDGED) {
            nextOffset.merge(key, 1L, Long::sum);
            struck = true;
        } else {
            append(key, value);
        }
        if (strike && defect == Defect.DUPLICATE) {
            append(key, value);
            struck = true;
        }
        List<Entry> log = logs.get(key);
        if (strike && defect == Defect.REORDER && log.size() > 5) {
            Entry last = log.get(log.size() - 1);
            Entry before = log.get(log.size() - 2);
            log.set(log.size() - 2, new Entry(before.offset(), last.value()));
            log.set(log.size() - 1, new Entry(last.offset(), before.value()));
            struck = true;
        }
        history.add(new Send(process, key, value, offset, Outcome.OK));
        if (random.nextInt(10) == 0) {
            nextOffset.merge(key, 1L, Long::sum);
        }
    }

    private void append(String key, long value) {
        logs.get(key).add(new Entry(nextOffset.get(key), value));
        nextOffset.merge(key, 1L, Long::sum);
    }

    private void poll(String process, boolean complete) {
        Map<String, List<Entry>> records = new HashMap<>();
        for (String key : KEYS) {
            List<Entry> log = logs.get(key);
            int position = positions.get(process + key);
            if (!struck && !complete && position > 3 && defect == Defect.SKIP && log.size() > position + 2) {
                position++;
                struck = true;
            } else if (!struck && !complete && position > 3 && defect == Defect.REWIND && log.size() > position) {
                position -= 2;
                struck = true;
            }
            int end = Math.min(log.size(), position + random.nextInt(5));
            List<Entry> read = new ArrayList<>(log.subList(position, end));
            if (!struck && !read.isEmpty() && lastValue > WARM_UP_SENDS && defect == Defect.PHANTOM) {
                read.add(new Entry(read.get(read.size() - 1).offset() + 1_000, 999_999));
                struck = true;
            }
            positions.put(process + key, end);
            if (!read.isEmpty()) {
                records.put(key, read);
            }
        }
        history.add(new Poll(process, records, complete));
    }

    private boolean behind(String process) {
        return KEYS.stream()
                .anyMatch(key -> positions.get(process + key) < logs.get(key).size());
    }

    /** Drops the last records of each key, if one of them was acknowledged or read. */
    private void loseTail() {
        for (String key : KEYS) {
            List<Entry> log = logs.get(key);
            int cut = Math.max(0, log.size() - 3);
            for (Entry lost : log.subList(cut, log.size())) {
                struck |= history.events().stream()
                        .anyMatch(event -> event instanceof Send send
                                && send.value() == lost.value()
                                && send.outcome() == Outcome.OK);
            }
            log.subList(cut, log.size()).clear();
        }
    }
}
