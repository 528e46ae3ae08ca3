package io.thalweg.launcher.node;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterAdmin.ReplicationStatus;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * How well the cluster is, as this node knows it: looked up now and then, so that a scrape does not wait for it. What a
 * node leads it counts itself, so that the sum over all nodes is the cluster's; the rest is the same on each.
 */
final class ClusterGauges {

    private static final long REFRESH_MILLIS = 5_000;

    private final BrokerApi broker;
    private final int nodeId;
    private volatile Figures figures = Figures.NONE;

    /**
     * @param leaders partitions that this node leads
     * @param underReplicated of these
     * @param lagRecords by which followers of these are behind, over all
     * @param lagRecordsMax of the one that is behind most
     */
    private record Figures(
            long brokersAlive,
            long controller,
            long leaders,
            long underReplicated,
            long offline,
            long moving,
            long lagRecords,
            long lagRecordsMax) {

        static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0, 0, 0);
    }

    private ClusterGauges(BrokerApi broker, int nodeId) {
        this.broker = broker;
        this.nodeId = nodeId;
    }

    /** Registers the gauges and keeps them fresh for as long as {@code vertx} lives. */
    static void bind(Vertx vertx, BrokerApi broker, int nodeId, MeterRegistry registry) {
        ClusterGauges gauges = new ClusterGauges(broker, nodeId);
        gauges.refresh();
        vertx.setPeriodic(REFRESH_MILLIS, due -> gauges.refresh());
        gauges.gauge(registry, "thalweg.cluster.brokers.alive", Figures::brokersAlive);
        gauges.gauge(registry, "kafka.controller.kafkacontroller.activecontrollercount", Figures::controller);
        gauges.gauge(registry, "kafka.server.replicamanager.leadercount", Figures::leaders);
        gauges.gauge(registry, "kafka.server.replicamanager.underreplicatedpartitions", Figures::underReplicated);
        gauges.gauge(registry, "kafka.controller.kafkacontroller.offlinepartitionscount", Figures::offline);
        gauges.gauge(registry, "thalweg.cluster.partitions.moving", Figures::moving);
        gauges.gauge(registry, "thalweg.replication.lag.records", Figures::lagRecords);
        gauges.gauge(registry, "thalweg.replication.lag.records.max", Figures::lagRecordsMax);
    }

    private void refresh() {
        ClusterView view = broker.cluster();
        Set<Integer> alive = new HashSet<>();
        for (BrokerNode node : view.brokers()) {
            if (node.alive()) {
                alive.add(node.id());
            }
        }
        long leaders = 0;
        long underReplicated = 0;
        long offline = 0;
        long moving = 0;
        for (TopicView topic : view.topics().values()) {
            for (PartitionView partition : topic.partitions()) {
                if (!alive.contains(partition.leader())) {
                    offline++;
                } else if (partition.leader() == nodeId) {
                    leaders++;
                    underReplicated += partition.inSyncReplicas().containsAll(partition.replicas()) ? 0 : 1;
                }
                moving += partition.target().isEmpty() ? 0 : 1;
            }
        }
        List<Long> lags = lags();
        figures = new Figures(
                alive.size(),
                view.controllerId() == nodeId ? 1 : 0,
                leaders,
                underReplicated,
                offline,
                moving,
                lags.stream().mapToLong(Long::longValue).sum(),
                lags.stream().mapToLong(Long::longValue).max().orElse(0));
    }

    /** Of each follower of a partition that this node leads. */
    private List<Long> lags() {
        List<Long> lags = new ArrayList<>();
        for (ReplicationStatus status : broker.admin().replication()) {
            if (status.leader() == nodeId) {
                for (Map.Entry<Integer, Long> end : status.ends().entrySet()) {
                    if (end.getKey() != nodeId) {
                        lags.add(Math.max(0, status.logEndOffset() - end.getValue()));
                    }
                }
            }
        }
        return lags;
    }

    private void gauge(MeterRegistry registry, String name, ToLongFunction<Figures> value) {
        Gauge.builder(name, this, gauges -> value.applyAsLong(gauges.figures))
                .strongReference(true)
                .register(registry);
    }
}
