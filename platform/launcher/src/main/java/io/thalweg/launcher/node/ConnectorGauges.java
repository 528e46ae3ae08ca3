package io.thalweg.launcher.node;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts of connector tasks under Kafka Connect's names; tasks come and go between scrapes. Confined to the scrape. */
final class ConnectorGauges implements Runnable {

    private static final String SOURCE = "kafka.connect.source.task.metrics.source.record.";
    private static final String SINK = "kafka.connect.sink.task.metrics.sink.record.";
    private static final String ERRORS = "kafka.connect.task.error.metrics.";
    private static final String TASK = "kafka.connect.connector.task.metrics.";

    private final ConnectorsRole role;
    private final MeterRegistry registry;
    private final IdentityHashMap<TaskMetrics, List<Meter>> bound = new IdentityHashMap<>();

    ConnectorGauges(ConnectorsRole role, MeterRegistry registry) {
        this.role = role;
        this.registry = registry;
    }

    @Override
    public void run() {
        List<TaskMetrics> now = List.copyOf(role.metrics());
        IdentityHashMap<TaskMetrics, Boolean> present = new IdentityHashMap<>();
        now.forEach(task -> present.put(task, true));
        bound.entrySet().removeIf(entry -> {
            boolean gone = !present.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().forEach(registry::remove);
            }
            return gone;
        });
        now.forEach(task -> bound.computeIfAbsent(task, this::bind));
    }

    private List<Meter> bind(TaskMetrics task) {
        Tags tags = Tags.of(
                "connector",
                task.identity().connector(),
                "task",
                Integer.toString(task.identity().index()));
        List<Meter> meters = new ArrayList<>();
        if (task.source()) {
            count(meters, tags, SOURCE + "poll", task.recordsIn);
            count(meters, tags, SOURCE + "write", task.recordsOut);
            count(meters, tags, "thalweg.connect.source.record.resumed", task.recordsResumed);
            count(meters, tags, "thalweg.connect.source.bytes.write", task.bytesOut);
        } else {
            count(meters, tags, SINK + "read", task.recordsIn);
            count(meters, tags, SINK + "send", task.recordsOut);
        }
        count(meters, tags, ERRORS + "total.record.failures", task.errors);
        count(meters, tags, ERRORS + "total.records.skipped", task.recordsSkipped);
        count(meters, tags, ERRORS + "total.retries", task.retries);
        count(meters, tags, ERRORS + "deadletterqueue.produce.requests", task.deadLetters);
        count(meters, tags, ERRORS + "deadletterqueue.produce.failures", task.deadLetterFailures);
        count(meters, tags, TASK + "offset.commit.success", task.commits);
        count(meters, tags, TASK + "offset.commit.failure", task.commitFailures);
        return meters;
    }

    private void count(List<Meter> meters, Tags tags, String name, LongAdder adder) {
        meters.add(
                FunctionCounter.builder(name, adder, LongAdder::sum).tags(tags).register(registry));
    }
}
