package io.thalweg.system.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that grows and is rotated, into a topic of several partitions, by a node that is killed at random moments. */
class FileSourceKillFaultIT {

    private static final int PARTITIONS = 3;
    private static final int KEYS = 20;
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(300);

    @TempDir
    Path directory;

    private final List<String> written = new ArrayList<>();
    private int files;

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
            append(2_000);
            ConnectClient connect = source(node, 200);
            awaitSize(topic, connect, 1);
            for (int kill = 0; kill < kills; kill++) {
                // Of what the topic has before: the source may be through before it is asked again.
                long before = topic.size();
                append(5_000 + random.nextInt(20_000));
                awaitSize(topic, connect, before + 1 + random.nextInt(3_000));
                node.kill();
                if (random.nextInt(3) == 0) {
                    rotate();
                }
                node.start();
            }
            awaitSize(topic, connect, written.size());
            check(topic.read(), seed);
            assertThat(node.stop()).isZero();
            System.out.printf(
                    "file to topic: kills=%d rotations=%d records=%d seed=%d%n", kills, files, written.size(), seed);
        }
    }

    /** A stored position is the only thing that could tell the renamed file from its successor. */
    @Test
    void aKillBeforeTheFirstPositionIsStored() throws Exception {
        try (NodeProcess node = ConnectClient.node(directory)) {
            node.start();
            TopicContents topic = new TopicContents(node, "events", PARTITIONS);
            topic.create();
            append(50_000);
            ConnectClient connect = source(node, TimeUnit.HOURS.toMillis(1));
            awaitSize(topic, connect, 1);
            node.kill();
            rotate();
            node.start();
            awaitSize(topic, connect, written.size());
            check(topic.read(), 0);
            assertThat(node.stop()).isZero();
        }
    }

    private ConnectClient source(NodeProcess node, long flushMillis) throws Exception {
        ConnectClient connect = new ConnectClient(node);
        connect.put(
                "source",
                new JsonObject()
                        .put("connector.class", "file-source")
                        .put("file", log().toString())
                        .put("topic", "events")
                        .put("format", "ndjson")
                        .put("key.field", "key")
                        .put("rotate.wait.ms", "50")
                        .put("offset.flush.interval.ms", String.valueOf(flushMillis)));
        return connect;
    }

    private void rotate() throws Exception {
        Files.move(log(), directory.resolve("app.log." + ++files));
        append(1_000);
    }

    private Path log() {
        return directory.resolve("app.log");
    }

    private void append(int count) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int number = written.size();
            String line = "{\"i\":" + number + ",\"key\":\"k" + number % KEYS + "\",\"text\":\""
                    + "x".repeat(number % 200) + "\"}";
            written.add(line);
            lines.append(line).append('\n');
        }
        Files.writeString(log(), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void awaitSize(TopicContents topic, ConnectClient connect, long wanted) throws Exception {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        for (long size = topic.size(); size < wanted; size = topic.size()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "topic did not fill: records=" + size + " wanted=" + wanted + " " + connect.status("source"));
            }
        }
    }

    /** Every line once, and those of a key, which share a partition, in the order of the file. */
    private void check(List<List<String>> partitions, long seed) {
        List<String> all = new ArrayList<>();
        for (List<String> partition : partitions) {
            all.addAll(partition);
            int[] last = new int[KEYS];
            java.util.Arrays.fill(last, -1);
            for (String value : partition) {
                int number = new JsonObject(value).getInteger("i");
                assertThat(number).as("order within a key, seed=%d", seed).isGreaterThan(last[number % KEYS]);
                last[number % KEYS] = number;
            }
        }
        assertThat(all).as("records, seed=%d", seed).hasSize(written.size());
        all.sort(null);
        List<String> expected = new ArrayList<>(written);
        expected.sort(null);
        assertThat(all.equals(expected)).as("the same records, seed=%d", seed).isTrue();
    }
}
