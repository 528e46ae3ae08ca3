package io.thalweg.system.history;

import io.thalweg.system.history.HistoryChecker.Finding;
import io.thalweg.system.history.ReplicaContent.Batch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Whether the replicas of partitions hold the same committed records, at rest: {@link Anomaly#DIVERGENCE} otherwise. What a
 * replica knows to be committed must be byte for byte what each other one knows to be, and a majority must hold all that any
 * of them knows to be. Beyond its high watermark a replica may hold anything.
 */
public final class ReplicaComparison {

    private static final int EXAMPLES_MAX = 8;

    private int count;
    private final List<String> examples = new ArrayList<>();

    private ReplicaComparison() {}

    /**
     * @param replicas by partition
     * @return what is wrong; a count of 0 if nothing is
     */
    public static Finding compare(Map<String, List<ReplicaContent>> replicas) {
        ReplicaComparison comparison = new ReplicaComparison();
        replicas.forEach(comparison::compare);
        return new Finding(comparison.count, comparison.examples);
    }

    private void compare(String key, List<ReplicaContent> replicas) {
        for (ReplicaContent replica : replicas) {
            checkWhole(key, replica);
        }
        for (int i = 0; i < replicas.size(); i++) {
            for (int j = i + 1; j < replicas.size(); j++) {
                comparePair(key, replicas.get(i), replicas.get(j));
            }
        }
        ReplicaContent highest = replicas.stream()
                .max(Comparator.comparingLong(ReplicaContent::highWatermark))
                .orElseThrow(() -> new IllegalArgumentException("no replica of " + key));
        long holders = replicas.stream()
                .filter(replica -> replica.endOffset() >= highest.highWatermark())
                .count();
        if (2 * holders <= replicas.size()) {
            found("key=" + key + " highWatermark=" + highest.highWatermark() + " of " + highest.replica()
                    + " is held by " + holders + " of " + replicas.size());
        }
    }

    /** All below the high watermark is there, without a gap. */
    private void checkWhole(String key, ReplicaContent replica) {
        long next = replica.startOffset();
        for (Batch batch : replica.batches()) {
            if (batch.baseOffset() > next) {
                break;
            }
            next = batch.nextOffset();
        }
        if (next < replica.highWatermark()) {
            found("key=" + key + " replica=" + replica.replica() + " lacks offset=" + next + " below highWatermark="
                    + replica.highWatermark());
        }
    }

    private void comparePair(String key, ReplicaContent one, ReplicaContent other) {
        long from = Math.max(one.startOffset(), other.startOffset());
        long to = Math.min(one.highWatermark(), other.highWatermark());
        List<Batch> ones = between(one, from, to);
        List<Batch> others = between(other, from, to);
        for (int i = 0; i < Math.min(ones.size(), others.size()); i++) {
            if (!ones.get(i).equals(others.get(i))) {
                found("key=" + key + " " + one.replica() + " has " + ones.get(i) + " and " + other.replica() + " has "
                        + others.get(i));
                return;
            }
        }
        if (ones.size() != others.size()) {
            found("key=" + key + " below offset=" + to + ": " + one.replica() + " has " + ones.size() + " batches and "
                    + other.replica() + " has " + others.size());
        }
    }

    /** A batch that reaches below the start of one of them is left out: only one may have cut it. */
    private static List<Batch> between(ReplicaContent replica, long from, long to) {
        return replica.batches().stream()
                .filter(batch -> batch.baseOffset() >= from && batch.nextOffset() <= to)
                .toList();
    }

    private void found(String example) {
        count++;
        if (examples.size() < EXAMPLES_MAX) {
            examples.add(example);
        }
    }
}
