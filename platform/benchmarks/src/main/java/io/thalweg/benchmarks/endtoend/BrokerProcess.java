package io.thalweg.benchmarks.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A broker started as a child process, with what its start cost. */
final class BrokerProcess implements Peer {

    private static final long STOP_TIMEOUT_SECONDS = 60;
    private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final String name;
    private final String bootstrap;
    private final Path output;
    private final Process process;
    private final long began;
    private long startMillis = -1;
    private ProcessStats afterStart = new ProcessStats(0, 0, 0);
    private long stopMillis = -1;

    private BrokerProcess(String name, String bootstrap, Path output, Process process, long began) {
        this.name = name;
        this.bootstrap = bootstrap;
        this.output = output;
        this.process = process;
        this.began = began;
    }

    /** Starts the command and waits until the bootstrap address answers a metadata request. */
    static BrokerProcess start(String name, List<String> command, String host, int port, Path directory)
            throws IOException, InterruptedException {
        BrokerProcess broker = launch(name, command, host + ":" + port, directory);
        broker.awaitAnswer(1);
        return broker;
    }

    /** Starts the command and does not wait. What it prints goes to output.txt in the directory. */
    static BrokerProcess launch(String name, List<String> command, String bootstrap, Path directory)
            throws IOException {
        Path output = Files.createDirectories(directory).resolve("output.txt");
        long began = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        return new BrokerProcess(name, bootstrap, output, process, began);
    }

    /** Returns when the bootstrap address answers a metadata request and knows of so many brokers. */
    void awaitAnswer(int brokersMin) throws IOException, InterruptedException {
        int colon = bootstrap.lastIndexOf(':');
        int port = Integer.parseInt(bootstrap.substring(colon + 1));
        while (!RawMetadata.answers(bootstrap.substring(0, colon), port, brokersMin)) {
            if (!process.isAlive() || System.nanoTime() - began > START_TIMEOUT_NANOS) {
                process.destroyForcibly();
                throw new IOException("broker did not start: name=" + name + "; see " + output);
            }
            Thread.sleep(5);
        }
        startMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        afterStart = ProcessStats.of(process.pid());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String bootstrap() {
        return bootstrap;
    }

    @Override
    public ProcessStats stats() throws IOException {
        return ProcessStats.of(process.pid());
    }

    @Override
    public short replicationFactor() {
        return 1;
    }

    boolean alive() {
        return process.isAlive();
    }

    @Override
    public long startMillis() {
        return startMillis;
    }

    @Override
    public double startCpuSeconds() {
        return afterStart.cpuSeconds();
    }

    @Override
    public long residentAfterStartMib() {
        return afterStart.residentMib();
    }

    /** An Admin client; the caller closes it. */
    static Admin admin(Peer peer) {
        Properties properties = new Properties();
        properties.putAll(Map.of("bootstrap.servers", peer.bootstrap(), "default.api.timeout.ms", "30000"));
        return Admin.create(properties);
    }

    static void createTopic(Peer peer, String topic, int partitions) throws InterruptedException, ExecutionException {
        try (Admin admin = admin(peer)) {
            NewTopic created = new NewTopic(topic, partitions, peer.replicationFactor());
            if (peer.replicationFactor() > 1) {
                created.configs(Map.of("min.insync.replicas", "2"));
            }
            admin.createTopics(List.of(created)).all().get();
        }
    }

    static void deleteTopic(Peer peer, String topic) throws InterruptedException, ExecutionException {
        try (Admin admin = admin(peer)) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }

    /** kill -9; returns when the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /**
     * SIGTERM; returns when the process is gone, and how long that took is {@link #stopMillis()}.
     *
     * @throws IOException if it had to be killed: what it has on disk is then not what a clean stop leaves
     */
    @Override
    public void close() throws IOException {
        if (!process.isAlive()) {
            return;
        }
        long began = System.nanoTime();
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                kill();
                throw new IOException(
                        "broker did not stop and was killed: name=" + name + " seconds=" + STOP_TIMEOUT_SECONDS);
            }
            stopMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("broker was killed, because its stop was interrupted: name=" + name, interrupted);
        }
    }

    /** From SIGTERM to the end of the process; -1 before. */
    long stopMillis() {
        return stopMillis;
    }
}
