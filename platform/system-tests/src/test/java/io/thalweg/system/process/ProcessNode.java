package io.thalweg.system.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node whose connectors come from a directory, and what its children and topics look like from outside. */
final class ProcessNode implements AutoCloseable {

    static final Path EXAMPLES =
            Path.of("../../conf/examples/process").toAbsolutePath().normalize();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final NodeProcess node;
    private final Path connectors;

    ProcessNode(Path directory) throws IOException {
        connectors = Files.createDirectories(directory.resolve("connectors"));
        JsonObject settings = new JsonObject()
                .put(
                        "connectors",
                        new JsonObject()
                                .put("directory", connectors.toString())
                                .put("directoryPollMillis", 100)
                                .put("commands", new JsonArray().add("python3").add("node")));
        Path conf = Files.writeString(directory.resolve("conf.json"), settings.encode());
        node = NodeProcess.in(directory).withOptions("--conf", conf.toString());
    }

    NodeProcess process() {
        return node;
    }

    /** Skips the test, saying so, where the interpreter is absent. */
    static void needs(String interpreter) {
        boolean there = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(place -> Files.isExecutable(Path.of(place, interpreter)));
        assumeTrue(there, interpreter + " is not on the PATH: this test needs it");
    }

    static String command(String... words) {
        return new JsonArray(Arrays.asList(words)).encode();
    }

    void connector(String name, JsonObject config) throws IOException {
        Path written = Files.writeString(
                connectors.resolve(name + ".tmp"),
                config.copy().put("name", name).encodePrettily());
        Files.move(written, connectors.resolve(name + ".json"));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(node.http() + path)).build(), BodyHandlers.ofString());
    }

    void publish(String topic, List<String> values) throws IOException, InterruptedException {
        JsonArray records = new JsonArray();
        values.forEach(value -> records.add(new JsonObject().put("value", value)));
        HttpResponse<String> answer = CLIENT.send(
                HttpRequest.newBuilder(URI.create(node.http() + "/v1/topics/" + topic + "/records"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                new JsonObject().put("records", records).encode()))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
    }

    String status(String connector) throws IOException, InterruptedException {
        return get("/connect/connectors/" + connector + "/status").body();
    }

    /** Whether a topic's first partition has so many records; false while no node answers. */
    boolean has(String topic, long count) throws InterruptedException {
        try {
            HttpResponse<String> answer =
                    get("/v1/topics/" + topic + "/records?partition=0&limit=1&from=" + Math.max(0, count - 1));
            return answer.statusCode() == 200
                    && !new JsonObject(answer.body()).getJsonArray("records").isEmpty();
        } catch (IOException noNode) {
            return false;
        }
    }

    /** All values of a topic's first partition. */
    List<Object> values(String topic) throws IOException, InterruptedException {
        List<Object> values = new ArrayList<>();
        String from = "earliest";
        while (true) {
            JsonObject page =
                    new JsonObject(get("/v1/topics/" + topic + "/records?partition=0&limit=10000&from=" + from)
                            .body());
            JsonArray records = page.getJsonArray("records");
            if (records.isEmpty()) {
                return values;
            }
            records.forEach(record -> values.add(((JsonObject) record).getValue("value")));
            from = page.getString("next");
        }
    }

    /** Pids of processes, zombies left out, whose command line holds the word. */
    static List<Long> children(String word) {
        return ProcessHandle.allProcesses()
                .filter(process -> commandLine(process.pid()).contains(word))
                .map(ProcessHandle::pid)
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
        } catch (IOException gone) {
            return "";
        }
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    void until(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(300);
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 300 s: " + what + "\n" + node.printed());
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Override
    public void close() {
        node.close();
    }
}
