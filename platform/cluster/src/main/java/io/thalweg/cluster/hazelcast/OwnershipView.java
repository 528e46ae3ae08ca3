package io.thalweg.cluster.hazelcast;

import io.thalweg.cluster.Ownership;
import io.thalweg.cluster.PartitionId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What all brokers say, merged: for each partition the entry of the greatest leader epoch, and never again one of a lower epoch
 * than was shown once. Changes are for one thread at a time; {@link #shown} may be read by any.
 */
final class OwnershipView {

    /** By chunk, then broker: all that is said of a partition is in one of the inner maps. */
    private final List<Map<Integer, Heard>> heard = new ArrayList<>();

    private final Map<PartitionId, Ownership> shown = new ConcurrentHashMap<>();

    /** Of partitions that were shown; kept for a while when nothing is said of them any more. */
    private final Map<PartitionId, Epoch> greatest = new HashMap<>();

    private record Heard(OwnershipChunk chunk, Map<PartitionId, Ownership> entries, long atNanos) {}

    private record Epoch(int epoch, long atNanos) {}

    /** What a step changed in more than offsets. */
    record Changes(List<Ownership> changed, List<PartitionId> gone) {
        boolean isEmpty() {
            return changed.isEmpty() && gone.isEmpty();
        }
    }

    OwnershipView() {
        for (int i = 0; i < OwnershipChunk.CHUNKS; i++) {
            heard.add(new HashMap<>());
        }
    }

    Map<PartitionId, Ownership> shown() {
        return Collections.unmodifiableMap(shown);
    }

    /** A broker says this. What it said later is not replaced. */
    Changes hear(OwnershipChunk chunk, long nowNanos) {
        Map<Integer, Heard> byBroker = heard.get(chunk.index());
        Heard before = byBroker.get(chunk.broker());
        if (before != null && !chunk.isNewerThan(before.chunk())) {
            return new Changes(List.of(), List.of());
        }
        Map<PartitionId, Ownership> entries = new HashMap<>();
        for (Ownership entry : chunk.entries()) {
            if (OwnershipChunk.indexOf(entry.partition()) == chunk.index()) {
                entries.put(entry.partition(), entry);
            }
        }
        byBroker.put(chunk.broker(), new Heard(chunk, entries, nowNanos));
        Set<PartitionId> touched = new HashSet<>(entries.keySet());
        if (before != null) {
            touched.addAll(before.entries().keySet());
        }
        return show(byBroker, touched, nowNanos);
    }

    /** Forgets what brokers that are not here have not said again since. */
    Changes forget(IntPredicate here, long nowNanos, long ageNanosMax) {
        List<Ownership> changed = new ArrayList<>();
        List<PartitionId> gone = new ArrayList<>();
        for (Map<Integer, Heard> byBroker : heard) {
            Set<PartitionId> touched = new HashSet<>();
            for (Iterator<Heard> all = byBroker.values().iterator(); all.hasNext(); ) {
                Heard one = all.next();
                if (!here.test(one.chunk().broker()) && nowNanos - one.atNanos() > ageNanosMax) {
                    all.remove();
                    touched.addAll(one.entries().keySet());
                }
            }
            Changes changes = show(byBroker, touched, nowNanos);
            changed.addAll(changes.changed());
            gone.addAll(changes.gone());
        }
        greatest.entrySet()
                .removeIf(entry -> !shown.containsKey(entry.getKey())
                        && nowNanos - entry.getValue().atNanos() > ageNanosMax);
        return new Changes(changed, gone);
    }

    private Changes show(Map<Integer, Heard> byBroker, Set<PartitionId> touched, long nowNanos) {
        List<Ownership> changed = new ArrayList<>();
        List<PartitionId> gone = new ArrayList<>();
        for (PartitionId partition : touched) {
            Ownership best = best(byBroker, partition);
            Epoch floor = greatest.get(partition);
            if (best != null && (floor == null || best.leaderEpoch() >= floor.epoch())) {
                greatest.put(partition, new Epoch(best.leaderEpoch(), nowNanos));
                Ownership before = shown.put(partition, best);
                if (before == null || !before.routesLike(best)) {
                    changed.add(best);
                }
            } else {
                if (floor != null) {
                    greatest.put(partition, new Epoch(floor.epoch(), nowNanos));
                }
                if (shown.remove(partition) != null) {
                    gone.add(partition);
                }
            }
        }
        return new Changes(changed, gone);
    }

    private static @Nullable Ownership best(Map<Integer, Heard> byBroker, PartitionId partition) {
        Ownership best = null;
        for (Heard one : byBroker.values()) {
            Ownership entry = one.entries().get(partition);
            if (entry != null && (best == null || isBetter(entry, best))) {
                best = entry;
            }
        }
        return best;
    }

    /** One epoch has one leader; should two claim it, all nodes believe the same one. */
    private static boolean isBetter(Ownership entry, Ownership than) {
        return entry.leaderEpoch() != than.leaderEpoch()
                ? entry.leaderEpoch() > than.leaderEpoch()
                : entry.leader() < than.leader();
    }
}
