package io.thalweg.streams.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.streams.KeyValue;
import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.StreamRecord;
import io.thalweg.streams.Tumbling;
import io.thalweg.streams.Within;
import io.thalweg.streams.processor.StreamTaskException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopologyDriverTest {

    /** The example of docs/STREAMS.md. */
    private static StreamApp wordCount() {
        StreamApp app = StreamApp.named("words");
        app.stream("lines", Serdes.string(), Serdes.string())
                .flatMapValues(line -> List.of(line.toLowerCase(Locale.ROOT).split("\\W+")))
                .groupBy("by-word", (key, word) -> word)
                .count("word-counts")
                .toStream()
                .to("counts");
        return app;
    }

    @Test
    void theExampleCountsWords() {
        try (TopologyDriver driver = TopologyDriver.of(wordCount().topology())) {
            driver.input("lines", Serdes.string(), Serdes.string()).pipe(null, "to be or not to be", 0);
            assertThat(driver.output("counts", Serdes.string(), Serdes.int64()).readAll())
                    .extracting(row -> KeyValue.of(row.key(), row.value()))
                    .containsExactly(
                            KeyValue.of("to", 1L),
                            KeyValue.of("be", 1L),
                            KeyValue.of("or", 1L),
                            KeyValue.of("not", 1L),
                            KeyValue.of("to", 2L),
                            KeyValue.of("be", 2L));
            assertThat(driver.value("word-counts", "be")).isEqualTo(2L);
        }
    }

    @Test
    void stateComesBackFromTheChangelogAfterARestart() {
        try (TopologyDriver driver = TopologyDriver.of(wordCount().topology())) {
            TopologyDriver.Input<String, String> lines = driver.input("lines", Serdes.string(), Serdes.string());
            lines.pipe(null, "to be or not to be", 0);
            driver.restart();
            assertThat(driver.rows("word-counts")).hasSize(4);
            lines.pipe(null, "be", 1);
            assertThat(driver.value("word-counts", "be")).isEqualTo(3L);
        }
    }

    @Test
    void aRecordForWhichNoTopicIsChosenIsADeadLetter() {
        StreamApp app = StreamApp.named("chosen").deadLetters("dead");
        app.stream("a", Serdes.string(), Serdes.string())
                .to((key, value) -> value.isEmpty() ? null : value, Serdes.string(), Serdes.string());
        try (TopologyDriver driver = TopologyDriver.of(app.topology())) {
            TopologyDriver.Input<String, String> input = driver.input("a", Serdes.string(), Serdes.string());
            input.pipe("k", "b", 0);
            input.pipe("k", "", 0);
            assertThat(driver.output("b", Serdes.string(), Serdes.string()).readAll())
                    .hasSize(1);
            assertThat(driver.output("dead", Serdes.string(), Serdes.string()).readAll())
                    .hasSize(1);
        }
    }

    @Test
    void lateRecordsOfWindowsAndJoinsGoOnWhereTheyAreSent() {
        StreamApp app = StreamApp.named("late");
        var stream = app.stream("a", Serdes.string(), Serdes.string());
        stream.groupByKey()
                .window("w", Tumbling.of(Duration.ofSeconds(1)))
                .late(late -> late.to("late-windows"))
                .count();
        stream.join(
                        "pairs",
                        app.stream("b", Serdes.string(), Serdes.string()),
                        Within.of(Duration.ofSeconds(1)),
                        (one, other) -> one + other)
                .late(late -> late.to("late-left"), late -> late.to("late-right"))
                .to("joined");
        try (TopologyDriver driver = TopologyDriver.of(app.topology())) {
            TopologyDriver.Input<String, String> a = driver.input("a", Serdes.string(), Serdes.string());
            TopologyDriver.Input<String, String> b = driver.input("b", Serdes.string(), Serdes.string());
            a.pipe("k", "new", 60_000);
            a.pipe("k", "old", 1_000);
            b.pipe("k", "B", 60_500);
            b.pipe("k", "oldB", 2_000);
            assertThat(values(driver, "late-windows")).containsExactly("old");
            assertThat(values(driver, "late-left")).containsExactly("old");
            assertThat(values(driver, "late-right")).containsExactly("oldB");
            assertThat(values(driver, "joined")).containsExactly("newB");
        }
    }

    private static List<String> values(TopologyDriver driver, String topic) {
        return driver.output(topic, Serdes.string(), Serdes.string()).readAll().stream()
                .map(StreamRecord::value)
                .toList();
    }

    @Test
    void aRecordThatFailsStopsTheTaskOrGoesToTheDeadLetters() {
        StreamApp strict = StreamApp.named("strict");
        strict.stream("in", Serdes.string(), Serdes.int64()).to("out");
        try (TopologyDriver driver = TopologyDriver.of(strict.topology())) {
            assertThatThrownBy(() -> driver.pipe("in", null, new byte[] {1}, 5, List.of()))
                    .isInstanceOf(StreamTaskException.class)
                    .hasMessageContaining("topic=in")
                    .hasMessageContaining("expected 8");
        }
        StreamApp lenient = StreamApp.named("lenient").deadLetters("dead");
        lenient.stream("in", Serdes.string(), Serdes.int64()).to("out");
        try (TopologyDriver driver = TopologyDriver.of(lenient.topology())) {
            driver.pipe("in", null, new byte[] {1}, 5, List.of());
            driver.pipe("in", null, Serdes.int64().serialize(7L), 6, List.of());
            StreamRecord<byte[], byte[]> dead =
                    driver.output("dead", Serdes.bytes(), Serdes.bytes()).read();
            assertThat(dead.value()).containsExactly(1);
            assertThat(dead.headers()).extracting("key").contains("thalweg.streams.errors.message");
            assertThat(driver.failedRecords()).isEqualTo(1);
            assertThat(driver.output("out", Serdes.string(), Serdes.int64())
                            .read()
                            .value())
                    .isEqualTo(7L);
        }
    }

    @Test
    void aSerdeThatDoesNotFitSaysSo() {
        StreamApp app = StreamApp.named("app");
        app.stream("in", Serdes.string(), Serdes.string())
                .mapValues(String::length)
                .to("out");
        try (TopologyDriver driver = TopologyDriver.of(app.topology())) {
            assertThatThrownBy(() ->
                            driver.input("in", Serdes.string(), Serdes.string()).pipe("k", "four", 0))
                    .hasMessageContaining("serde=string was given a java.lang.Integer")
                    .hasMessageContaining("valueSerde");
        }
    }

    @Test
    void aTopicThatNobodyReadsIsRefused() {
        try (TopologyDriver driver = TopologyDriver.of(wordCount().topology())) {
            assertThatThrownBy(() -> driver.pipe("other", null, null, 0, List.of()))
                    .hasMessageContaining("does not read topic=other")
                    .hasMessageContaining("lines");
        }
    }

    @Test
    void globalTablesAreRead() {
        StreamApp app = StreamApp.named("app");
        var names = app.globalTable("names", Serdes.string(), Serdes.string());
        app.stream("in", Serdes.string(), Serdes.string())
                .join(names, (key, value) -> value, (value, name) -> value + "=" + name)
                .to("out");
        try (TopologyDriver driver = TopologyDriver.of(app.topology())) {
            driver.input("names", Serdes.string(), Serdes.string()).pipe("1", "one", 0);
            driver.input("in", Serdes.string(), Serdes.string()).pipe("k", "1", 0);
            assertThat(values(driver, "out")).containsExactly("1=one");
            assertThat(driver.rows("names"))
                    .extracting(row -> Map.of(row.getString("key"), row.getString("value")))
                    .containsExactly(Map.of("1", "one"));
        }
    }
}
