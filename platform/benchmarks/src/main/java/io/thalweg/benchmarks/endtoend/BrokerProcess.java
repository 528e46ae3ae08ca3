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

/** A broker started as a child process, with what its start cost. */
final class BrokerProcess implements Peer {

    private static final long STOP_TIMEOUT_SECONDS = 60;
    private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final String name;
    private final String bootstrap;
    private final Process process;
    private final long startMillis;
    private final ProcessStats afterStart;
    private long stopMillis = -1;

    private BrokerProcess(String name, String bootstrap, Process process, long startMillis, ProcessStats afterStart) {
        this.name = name;
        this.bootstrap = bootstrap;
        this.process = process;
        this.startMillis = startMillis;
        this.afterStart = afterStart;
    }

    /** Starts the command and waits until the bootstrap address answers a metadata request. */
    static BrokerProcess start(String name, List<String> command, String host, int port, Path directory)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        String bootstrap = host + ":" + port;
        long began = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.txt").toFile())
                .start();
        while (!RawMetadata.answers(host, port)) {
            if (!process.isAlive() || System.nanoTime() - began > START_TIMEOUT_NANOS) {
                process.destroyForcibly();
                throw new IOException(
                        "broker did not start: name=" + name + "; see " + directory.resolve("output.txt"));
            }
            Thread.sleep(5);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        return new BrokerProcess(name, bootstrap, process, millis, ProcessStats.of(process.pid()));
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
            admin.createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
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
