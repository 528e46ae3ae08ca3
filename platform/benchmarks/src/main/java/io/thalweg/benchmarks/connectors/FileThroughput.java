package io.thalweg.benchmarks.connectors;

import io.vertx.core.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** MB/s (10^6 bytes) of 1 KB records from a file into a topic, and from the topic into a file, on one task each. */
public final class FileThroughput {

    private static final int RECORD_BYTES = 1_000;
    private static final int MIB = 1 << 20;
    private static final int LOOK_MILLIS = 10;
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final MeasuredNode node;
    private final Path directory;
    private final int count;

    private FileThroughput(MeasuredNode node, Path directory, int count) {
        this.node = node;
        this.directory = directory;
        this.count = count;
    }

    public static void main(String[] arguments) throws Exception {
        int mib = Integer.parseInt(option(arguments, "--mib", "512"));
        int rounds = Integer.parseInt(option(arguments, "--rounds", "3"));
        String durability = option(arguments, "--durability", "fsync");
        Path parent = Path.of(option(arguments, "--directory", System.getProperty("java.io.tmpdir")));
        Path directory = Files.createTempDirectory(parent, "thalweg-connectors").toRealPath();
        int count = (int) ((long) mib * MIB / (RECORD_BYTES + 1));
        writeInput(directory.resolve("in.ndjson"), count);
        try (MeasuredNode node = MeasuredNode.start(directory, durability)) {
            FileThroughput throughput = new FileThroughput(node, directory, count);
            for (int round = 0; round <= rounds; round++) {
                for (String format : List.of("lines", "ndjson")) {
                    // The first round warms up the node's JVM.
                    throughput.round(round, format, round == 0 ? "warm-up" : "round " + round);
                }
            }
        } finally {
            delete(directory);
        }
    }

    private static String option(String[] arguments, String name, String otherwise) {
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            if (arguments[i].equals(name)) {
                return arguments[i + 1];
            }
        }
        return otherwise;
    }

    private static void writeInput(Path file, int count) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), MIB)) {
            for (int i = 0; i < count; i++) {
                String head = "{\"id\":" + i + ",\"key\":\"k" + i % 1_000 + "\",\"text\":\"";
                String line = head + "x".repeat(RECORD_BYTES - head.length() - 2) + "\"}\n";
                out.write(line.getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    private void round(int round, String format, String name) throws Exception {
        String topic = "bench-" + round + "-" + format;
        node.createTopic(topic);
        measure(name, "file to topic", format, topic + "-in", source(topic, format), () -> end(topic));
        Path out = directory.resolve("out-" + topic);
        measure(name, "topic to file", format, topic + "-out", sink(topic, format, out), () -> durable(out, topic));
        node.delete("/connect/connectors/" + topic + "-in");
        node.delete("/connect/connectors/" + topic + "-out");
        node.delete("/v1/topics/" + topic);
        delete(out);
    }

    private JsonObject source(String topic, String format) {
        JsonObject config = new JsonObject()
                .put("connector.class", "file-source")
                .put("file", directory.resolve("in.ndjson").toString())
                .put("topic", topic)
                .put("format", format)
                .put("offset.flush.interval.ms", "1000");
        return format.equals("ndjson") ? config.put("key.field", "key") : config;
    }

    private static JsonObject sink(String topic, String format, Path out) {
        return new JsonObject()
                .put("connector.class", "file-sink")
                .put("topics", topic)
                .put("directory", out.toString())
                .put("format", format)
                .put("offset.flush.interval.ms", "1000");
    }

    /** How many records have arrived. */
    private interface Progress {
        long records() throws IOException;
    }

    private void measure(
            String round, String direction, String format, String connector, JsonObject config, Progress progress)
            throws Exception {
        double cpuBefore = node.cpuSeconds();
        long began = System.nanoTime();
        node.createConnector(connector, config);
        long moved = began;
        long last = 0;
        for (long now = progress.records(); now < count; now = progress.records()) {
            if (now != last) {
                last = now;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > STALL_NANOS) {
                throw new IOException(
                        "connector stands still: records=" + now + " of " + count + " " + node.status(connector));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        double megabytes = (double) count * RECORD_BYTES / 1e6;
        System.out.printf(
                Locale.ROOT,
                "%s: %s, %s: %.0f MB/s (%.1f s, %.2f node CPU s/GB)%n",
                round,
                direction,
                format,
                megabytes / seconds,
                seconds,
                (node.cpuSeconds() - cpuBefore) / (megabytes / 1e3));
    }

    private @Nullable KafkaConsumer<byte[], byte[]> consumer;

    private long end(String topic) {
        KafkaConsumer<byte[], byte[]> reader = consumer;
        if (reader == null) {
            reader = new KafkaConsumer<>(
                    Map.of("bootstrap.servers", node.kafka()),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());
            consumer = reader;
        }
        reader.assign(List.of(new TopicPartition(topic, 0)));
        return reader.endOffsets(List.of(new TopicPartition(topic, 0)))
                .values()
                .iterator()
                .next();
    }

    private static long durable(Path out, String topic) throws IOException {
        Path state = out.resolve(".thalweg").resolve(topic + "-0.json");
        return Files.exists(state) ? new JsonObject(Files.readString(state)).getLong("nextOffset") : 0;
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
