package io.thalweg.system.node;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One node. Its data directory outlives its processes. */
public final class NodeProcess implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";

    private static final Path JAR =
            Path.of("..", "launcher", "target", "thalweg.jar").toAbsolutePath().normalize();
    /** Of the classes that a start loads; the build makes it. Without it a start costs several times as much. */
    private static final Path ARCHIVE = JAR.resolveSibling("thalweg.jsa");

    private static final long READY_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(180);
    private static final long POLL_MILLIS = 5;

    private final Path directory;
    private final String host;
    private final Path dataDirectory;
    private final List<String> jvmOptions;
    private final List<String> options;
    private final List<String> wrapper;
    /** What the other nodes are reached at, asked at each start; null for a node alone. */
    private final @Nullable Supplier<List<String>> members;

    private @Nullable Process process;
    private @Nullable Path portsFile;
    private JsonObject ports = new JsonObject();
    private int starts;

    private NodeProcess(
            Path directory,
            String host,
            Path dataDirectory,
            List<String> wrapper,
            List<String> jvmOptions,
            List<String> options,
            @Nullable Supplier<List<String>> members) {
        this.directory = directory;
        this.host = host;
        this.dataDirectory = dataDirectory;
        this.wrapper = List.copyOf(wrapper);
        this.jvmOptions = List.copyOf(jvmOptions);
        this.options = List.copyOf(options);
        this.members = members;
    }

    /** A node that is not started yet, with its data below {@code directory}. */
    public static NodeProcess in(Path directory) {
        return new NodeProcess(
                directory, LOOPBACK, directory.resolve("data"), List.of(), List.of("-Xmx512m"), List.of(), null);
    }

    public NodeProcess withDataDirectory(Path other) {
        return new NodeProcess(directory, host, other, wrapper, jvmOptions, options, members);
    }

    /** The address of all its doors, in a network that the test made. */
    public NodeProcess withHost(String other) {
        return new NodeProcess(directory, other, dataDirectory, wrapper, jvmOptions, options, members);
    }

    /**
     * As part of a cluster.
     *
     * @param others HOST:PORT of the nodes to look for, in the order in which the command is given them
     */
    public NodeProcess withCluster(Supplier<List<String>> others) {
        return new NodeProcess(directory, host, dataDirectory, wrapper, jvmOptions, options, others);
    }

    /** A command that runs the one behind it, such as {@code prlimit}; it must exec it, so that signals arrive. */
    public NodeProcess withWrapper(String... command) {
        return new NodeProcess(directory, host, dataDirectory, List.of(command), jvmOptions, options, members);
    }

    public NodeProcess withJvmOptions(String... others) {
        return new NodeProcess(directory, host, dataDirectory, wrapper, List.of(others), options, members);
    }

    /** Further options of {@code thalweg start}. */
    public NodeProcess withOptions(String... others) {
        return new NodeProcess(directory, host, dataDirectory, wrapper, jvmOptions, List.of(others), members);
    }

    /** Starts a process and returns when it says that it is ready, with the milliseconds that took. */
    public long start() throws IOException, InterruptedException {
        long began = System.nanoTime();
        launch();
        awaitReady();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    /** Starts a process and returns at once: a node of a cluster may need the others before it is ready. */
    public void launch() throws IOException {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("node is running: pid=" + process.pid());
        }
        Path file = directory.resolve("ports-" + starts + ".json");
        starts++;
        process = new ProcessBuilder(command(file))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()))
                .start();
        portsFile = file;
    }

    /** Returns when the process says that it is ready. */
    public void awaitReady() throws IOException, InterruptedException {
        Path file = Objects.requireNonNull(portsFile, "node was not started");
        long began = System.nanoTime();
        while (!Files.exists(file)) {
            if (!running().isAlive() || System.nanoTime() - began > READY_TIMEOUT_NANOS) {
                throw new IOException(
                        "node did not become ready: alive=" + running().isAlive() + " output=\n" + tail());
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        ports = new JsonObject(Files.readString(file));
    }

    /** Returns when the process has printed a text. */
    public void awaitPrinted(String text) throws IOException, InterruptedException {
        long began = System.nanoTime();
        while (!printed().contains(text)) {
            if (!running().isAlive() || System.nanoTime() - began > READY_TIMEOUT_NANOS) {
                throw new IOException("node did not print: text=" + text + " alive="
                        + running().isAlive() + " output=\n" + tail());
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private List<String> command(Path portsFile) {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        // As bin/thalweg does.
        if (Files.exists(ARCHIVE)) {
            command.addAll(List.of("-XX:SharedArchiveFile=" + ARCHIVE, "-Xshare:auto"));
            command.addAll(List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
        }
        command.addAll(List.of("-cp", JAR.toString(), "io.thalweg.launcher.Main"));
        command.addAll(List.of("start", "--data-dir", dataDirectory.toString()));
        command.addAll(List.of("--ports-file", portsFile.toString()));
        command.addAll(List.of("--kafka", at("kafka")));
        command.addAll(List.of("--http", at("http")));
        command.addAll(List.of("--event-bus", at("eventBus")));
        if (members != null) {
            command.addAll(List.of("--cluster", at("cluster")));
            List<String> others = members.get();
            if (!others.isEmpty()) {
                command.addAll(List.of("--cluster-members", String.join(",", others)));
            }
        }
        command.addAll(options);
        return command;
    }

    /** The address that was bound before, or any free port. */
    private String at(String door) {
        return host + ":" + ports.getInteger(door, 0);
    }

    /** Takes this port at the first start already, instead of any free one. */
    public void usePort(String door, int port) {
        ports.put(door, port);
    }

    public String kafka() {
        return at("kafka");
    }

    public int kafkaPort() {
        return ports.getInteger("kafka");
    }

    public String http() {
        return "http://" + at("http");
    }

    public int httpPort() {
        return ports.getInteger("http");
    }

    public int eventBusPort() {
        return ports.getInteger("eventBus");
    }

    /** Where other nodes join. */
    public String cluster() {
        return at("cluster");
    }

    public Path dataDirectory() {
        return dataDirectory;
    }

    public boolean alive() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return running().pid();
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("node was not started");
        }
        return process;
    }

    /** kill -9; returns when the process is gone. */
    public void kill() throws InterruptedException {
        running().destroyForcibly();
        running().waitFor();
    }

    /** SIGSTOP: the process stands still, its sockets stay open. Returns when it does. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
        while (!paused()) {
            if (!alive()) {
                throw new IOException("node died while it was being stopped: output=\n" + tail());
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** Whether the process stands still, as the kernel sees it. */
    public boolean paused() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
    }

    /** SIGCONT. */
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Commands.run(List.of("kill", "-" + name, Long.toString(pid())));
    }

    /** SIGTERM; returns the exit code. */
    public int stop() throws InterruptedException {
        running().destroy();
        if (!running().waitFor(180, TimeUnit.SECONDS)) {
            throw new IllegalStateException("node did not stop on SIGTERM within 180 s: pid="
                    + running().pid());
        }
        return running().exitValue();
    }

    /** Resident memory now, in MiB. */
    public long residentMib() throws IOException {
        return Long.parseLong(
                        Files.readString(Path.of("/proc/" + pid() + "/statm")).split(" ")[1])
                / 256;
    }

    public int openFiles() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/" + pid() + "/fd"))) {
            return (int) descriptors.count();
        }
    }

    private Path output() {
        return directory.resolve("output.txt");
    }

    /** All that the node's processes printed so far. */
    public String printed() throws IOException {
        return Files.exists(output()) ? Files.readString(output()) : "";
    }

    private String tail() throws IOException {
        String all = printed();
        return all.substring(Math.max(0, all.length() - 4_000));
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }
}
