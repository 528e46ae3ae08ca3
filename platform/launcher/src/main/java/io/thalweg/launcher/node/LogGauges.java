package io.thalweg.launcher.node;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.PartitionStatus;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Sizes and offsets of the partitions on this node, looked up now and then, so that a scrape does not wait for them. The
 * sums count all partitions; single ones are shown up to a bound, since each costs a line of every scrape.
 */
final class LogGauges {

    private static final long REFRESH_MILLIS = 10_000;
    private static final int PARTITIONS_SHOWN_MAX = 1_000;

    private final BrokerApi broker;
    private final MultiGauge endOffsets;
    private final MultiGauge startOffsets;
    private final MultiGauge sizes;
    private volatile Sums sums = new Sums(0, 0, 0);

    private record Sums(long partitions, long offline, long bytes) {}

    private LogGauges(BrokerApi broker, MeterRegistry registry) {
        this.broker = broker;
        this.endOffsets = MultiGauge.builder("kafka.log.log.logendoffset").register(registry);
        this.startOffsets = MultiGauge.builder("kafka.log.log.logstartoffset").register(registry);
        this.sizes = MultiGauge.builder("kafka.log.log.size").baseUnit("bytes").register(registry);
        gauge(registry, "kafka.server.replicamanager.partitioncount", Sums::partitions);
        gauge(registry, "kafka.server.replicamanager.offlinereplicacount", Sums::offline);
        gauge(registry, "thalweg.log.size.bytes", Sums::bytes);
    }

    /** Registers the gauges and keeps them fresh for as long as {@code vertx} lives. */
    static void bind(Vertx vertx, BrokerApi broker, MeterRegistry registry) {
        LogGauges gauges = new LogGauges(broker, registry);
        gauges.refresh();
        vertx.setPeriodic(REFRESH_MILLIS, due -> gauges.refresh());
    }

    /** Gauges keep their last values where a lookup fails; the next one comes soon. */
    private void refresh() {
        broker.describeLogs(null).onSuccess(this::show);
    }

    private void show(List<PartitionStatus> partitions) {
        long offline = 0;
        long bytes = 0;
        for (PartitionStatus partition : partitions) {
            offline += partition.error() == null ? 0 : 1;
            bytes += partition.sizeBytes();
        }
        sums = new Sums(partitions.size(), offline, bytes);
        List<PartitionStatus> shown = partitions.subList(0, Math.min(PARTITIONS_SHOWN_MAX, partitions.size()));
        endOffsets.register(rows(shown, PartitionStatus::logEndOffset), true);
        startOffsets.register(rows(shown, PartitionStatus::logStartOffset), true);
        sizes.register(rows(shown, PartitionStatus::sizeBytes), true);
    }

    private static List<Row<?>> rows(List<PartitionStatus> partitions, ToLongFunction<PartitionStatus> value) {
        List<Row<?>> rows = new ArrayList<>(partitions.size());
        for (PartitionStatus status : partitions) {
            Tags tags = Tags.of(
                    "topic",
                    status.partition().topic(),
                    "partition",
                    Integer.toString(status.partition().partition()));
            rows.add(Row.of(tags, value.applyAsLong(status)));
        }
        return rows;
    }

    private void gauge(MeterRegistry registry, String name, ToLongFunction<Sums> value) {
        Gauge.builder(name, this, gauges -> value.applyAsLong(gauges.sums))
                .strongReference(true)
                .register(registry);
    }
}
