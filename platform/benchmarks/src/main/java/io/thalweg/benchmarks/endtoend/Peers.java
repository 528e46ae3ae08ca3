package io.thalweg.benchmarks.endtoend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How each peer is started: its defaults, one node, loopback, a fresh directory. */
final class Peers {

    static final String HOST = "127.0.0.1";
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    final Path work;
    private final Path kafkaJars;
    private final Path thalwegJar;

    Peers(Path work, Path kafkaJars, Path thalwegJar) {
        this.work = work;
        this.kafkaJars = kafkaJars;
        this.thalwegJar = thalwegJar;
    }

    String kafkaClassPath() {
        return kafkaJars + "/*";
    }

    static String java() {
        return JAVA;
    }

    /** @param name "kafka", "thalweg-os" or "thalweg-fsync" */
    Peer start(String name) throws IOException, InterruptedException {
        return switch (name) {
            case "kafka" -> kafka();
            case "thalweg-os" -> thalweg(name, "os");
            case "thalweg-fsync" -> thalweg(name, "fsync");
            default ->
                throw new IllegalArgumentException(
                        "unknown peer: found=" + name + " allowed=kafka, thalweg-os, thalweg-fsync");
        };
    }

    /** Apache Kafka with its default configuration and the 1 GiB heap of its start script. */
    private BrokerProcess kafka() throws IOException, InterruptedException {
        Path directory = Files.createDirectories(work.resolve("kafka"));
        int port = freePort();
        int controller = freePort();
        return BrokerProcess.start(
                "kafka",
                kafka(directory, 1, port, "1@" + HOST + ":" + controller, controller, 1),
                HOST,
                port,
                directory);
    }

    /**
     * The command for one node of Apache Kafka, whose directory is made ready for it.
     *
     * @param voters of the controllers' quorum, in Kafka's form
     * @param replicas of its internal topics
     */
    List<String> kafka(Path directory, int node, int port, String voters, int controller, int replicas)
            throws IOException, InterruptedException {
        Path properties = Files.createDirectories(directory).resolve("server.properties");
        Files.writeString(
                properties,
                String.join(
                        "\n",
                        "process.roles=broker,controller",
                        "node.id=" + node,
                        "controller.quorum.voters=" + voters,
                        "listeners=PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controller,
                        "advertised.listeners=PLAINTEXT://" + HOST + ":" + port,
                        "controller.listener.names=CONTROLLER",
                        "offsets.topic.replication.factor=" + replicas,
                        "transaction.state.log.replication.factor=" + replicas,
                        "transaction.state.log.min.isr=1",
                        "log.dirs=" + directory.resolve("data"),
                        ""));
        Process format = new ProcessBuilder(
                        JAVA,
                        "-cp",
                        kafkaClassPath(),
                        "kafka.tools.StorageTool",
                        "format",
                        "-t",
                        "MkU3OEVBNTcwNTJENDM2Qg",
                        "-c",
                        properties.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("format.txt").toFile())
                .start();
        if (format.waitFor() != 0) {
            throw new IOException("kafka format failed; see " + directory.resolve("format.txt"));
        }
        // The flags of kafka-server-start.sh and kafka-run-class.sh.
        return List.of(
                JAVA,
                "-Xmx1G",
                "-Xms1G",
                "-server",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:InitiatingHeapOccupancyPercent=35",
                "-XX:+ExplicitGCInvokesConcurrent",
                "-Djava.awt.headless=true",
                "-cp",
                kafkaClassPath(),
                "kafka.Kafka",
                properties.toString());
    }

    BrokerProcess thalweg(String name, String durability) throws IOException, InterruptedException {
        Path directory = Files.createDirectories(work.resolve(name));
        int port = freePort();
        return BrokerProcess.start(name, thalweg(directory, port, durability, List.of()), HOST, port, directory);
    }

    /** The command for one node of Thalweg. */
    List<String> thalweg(Path directory, int port, String durability, List<String> more) throws IOException {
        // The flags of bin/thalweg; a build with -Dquick makes no archive.
        List<String> command = new ArrayList<>(List.of(JAVA, "-Xms64m", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError"));
        Path archive = thalwegJar.toAbsolutePath().resolveSibling("thalweg.jsa");
        if (Files.exists(archive)) {
            command.addAll(List.of(
                    "-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
        }
        command.addAll(List.of(
                "-cp",
                thalwegJar.toString(),
                "io.thalweg.launcher.Main",
                "start",
                "--data-dir",
                directory.resolve("data").toString(),
                "--kafka",
                HOST + ":" + port,
                "--http",
                HOST + ":" + freePort(),
                "--event-bus",
                HOST + ":" + freePort(),
                "--set",
                "log.durability=" + durability));
        command.addAll(more);
        return command;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
