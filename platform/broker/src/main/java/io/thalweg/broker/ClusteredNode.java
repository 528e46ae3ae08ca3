package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.cluster.ClusterCore;
import io.thalweg.broker.cluster.ClusterParts;
import io.thalweg.broker.metadata.Topology;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.replica.Replicas;
import io.thalweg.broker.routing.ForwardedCalls;
import io.thalweg.broker.routing.RoutingBrokerApi;
import io.thalweg.cluster.balance.PartitionState;
import io.thalweg.coordination.group.GroupCoordinator;
import io.thalweg.environment.Environment;
import io.thalweg.log.LogId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The parts of a node in a cluster, wired. */
final class ClusteredNode implements RunningNode {

    private final NodeParts parts;
    private final ClusterCore core;
    private final GroupCoordinator groups;
    private final BrokerApi api;
    private final BrokerApi routing;

    private volatile boolean closing;
    private volatile boolean serving;
    private @Nullable Future<Void> handedOver;
    private @Nullable Future<Void> closed;

    /** Gets into a cluster, opens the directory and replays the metadata. Releases everything if it fails. */
    static Future<RunningNode> open(
            Vertx vertx, Context context, Environment environment, BrokerConfig config, ClusterParts cluster) {
        return ClusterCore.admit(cluster, config.nodeId())
                .compose(admitted -> vertx.executeBlocking(() -> {
                    NodeParts parts =
                            NodeParts.open(vertx, environment, config, admitted.clusterId(), PartitionState.AUTO_MAX);
                    try {
                        return new ClusteredNode(context, parts, cluster, admitted);
                    } catch (Exception failure) {
                        parts.directory.close();
                        throw failure;
                    }
                }));
    }

    private ClusteredNode(Context context, NodeParts parts, ClusterParts cluster, ClusterCore.Admitted admitted)
            throws Exception {
        this.parts = parts;
        Vertx vertx = parts.vertx;
        BrokerConfig config = parts.config;
        core = new ClusterCore(
                vertx,
                context,
                parts.environment,
                cluster,
                admitted,
                new ClusterCore.Disk(
                        parts.directory,
                        config.dataDirectory(),
                        config.durability(),
                        parts.writer,
                        parts.storage,
                        parts.partitions,
                        parts.internalAppends),
                new ClusterCore.Topics(
                        parts.settings, config.defaultPartitions(), config.partitionsMax(), parts::randomId),
                config.nodeId(),
                config.rack());
        LocalTopicsApi topics = new LocalTopicsApi(
                vertx, config, core.topology(), core.commands(), parts.settings, parts.brokerSettings);
        groups = new GroupCoordinator(
                parts.environment,
                config.groups(),
                new VertxShardThreads(vertx),
                new LocalCoordinatorLog(
                        vertx, core.topology(), topics, parts.partitions, parts.internalAppends, parts.storage),
                this::leaderOf);
        api = new LocalBrokerApi(
                parts,
                new ProducerIds(core.commands()),
                core.topology(),
                topics,
                groups,
                core.admin(),
                core::onDeleted);
        routing = new RoutingBrokerApi(
                vertx,
                parts.environment.clock(),
                api,
                config.nodeId(),
                core.rpc(),
                core::isConnected,
                core.settings().callMillisMax());
    }

    @Override
    public Future<Void> serve() {
        parts.start();
        new ForwardedCalls(api, parts.storage).serve(core.rpc());
        core.topology().addListener(new Topology.TopicListener() {
            @Override
            public void onTopicDeleted(TopicView topic) {
                groups.onTopicDeleted(topic.name());
            }
        });
        return core.start(new Coordination()).onSuccess(registered -> serving = true);
    }

    /** Groups live where their partition's leader is. */
    private final class Coordination implements Replicas.Observer {
        @Override
        public void onLeader(Partition partition, LogId id, int epoch, int leader) {
            if (isOfGroups(partition) && leader != parts.config.nodeId()) {
                groups.resign(partition.name().partition());
            }
        }

        @Override
        public void onSettled(Partition partition, LogId id, int epoch) {
            parts.metrics.elections.increment();
            if (isOfGroups(partition)) {
                groups.open(partition.name().partition());
            }
        }

        @Override
        public void onClosed(Partition partition, LogId id) {
            if (isOfGroups(partition)) {
                groups.resign(partition.name().partition());
            }
        }

        private boolean isOfGroups(Partition partition) {
            return partition.name().topic().equals(GroupCoordinator.OFFSETS_TOPIC);
        }
    }

    @Override
    public BrokerApi api() {
        return api;
    }

    @Override
    public BrokerApi routing() {
        return routing;
    }

    @Override
    public BrokerConfig config() {
        return parts.config;
    }

    @Override
    public BrokerMetrics metrics() {
        return parts.metrics;
    }

    @Override
    public List<String> notReady() {
        List<String> reasons = new ArrayList<>();
        if (closing) {
            reasons.add("the node is shutting down");
        } else if (!serving) {
            reasons.add("the node is not registered with the controller yet");
        }
        if (parts.directory.offline()) {
            reasons.add("the log directory is offline after a disk error: mend the disk and restart the node");
        }
        return reasons;
    }

    @Override
    public synchronized Future<Void> handOver() {
        if (handedOver == null) {
            handedOver = serving ? core.handOver() : Future.succeededFuture();
        }
        return handedOver;
    }

    @Override
    public synchronized Future<Void> close() {
        if (closed == null) {
            closing = true;
            closed = handOver()
                    .eventually(() -> {
                        groups.close();
                        return core.stop();
                    })
                    .eventually(() -> {
                        parts.refuse();
                        return parts.close();
                    })
                    .eventually(() -> core.close(!parts.directory.offline()));
        }
        return closed;
    }

    private int leaderOf(TopicPartition name) {
        PartitionView partition = core.topology().view().partition(name);
        return partition == null ? -1 : partition.leader();
    }
}
