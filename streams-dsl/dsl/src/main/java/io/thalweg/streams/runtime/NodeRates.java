package io.thalweg.streams.runtime;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** How many records leave each node in a second, from samples of the counters. Confined to its processor's context. */
final class NodeRates {

    private Map<String, Long> counts = Map.of();
    private Map<String, Double> perSecond = Map.of();
    private long sampledNanos;
    private boolean sampled;

    void sample(Collection<TaskRunner> tasks, long nowNanos) {
        Map<String, Long> now = count(tasks);
        if (sampled) {
            double seconds = Math.max(1, nowNanos - sampledNanos) / 1e9;
            Map<String, Double> rates = new HashMap<>();
            now.forEach((node, count) ->
                    // Counters begin again with a task that was restarted.
                    rates.put(node, Math.max(0, count - counts.getOrDefault(node, count)) / seconds));
            perSecond = rates;
        }
        counts = now;
        sampledNanos = nowNanos;
        sampled = true;
    }

    /** Records that left each node so far, of all tasks. */
    static Map<String, Long> count(Collection<TaskRunner> tasks) {
        Map<String, Long> counts = new HashMap<>();
        for (TaskRunner runner : tasks) {
            runner.task().recordsByNode().forEach((node, count) -> counts.merge(node, count, Long::sum));
        }
        return counts;
    }

    Map<String, Double> perSecond() {
        return perSecond;
    }
}
