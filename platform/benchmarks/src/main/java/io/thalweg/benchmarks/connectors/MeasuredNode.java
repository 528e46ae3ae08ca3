package io.thalweg.benchmarks.connectors;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node as a process, whose connectors may reach one directory. */
final class MeasuredNode implements AutoCloseable {

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final double TICKS_PER_SECOND = 100;

    private final Process process;
    private final JsonObject ports;
    private final HttpClient client = HttpClient.newHttpClient();

    private MeasuredNode(Process process, JsonObject ports) {
        this.process = process;
        this.ports = ports;
    }

    static MeasuredNode start(Path directory, String durability) throws IOException, InterruptedException {
        Path settings = directory.resolve("settings.json");
        Files.writeString(
                settings,
                new JsonObject()
                        .put("connectors", new JsonObject().put("pathRoots", List.of(directory.toString())))
                        .put("log", new JsonObject().put("durability", durability))
                        .encode());
        Path portsFile = directory.resolve("ports.json");
        Process started = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        "platform/launcher/target/thalweg.jar",
                        "start",
                        "--conf",
                        settings.toString(),
                        "--data-dir",
                        directory.resolve("data").toString(),
                        "--ports-file",
                        portsFile.toString(),
                        "--http",
                        "127.0.0.1:0",
                        "--kafka",
                        "127.0.0.1:0",
                        "--event-bus",
                        "127.0.0.1:0")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.txt").toFile())
                .start();
        long began = System.nanoTime();
        while (!Files.exists(portsFile)) {
            if (!started.isAlive() || System.nanoTime() - began > START_NANOS) {
                started.destroyForcibly();
                throw new IOException("node did not start; see " + directory.resolve("output.txt"));
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return new MeasuredNode(started, new JsonObject(Files.readString(portsFile)));
    }

    String kafka() {
        return "127.0.0.1:" + ports.getInteger("kafka");
    }

    /** User and system time of the process so far. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    void createTopic(String topic) throws IOException, InterruptedException {
        send("POST", "/v1/topics", new JsonObject().put("name", topic).put("partitions", 1));
    }

    void createConnector(String name, JsonObject config) throws IOException, InterruptedException {
        send("PUT", "/connect/connectors/" + name + "/config", config);
    }

    void delete(String path) throws IOException, InterruptedException {
        send("DELETE", path, null);
    }

    String status(String connector) throws IOException, InterruptedException {
        return send("GET", "/connect/connectors/" + connector + "/status", null);
    }

    private String send(String method, String path, @org.jspecify.annotations.Nullable JsonObject body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.getInteger("http") + path))
                .timeout(REQUEST_TIMEOUT)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(
                    method + " " + path + " failed: status=" + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(60, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
