package io.thalweg.system.cluster;

import io.thalweg.system.history.HistoryChecker.Finding;
import io.thalweg.system.history.ReplicaComparison;
import io.thalweg.system.history.ReplicaContent;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;

/** A topic with three replicas of each partition, as a Kafka client creates and sees it. */
final class ReplicatedTopic {

    private static final long PATIENCE_SECONDS = 60;

    private final ClusterProcesses cluster;
    private final String name;
    private final int partitions;
    private Uuid id = Uuid.ZERO_UUID;

    private ReplicatedTopic(ClusterProcesses cluster, String name, int partitions) {
        this.cluster = cluster;
        this.name = name;
        this.partitions = partitions;
    }

    /** With segments of 1 MiB, so that rolls, flushes and the reuse of the journal fall into a short test as well. */
    static ReplicatedTopic create(ClusterProcesses cluster, String name, int partitions) throws Exception {
        ReplicatedTopic topic = new ReplicatedTopic(cluster, name, partitions);
        try (Admin admin = topic.admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 3)
                            .configs(Map.of(
                                    "segment.bytes", "1048576",
                                    "file.delete.delay.ms", "100",
                                    "min.insync.replicas", "2"))))
                    .all()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            topic.id = topic.describe().topicId();
        }
        cluster.awaitSettled();
        return topic;
    }

    /** A node that stands still accepts connections and answers nothing: the client must give it up well within its patience. */
    private Admin admin() {
        return Admin.create(Map.of(
                "bootstrap.servers",
                cluster.bootstrap(),
                "default.api.timeout.ms",
                60_000,
                "request.timeout.ms",
                3_000));
    }

    String name() {
        return name;
    }

    int partitions() {
        return partitions;
    }

    TopicDescription describe() throws Exception {
        try (Admin admin = admin()) {
            return admin.describeTopics(List.of(name))
                    .allTopicNames()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .get(name);
        }
    }

    /** Who leads a partition; -1 while nobody does. */
    int leader(int partition) throws Exception {
        Node leader = describe().partitions().get(partition).leader();
        return leader == null || leader.isEmpty() ? -1 : leader.id();
    }

    /** The partitions by who leads them. */
    Map<Integer, List<Integer>> partitionsByLeader() throws Exception {
        Map<Integer, List<Integer>> led = new TreeMap<>();
        for (TopicPartitionInfo partition : describe().partitions()) {
            Node leader = partition.leader();
            led.computeIfAbsent(leader == null ? -1 : leader.id(), node -> new ArrayList<>())
                    .add(partition.partition());
        }
        return led;
    }

    /** The greatest leader epoch of each partition that any node knows. */
    List<Integer> leaderEpochs() throws InterruptedException {
        int[] epochs = new int[partitions];
        for (int node : cluster.ids()) {
            for (JsonObject partition : cluster.partitions(node, name)) {
                int index = partition.getInteger("partition");
                epochs[index] = Math.max(epochs[index], partition.getInteger("leaderEpoch"));
            }
        }
        return Arrays.stream(epochs).boxed().toList();
    }

    /** The brokers that a partition is assigned to. */
    List<Integer> replicas(int partition) throws Exception {
        return describe().partitions().get(partition).replicas().stream()
                .map(Node::id)
                .toList();
    }

    /** Whether replicas differ, from the files of nodes that were stopped in order. */
    Finding divergence() throws IOException {
        Map<String, List<ReplicaContent>> replicas = new TreeMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            List<ReplicaContent> contents = new ArrayList<>();
            for (int node : cluster.ids()) {
                ReplicaContent.read("node " + node, cluster.node(node).dataDirectory(), id + "-" + partition)
                        .ifPresent(contents::add);
            }
            if (contents.size() < 3) {
                throw new AssertionError("replicas are missing: partition=" + name + "/" + partition + " found="
                        + contents.stream().map(ReplicaContent::replica).toList());
            }
            replicas.put(name + "/" + partition, contents);
        }
        return ReplicaComparison.compare(replicas);
    }
}
