package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.fault.CompleteRead;
import io.thalweg.system.fault.ProducerLoad;
import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryChecker;
import io.thalweg.system.history.HistoryChecker.Finding;
import io.thalweg.system.history.HistoryChecker.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One load over one topic while faults happen, and the judgement at the end. Idempotent producers with acks=all write without
 * end to each partition; after the last fault everything is read once more, the nodes are stopped, and the history and the
 * replicas are checked.
 */
final class FaultRun implements AutoCloseable {

    /** A fault that a client notices only by silence must not be hidden behind the client's own patience. */
    private static final Map<String, Object> PRODUCER = Map.of("request.timeout.ms", 2_000);

    private static final long SETTLED_RECORDS = 100;

    private final ClusterProcesses cluster;
    private final ReplicatedTopic topic;
    private final History history = new History();
    private final ProducerLoad load;
    private final List<Long> gapMillis = new ArrayList<>();

    private FaultRun(ClusterProcesses cluster, ReplicatedTopic topic, long pauseMicros) {
        this.cluster = cluster;
        this.topic = topic;
        this.load =
                new ProducerLoad(history, cluster.bootstrap(), topic.name(), topic.partitions(), pauseMicros, PRODUCER);
    }

    /** Begins to write; returns once each partition acknowledges. */
    static FaultRun begin(ClusterProcesses cluster, int partitions, long pauseMicros) throws Exception {
        FaultRun run = new FaultRun(cluster, ReplicatedTopic.create(cluster, "ledger", partitions), pauseMicros);
        run.awaitProgress();
        return run;
    }

    ReplicatedTopic topic() {
        return topic;
    }

    ProducerLoad load() {
        return load;
    }

    /** Returns once each partition acknowledged some records more. */
    void awaitProgress() throws InterruptedException {
        load.awaitAcknowledgedOnEach(SETTLED_RECORDS);
    }

    /** What happens to the cluster. */
    interface Fault {
        void strike() throws Exception;
    }

    /**
     * Lets a fault strike and returns once each partition goes on; notes the longest gap between two acknowledgements of a
     * partition from then on.
     */
    long strike(Fault fault) throws Exception {
        long began = System.nanoTime();
        fault.strike();
        awaitProgress();
        long longest = load.ackTimes().longestMillis(began, System.nanoTime());
        gapMillis.add(longest);
        return longest;
    }

    /** Ends the load, reads everything, stops the cluster in order and judges. Every node must run. */
    Verdict finish(String scenario) throws Exception {
        load.finish();
        cluster.awaitSettled();
        CompleteRead.into(history, cluster.bootstrap(), topic.name(), topic.partitions());
        cluster.stopAll();
        Verdict verdict = HistoryChecker.check(history);
        Finding divergence = topic.divergence();
        List<Long> sorted = new ArrayList<>(gapMillis);
        Collections.sort(sorted);
        System.out.printf(
                "%s: faults=%d acknowledged=%d refused=%d unknown=%d longest gap of each fault: median=%d ms max=%d ms all=%s"
                        + " divergence=%d%n",
                scenario,
                gapMillis.size(),
                verdict.acknowledged(),
                verdict.refused(),
                verdict.unknown(),
                sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2),
                sorted.isEmpty() ? 0 : sorted.get(sorted.size() - 1),
                gapMillis,
                divergence.count());
        assertThat(verdict.valid()).as("verdict=%s", verdict).isTrue();
        assertThat(divergence.count())
                .as("divergence=%s", divergence.examples())
                .isZero();
        return verdict;
    }

    @Override
    public void close() {
        load.close();
    }
}
