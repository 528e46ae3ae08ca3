package io.thalweg.benchmarks.endtoend;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;

/** The nodes of one cluster as one peer: what they cost is added up. Nodes are numbered from 1. */
final class BrokerCluster implements Peer {

    /** How a node is taken away. */
    enum End {
        /** kill -9. */
        KILLED,
        /** SIGTERM. */
        STOPPED
    }

    /** Starts one node, and does not wait for it. */
    interface Starter {
        BrokerProcess launch(int node) throws IOException, InterruptedException;
    }

    private static final long POLL_MILLIS = 20;

    private final String name;
    private final Starter starter;
    private final List<BrokerProcess> nodes = new ArrayList<>();
    private final double startCpuSeconds;

    /** Starts all nodes at the same time and returns when each answers and knows of all. */
    BrokerCluster(String name, int size, Starter starter) throws IOException, InterruptedException {
        this.name = name;
        this.starter = starter;
        try {
            for (int node = 1; node <= size; node++) {
                nodes.add(starter.launch(node));
            }
            for (BrokerProcess node : nodes) {
                node.awaitAnswer(size);
            }
        } catch (IOException | InterruptedException failure) {
            for (BrokerProcess node : nodes) {
                node.kill();
            }
            throw failure;
        }
        this.startCpuSeconds = stats().cpuSeconds();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String bootstrap() {
        return nodes.stream().map(BrokerProcess::bootstrap).collect(Collectors.joining(","));
    }

    @Override
    public ProcessStats stats() throws IOException {
        double cpuSeconds = 0;
        long residentMib = 0;
        int openFiles = 0;
        for (BrokerProcess node : nodes) {
            ProcessStats one = node.stats();
            cpuSeconds += one.cpuSeconds();
            residentMib += one.residentMib();
            openFiles += one.openFiles();
        }
        return new ProcessStats(cpuSeconds, residentMib, openFiles);
    }

    @Override
    public short replicationFactor() {
        return (short) nodes.size();
    }

    @Override
    public long startMillis() {
        return nodes.stream().mapToLong(BrokerProcess::startMillis).max().orElse(-1);
    }

    @Override
    public double startCpuSeconds() {
        return startCpuSeconds;
    }

    @Override
    public long residentAfterStartMib() {
        return nodes.stream().mapToLong(BrokerProcess::residentAfterStartMib).sum();
    }

    /** The number of the node that leads the first partition. */
    int leader(String topic) throws InterruptedException, ExecutionException {
        try (Admin admin = BrokerProcess.admin(this)) {
            return partitions(admin, topic).get(0).leader().id();
        }
    }

    void end(int node, End how) throws IOException, InterruptedException {
        BrokerProcess process = nodes.get(node - 1);
        if (how == End.KILLED) {
            process.kill();
        } else {
            process.close();
        }
    }

    /** Starts a node that ended, and returns when every replica of the topic is in sync again. */
    void restart(int node, String topic) throws IOException, InterruptedException, ExecutionException {
        BrokerProcess process = starter.launch(node);
        nodes.set(node - 1, process);
        process.awaitAnswer(nodes.size());
        try (Admin admin = BrokerProcess.admin(this)) {
            while (!partitions(admin, topic).stream()
                    .allMatch(partition -> partition.isr().size() == nodes.size())) {
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    private static List<TopicPartitionInfo> partitions(Admin admin, String topic)
            throws InterruptedException, ExecutionException {
        Map<String, KafkaFuture<TopicDescription>> described =
                admin.describeTopics(List.of(topic)).topicNameValues();
        return Objects.requireNonNull(described.get(topic), topic).get().partitions();
    }

    @Override
    public void close() throws IOException {
        IOException failed = null;
        for (BrokerProcess node : nodes) {
            try {
                node.close();
            } catch (IOException failure) {
                failed = failure;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
