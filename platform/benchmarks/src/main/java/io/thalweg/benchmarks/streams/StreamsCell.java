package io.thalweg.benchmarks.streams;

import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.Tumbling;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;

/** A topology in both DSLs. */
@SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing
enum StreamsCell {
    STATELESS("filter + mapValues", 1_000, StreamsCell::stateless, StreamsCell::kafkaStateless),
    COUNT("groupByKey.count", 1_000, StreamsCell::count, StreamsCell::kafkaCount),
    TUMBLING("tumbling count, 10 s", 1_000, StreamsCell::tumbling, StreamsCell::kafkaTumbling),
    STREAM_TABLE("stream-table join", 1_000, StreamsCell::streamTable, StreamsCell::kafkaStreamTable),
    STREAM_STREAM("stream-stream join, 100 ms", 100, StreamsCell::streamStream, StreamsCell::kafkaStreamStream);

    private static final Duration JOIN = Duration.ofMillis(100);
    private static final Serde<String> TEXT = org.apache.kafka.common.serialization.Serdes.String();
    private static final Serde<Long> LONG = org.apache.kafka.common.serialization.Serdes.Long();

    final String title;
    final int thousandRecords;
    private final Consumer<StreamApp> ours;
    private final Consumer<StreamsBuilder> kafkas;

    StreamsCell(String title, int thousandRecords, Consumer<StreamApp> ours, Consumer<StreamsBuilder> kafkas) {
        this.title = title;
        this.thousandRecords = thousandRecords;
        this.ours = ours;
        this.kafkas = kafkas;
    }

    /** Whether every other record goes to the topic {@code b}. */
    boolean twoStreams() {
        return this == STREAM_STREAM;
    }

    /** Whether the topic {@code b} is filled with a row for each key first. */
    boolean table() {
        return this == STREAM_TABLE;
    }

    io.thalweg.streams.topology.Topology ours() {
        StreamApp app = StreamApp.named("bench");
        ours.accept(app);
        return app.topology();
    }

    org.apache.kafka.streams.Topology kafkas() {
        StreamsBuilder builder = new StreamsBuilder();
        kafkas.accept(builder);
        return builder.build();
    }

    private static void stateless(StreamApp app) {
        app.stream("a", Serdes.string(), Serdes.string())
                .filter((key, value) -> !value.isEmpty())
                .mapValues(value -> value.toUpperCase(Locale.ROOT))
                .to("out", Serdes.string());
    }

    private static void kafkaStateless(StreamsBuilder builder) {
        builder.stream("a", Consumed.with(TEXT, TEXT))
                .filter((key, value) -> !value.isEmpty())
                .mapValues(value -> value.toUpperCase(Locale.ROOT))
                .to("out", Produced.with(TEXT, TEXT));
    }

    private static void count(StreamApp app) {
        app.stream("a", Serdes.string(), Serdes.string())
                .groupByKey()
                .count("counts")
                .toStream()
                .to("out");
    }

    private static void kafkaCount(StreamsBuilder builder) {
        builder.stream("a", Consumed.with(TEXT, TEXT))
                .groupByKey(Grouped.with(TEXT, TEXT))
                .count(Materialized.as("counts"))
                .toStream()
                .to("out", Produced.with(TEXT, LONG));
    }

    private static void tumbling(StreamApp app) {
        app.stream("a", Serdes.string(), Serdes.string())
                .groupByKey()
                .window("windows", Tumbling.of(Duration.ofSeconds(10)))
                .count()
                .toStream((window, count) -> window.key())
                .to("out", Serdes.string(), Serdes.int64());
    }

    private static void kafkaTumbling(StreamsBuilder builder) {
        builder.stream("a", Consumed.with(TEXT, TEXT))
                .groupByKey(Grouped.with(TEXT, TEXT))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofSeconds(10)))
                .count(Materialized.as("windows"))
                .toStream((window, count) -> window.key())
                .to("out", Produced.with(TEXT, LONG));
    }

    private static void streamTable(StreamApp app) {
        app.stream("a", Serdes.string(), Serdes.string())
                .join(app.table("b", Serdes.string(), Serdes.string()), (value, row) -> value + row)
                .to("out", Serdes.string());
    }

    private static void kafkaStreamTable(StreamsBuilder builder) {
        builder.stream("a", Consumed.with(TEXT, TEXT))
                .join(
                        builder.table("b", Consumed.with(TEXT, TEXT), Materialized.as("rows")),
                        (value, row) -> value + row,
                        Joined.with(TEXT, TEXT, TEXT))
                .to("out", Produced.with(TEXT, TEXT));
    }

    private static void streamStream(StreamApp app) {
        app.stream("a", Serdes.string(), Serdes.string())
                .join(
                        "pairs",
                        app.stream("b", Serdes.string(), Serdes.string()),
                        io.thalweg.streams.Within.of(JOIN),
                        (one, other) -> one + other)
                .to("out", Serdes.string());
    }

    private static void kafkaStreamStream(StreamsBuilder builder) {
        builder.stream("a", Consumed.with(TEXT, TEXT))
                .join(
                        builder.stream("b", Consumed.with(TEXT, TEXT)),
                        (one, other) -> one + other,
                        org.apache.kafka.streams.kstream.JoinWindows.ofTimeDifferenceWithNoGrace(JOIN),
                        org.apache.kafka.streams.kstream.StreamJoined.with(TEXT, TEXT, TEXT))
                .to("out", Produced.with(TEXT, TEXT));
    }
}
