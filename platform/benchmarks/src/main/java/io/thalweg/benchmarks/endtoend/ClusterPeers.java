package io.thalweg.benchmarks.endtoend;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How each peer is started as a cluster on this machine: its defaults, loopback, fresh directories. */
final class ClusterPeers {

    private final Peers peers;
    private final int size;

    ClusterPeers(Peers peers, int size) {
        this.peers = peers;
        this.size = size;
    }

    /** @param name "kafka", "thalweg-os" or "thalweg-fsync" */
    BrokerCluster start(String name) throws IOException, InterruptedException {
        return switch (name) {
            case "kafka" -> kafka();
            case "thalweg-os" -> thalweg(name, "os");
            case "thalweg-fsync" -> thalweg(name, "fsync");
            default ->
                throw new IllegalArgumentException(
                        "unknown peer: found=" + name + " allowed=kafka, thalweg-os, thalweg-fsync");
        };
    }

    private BrokerCluster kafka() throws IOException, InterruptedException {
        List<Integer> ports = freePorts();
        List<Integer> controllers = freePorts();
        String voters = IntStream.range(0, size)
                .mapToObj(node -> (node + 1) + "@" + Peers.HOST + ":" + controllers.get(node))
                .collect(Collectors.joining(","));
        // Formatting is no part of a start.
        List<List<String>> commands = new ArrayList<>();
        for (int node = 1; node <= size; node++) {
            commands.add(peers.kafka(
                    directory("kafka", node), node, ports.get(node - 1), voters, controllers.get(node - 1), size));
        }
        return new BrokerCluster(
                "kafka", size, node -> launch("kafka", node, commands.get(node - 1), ports.get(node - 1)));
    }

    private BrokerCluster thalweg(String name, String durability) throws IOException, InterruptedException {
        List<Integer> ports = freePorts();
        List<Integer> members = freePorts();
        String addresses = members.stream().map(port -> Peers.HOST + ":" + port).collect(Collectors.joining(","));
        return new BrokerCluster(name, size, node -> {
            List<String> flags = List.of(
                    "--node-id",
                    Integer.toString(node),
                    "--cluster",
                    Peers.HOST + ":" + members.get(node - 1),
                    "--cluster-members",
                    addresses);
            int port = ports.get(node - 1);
            return launch(name, node, peers.thalweg(directory(name, node), port, durability, flags), port);
        });
    }

    private BrokerProcess launch(String name, int node, List<String> command, int port) throws IOException {
        return BrokerProcess.launch(name + "-" + node, command, Peers.HOST + ":" + port, directory(name, node));
    }

    private Path directory(String name, int node) {
        return peers.work.resolve(name + "-" + node);
    }

    private List<Integer> freePorts() throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (int node = 0; node < size; node++) {
            ports.add(Peers.freePort());
        }
        return ports;
    }
}
