package io.thalweg.system.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A topic of several partitions into files that roll, by a node that is killed at random moments. */
class FileSinkKillFaultIT {

    private static final int PARTITIONS = 3;
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(300);

    @TempDir
    Path directory;

    private int written;

    @Test
    void fourKillsLoseNothingAndDoubleNothing() throws Exception {
        killRepeatedly(4);
    }

    @Test
    @Tag("heavy")
    void fortyKillsLoseNothingAndDoubleNothing() throws Exception {
        killRepeatedly(40);
    }

    private void killRepeatedly(int kills) throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        try (NodeProcess node = ConnectClient.node(directory)) {
            node.start();
            TopicContents topic = new TopicContents(node, "events", PARTITIONS);
            topic.create();
            write(topic, 3_000);
            ConnectClient connect = new ConnectClient(node);
            connect.put(
                    "sink",
                    new JsonObject()
                            .put("connector.class", "file-sink")
                            .put("topics", "events")
                            .put("directory", out().toString())
                            .put("envelope", "true")
                            .put("roll.records", "1000")
                            .put("offset.flush.interval.ms", "100"));
            for (int kill = 0; kill < kills; kill++) {
                long before = durable();
                write(topic, 2_000 + random.nextInt(10_000));
                awaitDurable(connect, before + 1 + random.nextInt(1_500));
                node.kill();
                node.start();
            }
            awaitDurable(connect, written);
            check(seed);
            assertThat(node.stop()).isZero();
            System.out.printf(
                    "topic to file: kills=%d files=%d records=%d seed=%d%n", kills, files(0).size(), written, seed);
        }
    }

    private Path out() {
        return directory.resolve("out");
    }

    private void write(TopicContents topic, int count) throws Exception {
        topic.write(written, count);
        written += count;
    }

    /** How many records the sink says that it holds. */
    private long durable() throws IOException {
        long sum = 0;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Path state = out().resolve(".thalweg").resolve("events-" + partition + ".json");
            if (Files.exists(state)) {
                sum += new JsonObject(Files.readString(state)).getLong("nextOffset");
            }
        }
        return sum;
    }

    private void awaitDurable(ConnectClient connect, long wanted) throws Exception {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        for (long sum = durable(); sum < Math.min(wanted, written); sum = durable()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "files did not fill: records=" + sum + " wanted=" + wanted + " " + connect.status("sink"));
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private List<Path> files(int partition) throws IOException {
        try (Stream<Path> paths = Files.list(out())) {
            return paths.filter(path -> path.getFileName().toString().startsWith("events-" + partition + "-"))
                    .sorted()
                    .toList();
        }
    }

    private void check(long seed) throws IOException {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<Integer> values = new ArrayList<>();
            long offset = 0;
            for (Path file : files(partition)) {
                for (String line : Files.readAllLines(file)) {
                    JsonObject envelope = new JsonObject(line);
                    assertThat(envelope.getLong("offset"))
                            .as("offset in %s, seed=%d", file, seed)
                            .isEqualTo(offset++);
                    values.add(envelope.getJsonObject("value").getInteger("i"));
                }
            }
            int remainder = partition;
            assertThat(values.equals(Stream.iterate(remainder, i -> i < written, i -> i + PARTITIONS)
                            .toList()))
                    .as("values of partition %d, seed=%d", partition, seed)
                    .isTrue();
        }
    }
}
