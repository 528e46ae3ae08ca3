package io.thalweg.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.Tumbling;
import io.thalweg.streams.topology.Topology;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results are those of a plain computation over all of the input, whatever happens on the way. */
final class StatefulRuntimeIT {

    private static final long BEGIN_MILLIS = 1_700_000_000_000L;
    private static final StreamsRuntimeConfig CONFIG = StreamsRuntimeConfig.defaults();

    @TempDir
    private Path directory;

    private StreamsNode node;

    @BeforeEach
    void start() throws Exception {
        node = new StreamsNode(directory);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    // ---- the applications

    private static Topology wordCount() {
        StreamApp app = StreamApp.named("words");
        app.stream("lines", Serdes.string(), Serdes.string())
                .flatMapValues(line -> List.of(line.split(" ")))
                .groupBy("by-word", (key, word) -> word)
                .count("word-counts")
                .toStream()
                .to("counts", Serdes.string(), Serdes.int64());
        return app.topology();
    }

    private static Topology countByKey() {
        StreamApp app = StreamApp.named("keys");
        app.stream("events", Serdes.string(), Serdes.string())
                .groupByKey()
                .count("key-counts")
                .toStream()
                .to("counts", Serdes.string(), Serdes.int64());
        return app.topology();
    }

    private static Topology minutes() {
        StreamApp app = StreamApp.named("minutes");
        app.stream("events", Serdes.string(), Serdes.string())
                .groupByKey()
                .window("per-minute", Tumbling.of(Duration.ofMinutes(1)).grace(Duration.ofSeconds(10)))
                .count()
                .emitFinal()
                .toStream((window, count) -> window.key() + "@" + window.startMillis())
                .to("counts", Serdes.string(), Serdes.int64());
        return app.topology();
    }

    // ---- the tests

    @Test
    void wordsAreCountedAcrossARepartition() throws Exception {
        node.create("lines", 4);
        node.create("counts", 4);
        List<String> lines = lines(7, 3_000);
        publishLines(lines);
        StreamsRuntime runtime = node.start(wordCount(), CONFIG);
        node.until(
                runtime,
                "all words",
                view -> processed(view)
                        == 3_000
                                + words(lines).values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum());
        node.untilCaughtUp(runtime, 8);
        JsonObject row = StreamsNode.await(runtime.query("word-counts", "w3", 10));
        StreamsNode.await(runtime.purge());
        StreamsNode.await(runtime.close());

        assertThat(node.partitions("words-by-word-repartition")).isEqualTo(4);
        assertThat(node.partitions("words-word-counts-changelog")).isEqualTo(4);
        assertThat(last("counts")).isEqualTo(words(lines));
        assertThat(row.getJsonArray("rows").getJsonObject(0).getLong("value"))
                .isEqualTo(words(lines).get("w3"));
        assertThat(node.read("words-by-word-repartition"))
                .as("what is done with")
                .isEmpty();
        assertThat(node.read("lines")).as("what is not ours").hasSize(3_000);
    }

    @Test
    void aCrashCountsNothingTwiceAndLosesNothing() throws Exception {
        node.create("events", 4);
        node.create("counts", 4);
        Map<String, Long> expected = new HashMap<>();
        Random random = new Random(11);
        for (int crash = 0; crash < 4; crash++) {
            publishEvents(random, 4_000, expected, crash);
            StreamsRuntime doomed = node.start(countByKey(), CONFIG.withCommitMillis(crash == 1 ? 600_000 : 5));
            long enough = 500L * (crash + 1);
            node.until(doomed, "on its way", view -> processed(view) >= enough);
            StreamsNode.await(doomed.abandon());
        }
        StreamsRuntime last = node.start(countByKey(), CONFIG);
        node.untilCaughtUp(last, 4);
        Map<String, Long> state = rows(StreamsNode.await(last.query("key-counts", null, 1_000)));
        StreamsNode.await(last.close());
        StreamsRuntime restored = node.start(countByKey(), CONFIG);
        node.untilCaughtUp(restored, 4);
        Map<String, Long> restoredState = rows(StreamsNode.await(restored.query("key-counts", null, 1_000)));
        StreamsNode.await(restored.close());

        assertThat(state).isEqualTo(expected);
        assertThat(restoredState).isEqualTo(expected);
        assertThat(last("counts")).isEqualTo(expected);
    }

    @Test
    void theTasksMoveBetweenTwoInstancesWithTheirState() throws Exception {
        node.create("events", 4);
        node.create("counts", 4);
        Map<String, Long> expected = new HashMap<>();
        Random random = new Random(5);
        publishEvents(random, 3_000, expected, 0);
        StreamsRuntime first = node.start(countByKey(), CONFIG);
        StreamsRuntime second = node.start(countByKey(), CONFIG);
        publishEvents(random, 3_000, expected, 1);
        node.untilCaughtUp(first, 2);
        node.untilCaughtUp(second, 2);
        StreamsNode.await(first.close());
        publishEvents(random, 3_000, expected, 2);
        node.untilCaughtUp(second, 4);
        Map<String, Long> state = rows(StreamsNode.await(second.query("key-counts", null, 1_000)));
        StreamsNode.await(second.close());

        assertThat(state).isEqualTo(expected);
        assertThat(last("counts")).isEqualTo(expected);
    }

    @Test
    void windowsAreRestoredAndTheirFinalResultsComeOnce() throws Exception {
        node.create("events", 2);
        node.create("counts", 2);
        StreamsRuntime first = node.start(minutes(), CONFIG);
        publishAt("a", 0, 10, 59);
        publishAt("b", 5, 61);
        node.until(first, "both", view -> processed(view) == 5);
        node.untilCaughtUp(first, 2);
        StreamsNode.await(first.close());

        StreamsRuntime second = node.start(minutes(), CONFIG);
        // Stream time goes on: the first minute closes at 70 s, and what comes late after that is dropped.
        publishAt("a", 30, 75, 20, 140);
        publishAt("b", 75, 100, 140);
        node.until(second, "the rest", view -> processed(view) == 7);
        node.untilCaughtUp(second, 2);
        StreamsNode.await(second.close());

        List<String> results = new ArrayList<>();
        for (ReceivedRecord record : node.read("counts")) {
            results.add(text(record.key()) + "=" + number(record.value()));
        }
        assertThat(results)
                .containsExactlyInAnyOrder(
                        "a@" + BEGIN_OF_MINUTE + "=4",
                        "a@" + (BEGIN_OF_MINUTE + 60_000) + "=1",
                        "b@" + BEGIN_OF_MINUTE + "=1",
                        "b@" + (BEGIN_OF_MINUTE + 60_000) + "=3");
    }

    // ---- what goes in

    private static final long BEGIN_OF_MINUTE = BEGIN_MILLIS - BEGIN_MILLIS % 60_000;

    private void publishAt(String key, long... seconds) throws Exception {
        List<OutgoingRecord> records = new ArrayList<>();
        for (long second : seconds) {
            records.add(new OutgoingRecord(
                    "events",
                    key.equals("a") ? 0 : 1,
                    bytes(key),
                    bytes("x"),
                    List.of(),
                    BEGIN_OF_MINUTE + second * 1_000));
        }
        node.publish(records);
    }

    private void publishEvents(Random random, int count, Map<String, Long> expected, int round) throws Exception {
        List<OutgoingRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String key = "k" + random.nextInt(50);
            expected.merge(key, 1L, Long::sum);
            records.add(new OutgoingRecord(
                    "events", -1, bytes(key), bytes("v"), List.of(), BEGIN_MILLIS + round * 100_000L + i));
        }
        node.publish(records);
    }

    private static List<String> lines(long seed, int count) {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder line = new StringBuilder("w" + random.nextInt(40));
            for (int word = random.nextInt(6); word > 0; word--) {
                line.append(" w").append(random.nextInt(40));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private void publishLines(List<String> lines) throws Exception {
        List<OutgoingRecord> records = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            records.add(new OutgoingRecord("lines", i % 4, null, bytes(lines.get(i)), List.of(), BEGIN_MILLIS + i));
        }
        node.publish(records);
    }

    private static Map<String, Long> words(List<String> lines) {
        Map<String, Long> counts = new HashMap<>();
        lines.forEach(line -> List.of(line.split(" ")).forEach(word -> counts.merge(word, 1L, Long::sum)));
        return counts;
    }

    // ---- what comes out

    private static long processed(JsonObject view) {
        return view.getJsonObject("metrics").getLong("processedRecords");
    }

    private static Map<String, Long> rows(JsonObject answer) {
        Map<String, Long> rows = new HashMap<>();
        JsonArray found = answer.getJsonArray("rows");
        for (int i = 0; i < found.size(); i++) {
            rows.put(
                    found.getJsonObject(i).getString("key"),
                    found.getJsonObject(i).getLong("value"));
        }
        return rows;
    }

    /** The last value of each key. */
    private Map<String, Long> last(String topic) throws Exception {
        Map<String, Long> values = new HashMap<>();
        for (ReceivedRecord record : node.read(topic)) {
            values.put(text(record.key()), number(record.value()));
        }
        return values;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }
}
