package io.thalweg.system.group;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What the members of one group were told and did, judged as it happens. Safe for any thread. */
final class Ownership {

    private static final int PATIENCE_SECONDS = 180;

    private record Slot(int generation, TopicPartition partition) {}

    private final Map<Slot, String> ownerBySlot = new HashMap<>();
    private final Map<String, Set<TopicPartition>> ownedByMember = new HashMap<>();
    private final Map<TopicPartition, Long> acknowledged = new HashMap<>();
    private final Map<TopicPartition, BitSet> processed = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int assignments;
    private long commits;

    /** @param identity the instance id of a static member, else its name: what a restart within a generation keeps */
    synchronized void onAssigned(String member, String identity, int generation, Set<TopicPartition> all) {
        assignments++;
        for (TopicPartition partition : all) {
            String owner = ownerBySlot.putIfAbsent(new Slot(generation, partition), identity);
            if (owner != null && !owner.equals(identity)) {
                violations.add("owned twice: partition=" + partition + " generation=" + generation + " by=" + owner
                        + " and by=" + identity);
            }
        }
        ownedByMember.put(member, Set.copyOf(all));
        notifyAll();
    }

    synchronized void onRevoked(String member, Set<TopicPartition> left) {
        ownedByMember.put(member, Set.copyOf(left));
        notifyAll();
    }

    synchronized void onGone(String member) {
        ownedByMember.remove(member);
        notifyAll();
    }

    synchronized void onProcessed(TopicPartition partition, long offset) {
        processed.computeIfAbsent(partition, p -> new BitSet()).set((int) offset);
    }

    /** A commit that the coordinator acknowledged. */
    synchronized void onCommitted(Map<TopicPartition, Long> offsets) {
        offsets.forEach((partition, offset) -> acknowledged.merge(partition, offset, Math::max));
        commits++;
        notifyAll();
    }

    /** Offsets as read from the coordinator, against what was acknowledged before the read began. */
    synchronized void onRead(Map<TopicPartition, Long> before, Map<TopicPartition, Long> read) {
        before.forEach((partition, offset) -> {
            Long now = read.get(partition);
            if (now == null || now < offset) {
                violations.add("commit went back: partition=" + partition + " acknowledged=" + offset + " read=" + now);
            }
        });
    }

    synchronized Map<TopicPartition, Long> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    synchronized long commits() {
        return commits;
    }

    synchronized int assignments() {
        return assignments;
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** Returns when {@code members} members own all partitions between them; the milliseconds that took. */
    synchronized long awaitCovered(int members, int partitions, @Nullable String without) throws InterruptedException {
        return await("members=" + members + " cover partitions=" + partitions, () -> {
            Set<TopicPartition> owned = new HashSet<>();
            ownedByMember.values().forEach(owned::addAll);
            return ownedByMember.size() == members
                    && owned.size() == partitions
                    && (without == null || !ownedByMember.containsKey(without))
                    && ownedByMember.values().stream().noneMatch(Set::isEmpty);
        });
    }

    synchronized void awaitCommits(long wanted) throws InterruptedException {
        await("commits=" + wanted, () -> commits >= wanted);
    }

    /** Returns when everything below the given ends was processed and committed. */
    synchronized void awaitConsumed(Map<TopicPartition, Long> ends) throws InterruptedException {
        await(
                "consumed=" + ends,
                () -> ends.entrySet().stream()
                        .allMatch(end -> acknowledged.getOrDefault(end.getKey(), 0L) >= end.getValue()));
        ends.forEach((partition, end) -> {
            int missing = processed.getOrDefault(partition, new BitSet()).nextClearBit(0);
            if (missing < end) {
                violations.add("never processed: partition=" + partition + " offset=" + missing);
            }
        });
    }

    /**
     * Returns when all that was sent was processed and committed. Unlike {@link #awaitConsumed} it allows for offsets without a
     * record, which a change of leaders leaves behind.
     */
    synchronized void awaitProcessed(Map<TopicPartition, BitSet> sent) throws InterruptedException {
        await(
                "committed beyond all that was sent",
                () -> sent.entrySet().stream()
                        .allMatch(offsets -> acknowledged.getOrDefault(offsets.getKey(), 0L)
                                >= offsets.getValue().length()));
        sent.forEach((partition, offsets) -> {
            BitSet missing = (BitSet) offsets.clone();
            missing.andNot(processed.getOrDefault(partition, new BitSet()));
            if (!missing.isEmpty()) {
                violations.add("never processed: partition=" + partition + " offsets=" + missing);
            }
        });
    }

    private interface Condition {
        boolean holds();
    }

    private long await(String what, Condition condition) throws InterruptedException {
        long began = System.nanoTime();
        long deadline = began + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.holds()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                Map<String, Integer> sizes = new HashMap<>();
                ownedByMember.forEach((member, owned) -> sizes.put(member, owned.size()));
                throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + what + " owned=" + sizes
                        + " violations=" + violations);
            }
            wait(left);
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }
}
