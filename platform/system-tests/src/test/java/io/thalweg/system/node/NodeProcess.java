package io.thalweg.system.node;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One node. Its data directory outlives its processes. */
public final class NodeProcess implements AutoCloseable {

    private static final Path JAR = Path.of("..", "launcher", "target", "thalweg.jar");
    private static final long READY_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(180);
    private static final long POLL_MILLIS = 5;

    private final Path directory;
    private final Path dataDirectory;
    private final List<String> jvmOptions;
    private final List<String> options;
    private final List<String> wrapper;
    private @Nullable Process process;
    private JsonObject ports = new JsonObject();
    private int starts;

    private NodeProcess(
            Path directory, Path dataDirectory, List<String> wrapper, List<String> jvmOptions, List<String> options) {
        this.directory = directory;
        this.dataDirectory = dataDirectory;
        this.wrapper = List.copyOf(wrapper);
        this.jvmOptions = List.copyOf(jvmOptions);
        this.options = List.copyOf(options);
    }

    /** A node that is not started yet, with its data below {@code directory}. */
    public static NodeProcess in(Path directory) {
        return new NodeProcess(directory, directory.resolve("data"), List.of(), List.of("-Xmx512m"), List.of());
    }

    public NodeProcess withDataDirectory(Path other) {
        return new NodeProcess(directory, other, wrapper, jvmOptions, options);
    }

    /** A command that runs the one behind it, such as {@code prlimit}; it must exec it, so that signals arrive. */
    public NodeProcess withWrapper(String... command) {
        return new NodeProcess(directory, dataDirectory, List.of(command), jvmOptions, options);
    }

    public NodeProcess withJvmOptions(String... others) {
        return new NodeProcess(directory, dataDirectory, wrapper, List.of(others), options);
    }

    /** Further options of {@code thalweg start}. */
    public NodeProcess withOptions(String... others) {
        return new NodeProcess(directory, dataDirectory, wrapper, jvmOptions, List.of(others));
    }

    /** Starts a process and returns when it says that it is ready, with the milliseconds that took. */
    public long start() throws IOException, InterruptedException {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("node is running: pid=" + process.pid());
        }
        Path portsFile = directory.resolve("ports-" + starts + ".json");
        Path output = output();
        starts++;
        long began = System.nanoTime();
        Process started = new ProcessBuilder(command(portsFile))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        process = started;
        while (!Files.exists(portsFile)) {
            if (!started.isAlive() || System.nanoTime() - began > READY_TIMEOUT_NANOS) {
                throw new IOException("node did not become ready: alive=" + started.isAlive() + " output=\n" + tail());
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        ports = new JsonObject(Files.readString(portsFile));
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    private List<String> command(Path portsFile) {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", JAR.toString(), "start", "--data-dir", dataDirectory.toString()));
        command.addAll(List.of("--ports-file", portsFile.toString()));
        command.addAll(List.of("--kafka", "127.0.0.1:" + ports.getInteger("kafka", 0)));
        command.addAll(List.of("--http", "127.0.0.1:" + ports.getInteger("http", 0)));
        command.addAll(List.of("--event-bus", "127.0.0.1:" + ports.getInteger("eventBus", 0)));
        command.addAll(options);
        return command;
    }

    public String kafka() {
        return "127.0.0.1:" + ports.getInteger("kafka");
    }

    public int kafkaPort() {
        return ports.getInteger("kafka");
    }

    public String http() {
        return "http://127.0.0.1:" + ports.getInteger("http");
    }

    public int httpPort() {
        return ports.getInteger("http");
    }

    public int eventBusPort() {
        return ports.getInteger("eventBus");
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
