package io.thalweg.replication.simulation;

import io.thalweg.replication.LogPosition;
import io.thalweg.replication.ReplicaLog;
import io.thalweg.replication.Voters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A log and its disk: entries, how much of them is flushed, and what a truncation that is not flushed may bring back. */
final class SimulatedLog implements ReplicaLog {

    private long start;
    private int startEpoch;
    private List<Entry> entries = new ArrayList<>();

    /** Among the entries, by offset. */
    private final NavigableMap<Long, Voters> voterRecords = new TreeMap<>();

    private long durableEnd;
    private Voters baseVoters;
    private long baseVotersOffset;
    private boolean reportsUnflushed;

    /** What stood on disk before a truncation or restart that no flush has followed yet. */
    private @Nullable Before before;

    private record Before(long start, int startEpoch, List<Entry> entries, Voters voters, long votersOffset) {}

    SimulatedLog(Voters initial) {
        this.baseVoters = initial;
    }

    /** As with durability {@code os}: what is written counts. */
    void reportUnflushed() {
        reportsUnflushed = true;
    }

    @Override
    public LogPosition end() {
        return new LogPosition(
                entries.isEmpty() ? startEpoch : entries.get(entries.size() - 1).epoch(), endOffset());
    }

    private long endOffset() {
        return start + entries.size();
    }

    @Override
    public long durableEnd() {
        return reportsUnflushed ? endOffset() : durableEnd;
    }

    long flushedEnd() {
        return durableEnd;
    }

    @Override
    public LogPosition start() {
        return new LogPosition(startEpoch, start);
    }

    @Override
    public LogPosition endOfEpoch(int epoch) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).epoch() <= epoch) {
                return new LogPosition(entries.get(i).epoch(), start + i + 1);
            }
        }
        return start();
    }

    @Override
    public Voters voters() {
        return voterRecords.isEmpty() ? baseVoters : voterRecords.lastEntry().getValue();
    }

    @Override
    public Voters votersBefore() {
        if (voterRecords.isEmpty()) {
            return baseVoters;
        }
        Map.Entry<Long, Voters> before = voterRecords.lowerEntry(voterRecords.lastKey());
        return before == null ? baseVoters : before.getValue();
    }

    @Override
    public long votersOffset() {
        return voterRecords.isEmpty() ? baseVotersOffset : voterRecords.lastKey() + 1;
    }

    /** Finds the voter records again after entries came from somewhere else. */
    private void findVoters() {
        voterRecords.clear();
        long offset = start;
        for (Entry entry : entries) {
            if (entry.voters() != null) {
                voterRecords.put(offset, entry.voters());
            }
            offset++;
        }
    }

    void append(Entry entry) {
        if (entry.voters() != null) {
            voterRecords.put(endOffset(), entry.voters());
        }
        entries.add(entry);
    }

    void append(List<Entry> more) {
        more.forEach(this::append);
    }

    /** Flushes what was there when the flush began. */
    void forced(long upTo) {
        durableEnd = Math.max(durableEnd, Math.min(upTo, endOffset()));
        before = null;
    }

    void truncateTo(long offset) {
        remember();
        entries = new ArrayList<>(entries.subList(0, (int) (offset - start)));
        voterRecords.tailMap(offset, true).clear();
        durableEnd = Math.min(durableEnd, offset);
    }

    void restartAt(LogPosition at, Voters voters) {
        remember();
        start = at.offset();
        startEpoch = at.epoch();
        entries = new ArrayList<>();
        durableEnd = start;
        baseVoters = voters;
        baseVotersOffset = 0;
        findVoters();
    }

    private void remember() {
        if (before == null) {
            before = new Before(
                    start, startEpoch, entries.subList(0, (int) (durableEnd - start)), baseVoters, baseVotersOffset);
        }
    }

    /** Retention: forgets what is below. */
    void startAt(long offset) {
        if (offset > start && offset <= endOffset()) {
            for (int i = 0; i < offset - start; i++) {
                Voters voters = entries.get(i).voters();
                if (voters != null) {
                    baseVoters = voters;
                    baseVotersOffset = start + i + 1;
                }
            }
            startEpoch = entries.get((int) (offset - start) - 1).epoch();
            entries = new ArrayList<>(entries.subList((int) (offset - start), entries.size()));
            start = offset;
            voterRecords.headMap(offset, false).clear();
            durableEnd = Math.max(durableEnd, offset);
            before = null;
        }
    }

    /** The machine lost its power: what was not flushed is kept up to some point. */
    void cutPower(SplittableRandom random) {
        if (before != null && random.nextBoolean()) {
            start = before.start();
            startEpoch = before.startEpoch();
            entries = new ArrayList<>(before.entries());
            baseVoters = before.voters();
            baseVotersOffset = before.votersOffset();
            durableEnd = endOffset();
        }
        before = null;
        long kept = durableEnd + random.nextLong(endOffset() - durableEnd + 1);
        entries = new ArrayList<>(entries.subList(0, (int) (kept - start)));
        durableEnd = kept;
        findVoters();
    }

    /** All that was written is lost with the disk. */
    void wipe(Voters initial) {
        start = 0;
        startEpoch = 0;
        entries = new ArrayList<>();
        durableEnd = 0;
        baseVoters = initial;
        baseVotersOffset = 0;
        before = null;
        findVoters();
    }

    List<Entry> from(long offset, int max) {
        int first = (int) (offset - start);
        return List.copyOf(entries.subList(first, Math.min(entries.size(), first + max)));
    }

    /** The entry at an offset, or null if it was forgotten or never there. */
    @Nullable
    Entry at(long offset) {
        return offset < start || offset >= endOffset() ? null : entries.get((int) (offset - start));
    }
}
