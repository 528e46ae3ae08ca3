package io.thalweg.streams.runtime;

import io.thalweg.streams.topology.StoreSpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Up to where the changelogs of a task's windows and sessions hold nothing but rows that have expired. These expire by the time of
 * the records that the store sees, so that only its owner can tell: a broker that went by its clock would empty the changelog of
 * flights of twenty years ago at once, and that of a stopped application over a weekend. It counts what is committed alone, so that
 * nothing is deleted that a task needs which begins from there. Confined.
 */
final class ChangelogExpiry {

    /** So many steps of time a retention is divided in; what has expired is told late by one of them at most. */
    private static final int STEPS = 16;

    /** Rows in front of {@code end} are of {@code observedMillis} or earlier. */
    private record Mark(long end, long observedMillis) {}

    private static final class Changelog {
        private final long retentionMillis;
        private final Deque<Mark> marks = new ArrayDeque<>(STEPS + 2);
        private long expired;

        private Changelog(long retentionMillis) {
            this.retentionMillis = retentionMillis;
        }

        private void onCommitted(long end, long observedMillis) {
            Mark oldest = marks.peekFirst();
            while (oldest != null && oldest.observedMillis <= observedMillis - retentionMillis) {
                expired = oldest.end;
                marks.removeFirst();
                oldest = marks.peekFirst();
            }
            Mark newest = marks.peekLast();
            if (newest == null || observedMillis - newest.observedMillis >= Math.max(1, retentionMillis / STEPS)) {
                marks.addLast(new Mark(end, observedMillis));
            }
        }
    }

    private final Map<String, Changelog> changelogs = new HashMap<>();

    ChangelogExpiry(List<StoreSpec> stores) {
        for (StoreSpec store : stores) {
            if (store.expires() && store.changelogTopic() != null) {
                changelogs.put(store.name(), new Changelog(store.retentionMillis()));
            }
        }
    }

    /**
     * @param progress with the ends of the changelogs that were committed
     * @param storeTimes that belong to them
     */
    void onCommitted(TaskProgress progress, Map<String, Long> storeTimes) {
        changelogs.forEach((store, changelog) -> {
            long end = progress.changelogEnd(store);
            Long observedMillis = storeTimes.get(store);
            if (end != AckBarrier.UNKNOWN && observedMillis != null) {
                changelog.onCommitted(end, observedMillis);
            }
        });
    }

    /** The offset before which everything has expired, by store; only of those where something has. */
    Map<String, Long> expired() {
        Map<String, Long> offsets = new HashMap<>();
        changelogs.forEach((store, changelog) -> {
            if (changelog.expired > 0) {
                offsets.put(store, changelog.expired);
            }
        });
        return offsets;
    }
}
