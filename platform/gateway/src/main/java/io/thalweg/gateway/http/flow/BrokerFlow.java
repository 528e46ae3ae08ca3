package io.thalweg.gateway.http.flow;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.PartitionStatus;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.GroupDescription;
import io.thalweg.coordination.group.api.GroupsApi.GroupListing;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Topics and groups: what the broker itself knows. */
final class BrokerFlow {
    /** Groups that are looked into; more are left out, and a problem says so. */
    private static final int GROUPS_MAX = 500;

    private final BrokerApi broker;
    /** Age in milliseconds of the record at an offset; -1 if it is not known. */
    private final BiFunction<TopicPartition, Long, Future<Long>> ageMillis;

    BrokerFlow(BrokerApi broker, BiFunction<TopicPartition, Long, Future<Long>> ageMillis) {
        this.broker = broker;
        this.ageMillis = ageMillis;
    }

    Future<FlowGraph> flow(Counters counters) {
        Map<String, TopicView> topics = new TreeMap<>(broker.cluster().topics());
        List<TopicPartition> partitions = new ArrayList<>();
        topics.values().forEach(topic -> {
            for (PartitionView partition : topic.partitions()) {
                partitions.add(new TopicPartition(topic.name(), partition.index()));
            }
        });
        return broker.describeLogs(partitions).compose(logs -> {
            Map<TopicPartition, PartitionStatus> byPartition = new HashMap<>();
            logs.forEach(log -> byPartition.put(log.partition(), log));
            List<FlowNode> nodes = new ArrayList<>();
            topics.values().forEach(topic -> nodes.add(topic(topic, byPartition, counters)));
            return groups(byPartition, counters).map(groups -> {
                List<FlowEdge> edges = new ArrayList<>();
                List<String> problems = new ArrayList<>();
                groups.forEach(group -> {
                    nodes.addAll(group.nodes());
                    edges.addAll(group.edges());
                    problems.addAll(group.problems());
                });
                return new FlowGraph(nodes, edges, problems);
            });
        });
    }

    private static FlowNode topic(TopicView topic, Map<TopicPartition, PartitionStatus> logs, Counters counters) {
        double records = 0;
        double written = 0;
        double sizeBytes = 0;
        String problem = null;
        for (PartitionView partition : topic.partitions()) {
            PartitionStatus log = logs.get(new TopicPartition(topic.name(), partition.index()));
            if (log == null) {
                continue;
            }
            records += log.highWatermark() - log.logStartOffset();
            written += log.highWatermark();
            sizeBytes += log.sizeBytes();
            if (log.error() != null) {
                problem = "partition " + partition.index() + ": " + log.error();
            }
        }
        Map<String, Double> figures = new HashMap<>();
        figures.put("partitions", (double) topic.partitions().size());
        figures.put("records", records);
        figures.put("sizeBytes", sizeBytes);
        String counter = "topic " + topic.id();
        counters.rate(figures, "recordsPerSecond", counter + " records", written);
        counters.rate(figures, "bytesPerSecond", counter + " bytes", sizeBytes);
        return new FlowNode(FlowNode.Kind.TOPIC, topic.name(), null, problem, topic.internal(), null, figures);
    }

    private Future<List<FlowGraph>> groups(Map<TopicPartition, PartitionStatus> logs, Counters counters) {
        return broker.groups().list().compose(listed -> {
            List<Future<FlowGraph>> groups = new ArrayList<>();
            for (GroupListing group : listed) {
                if (groups.size() == GROUPS_MAX) {
                    groups.add(Future.succeededFuture(new FlowGraph(
                            List.of(),
                            List.of(),
                            List.of(listed.size() - GROUPS_MAX + " more groups are left out; see /v1/groups"))));
                    break;
                }
                groups.add(group(group.groupId(), logs, counters).otherwise(FlowGraph.EMPTY));
            }
            return Future.join(groups).map(all -> all.<FlowGraph>list());
        });
    }

    private Future<FlowGraph> group(String groupId, Map<TopicPartition, PartitionStatus> logs, Counters counters) {
        Future<GroupDescription> described = broker.groups().describe(groupId);
        Future<Map<TopicPartition, CommittedOffset>> committed = broker.groups().fetchOffsets(groupId, null, false);
        return Future.all(described, committed).compose(both -> {
            Behind behind = new Behind();
            committed.result().forEach((partition, offset) -> behind.add(partition, offset.offset(), logs));
            return behind.ageMillis(ageMillis).map(age -> group(described.result(), behind, age, counters));
        });
    }

    private static FlowGraph group(GroupDescription group, Behind behind, long ageMillis, Counters counters) {
        Map<String, Double> figures = new HashMap<>();
        figures.put("members", (double) group.members().size());
        figures.put("lag", behind.lag);
        if (ageMillis >= 0) {
            figures.put("lagSeconds", ageMillis / 1000.0);
        }
        counters.rate(figures, "recordsPerSecond", "group " + group.groupId(), behind.read);
        FlowNode node = new FlowNode(
                FlowNode.Kind.GROUP, group.groupId(), group.state().kafkaName(), null, false, null, figures);
        List<FlowEdge> edges = new ArrayList<>();
        behind.topics.forEach((topic, lagAndRead) -> {
            Map<String, Double> of = new HashMap<>();
            of.put("lag", lagAndRead[0]);
            counters.rate(of, "recordsPerSecond", "group " + group.groupId() + " " + topic, lagAndRead[1]);
            edges.add(new FlowEdge(FlowNode.id(FlowNode.Kind.TOPIC, topic), node.id(), of));
        });
        return new FlowGraph(List.of(node), edges);
    }

    /** How far one group is behind. */
    private static final class Behind {
        double lag;
        double read;
        /** Lag and offsets read, by topic. */
        final Map<String, double[]> topics = new TreeMap<>();

        private @Nullable TopicPartition worst;
        private long worstOffset;
        private double worstLag;

        void add(TopicPartition partition, long offset, Map<TopicPartition, PartitionStatus> logs) {
            PartitionStatus log = logs.get(partition);
            if (log == null || offset < 0) {
                return;
            }
            double of = Math.max(0, log.highWatermark() - offset);
            lag += of;
            read += offset;
            double[] sums = topics.computeIfAbsent(partition.topic(), name -> new double[2]);
            sums[0] += of;
            sums[1] += offset;
            if (of > worstLag) {
                worst = partition;
                worstOffset = offset;
                worstLag = of;
            }
        }

        /** Of the first record that was not read, in the partition that is furthest behind. */
        Future<Long> ageMillis(BiFunction<TopicPartition, Long, Future<Long>> lookup) {
            return worst == null
                    ? Future.succeededFuture(0L)
                    : lookup.apply(worst, worstOffset).otherwise(-1L);
        }
    }
}
