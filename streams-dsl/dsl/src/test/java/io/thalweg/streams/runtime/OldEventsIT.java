package io.thalweg.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.Tumbling;
import io.thalweg.streams.topology.Topology;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows of events that are years old: they live and expire by the events' time, not by the broker's clock. */
final class OldEventsIT {

    private static final long BEGIN_MILLIS =
            Instant.parse("2001-06-01T00:00:00Z").toEpochMilli();
    private static final StreamsRuntimeConfig CONFIG = StreamsRuntimeConfig.defaults();
    private static final String CHANGELOG = "old-per-minute-changelog";

    @TempDir
    private Path directory;

    private StreamsNode node;

    @BeforeEach
    void start() throws Exception {
        node = new StreamsNode(directory);
        node.create("events", 1, Map.of("retention.ms", "-1"));
        node.create("counts", 1, Map.of("retention.ms", "-1"));
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private static Topology perMinute(boolean finalOnly) {
        StreamApp app = StreamApp.named("old");
        var counts = app.stream("events", Serdes.string(), Serdes.string())
                .groupByKey()
                .window("per-minute", Tumbling.of(Duration.ofMinutes(1)).grace(Duration.ofSeconds(10)))
                .count();
        (finalOnly ? counts.emitFinal() : counts)
                .toStream((window, count) -> window.key() + "@" + (window.startMillis() - BEGIN_MILLIS) / 60_000)
                .to("counts", Serdes.string(), Serdes.int64());
        return app.topology();
    }

    @Test
    void theyAreRestoredAlthoughTheBrokerDeletesOldRecordsElsewhere() throws Exception {
        int keys = 6_000;
        StreamsRuntime first = node.start(perMinute(false), CONFIG);
        node.untilCaughtUp(first, 1);
        node.smallSegments(CHANGELOG);
        publish("events", keys, 1_000);
        node.untilCaughtUp(first, 1);
        StreamsNode.await(first.close());
        node.create("other", 1);
        publish("other", keys, 1_000);
        letTheBrokerDelete();

        StreamsRuntime second = node.start(perMinute(false), CONFIG);
        publish("events", keys, 2_000);
        node.untilCaughtUp(second, 1);
        StreamsNode.await(second.close());

        Map<String, Long> counts = last();
        List<Integer> wrong = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            if (counts.getOrDefault(key(i) + "@0", 0L) != 2) {
                wrong.add(i);
            }
        }
        assertThat(wrong).as("keys that were not counted twice").isEmpty();
        assertThat(counts.size()).isEqualTo(keys);
    }

    /**
     * A broker that starts anew has all of it in segments, and looks every few minutes for what is too old. So much later that the
     * changelog would be too if it were kept for its windows' time and a day: its records of when it was written are of now.
     */
    private void letTheBrokerDelete() throws Exception {
        node.close();
        node = new StreamsNode(directory);
        node.beginning(CHANGELOG, 0);
        node.letTimePass(Duration.ofDays(3));
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (node.beginning("other", 0) == 0) {
            assertThat(System.nanoTime()).as("the broker deletes by time").isLessThan(deadline);
        }
    }

    @Test
    void whatHasExpiredIsDeletedFromTheChangelogAndNothingElse() throws Exception {
        StreamsRuntime first = node.start(perMinute(true), CONFIG);
        for (int minute = 0; minute < 10; minute++) {
            publishAt("a", minute * 60 + 1);
            node.untilCaughtUp(first, 1);
        }
        StreamsNode.await(first.purge());
        long beginning = node.beginning(CHANGELOG, 0);
        StreamsNode.await(first.close());
        StreamsRuntime second = node.start(perMinute(true), CONFIG);
        publishAt("a", 9 * 60 + 30, 700);
        node.untilCaughtUp(second, 1);
        StreamsNode.await(second.close());

        assertThat(beginning).as("eight minutes of changes").isGreaterThanOrEqualTo(8);
        assertThat(last()).containsEntry("a@8", 1L).containsEntry("a@9", 2L);
    }

    @Test
    void whatWasLateStaysLateAfterARestart() throws Exception {
        StreamsRuntime first = node.start(perMinute(true), CONFIG);
        publishAt("a", 5, 6, 75);
        node.untilCaughtUp(first, 1);
        StreamsNode.await(first.close());
        StreamsRuntime second = node.start(perMinute(true), CONFIG);
        publishAt("a", 30, 76, 200); // the first minute was closed at 70 s
        node.untilCaughtUp(second, 1);
        StreamsNode.await(second.close());

        List<String> results = new ArrayList<>();
        for (ReceivedRecord record : node.read("counts")) {
            results.add(text(record.key()) + "=" + number(record.value()));
        }
        assertThat(results).containsExactly("a@0=2", "a@1=2");
    }

    // ---- what goes in and comes out

    private static String key(int i) {
        return "k".repeat(500) + i;
    }

    private void publish(String topic, int keys, long afterMillis) throws Exception {
        List<OutgoingRecord> records = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            records.add(record(topic, key(i), BEGIN_MILLIS + afterMillis));
        }
        node.publish(records);
    }

    private void publishAt(String key, long... seconds) throws Exception {
        List<OutgoingRecord> records = new ArrayList<>();
        for (long second : seconds) {
            records.add(record("events", key, BEGIN_MILLIS + second * 1_000));
        }
        node.publish(records);
    }

    private static OutgoingRecord record(String topic, String key, long timestampMillis) {
        return new OutgoingRecord(
                topic, 0, key.getBytes(StandardCharsets.UTF_8), new byte[] {'x'}, List.of(), timestampMillis);
    }

    /** The last value of each key. */
    private Map<String, Long> last() throws Exception {
        Map<String, Long> values = new HashMap<>();
        for (ReceivedRecord record : node.read("counts")) {
            values.put(text(record.key()), number(record.value()));
        }
        return values;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }
}
