package io.thalweg.streams.oracle;

import static org.apache.kafka.common.serialization.Serdes.Long;
import static org.apache.kafka.common.serialization.Serdes.String;

import io.thalweg.streams.Hopping;
import io.thalweg.streams.KeyValue;
import io.thalweg.streams.Serdes;
import io.thalweg.streams.Sessions;
import io.thalweg.streams.Stream;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.Tumbling;
import io.thalweg.streams.Within;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;

/** A topology in both DSLs that reads text from the topics {@code a} and {@code b} and writes text to {@code out}. */
@SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing
enum OracleCase {
    STATELESS(OracleCase::stateless, OracleCase::kafkaStateless),
    BRANCH_AND_MERGE(OracleCase::branches, OracleCase::kafkaBranches),
    COUNT_AFTER_REKEY(OracleCase::count, OracleCase::kafkaCount),
    REDUCE(OracleCase::reduce, OracleCase::kafkaReduce),
    AGGREGATE(OracleCase::aggregate, OracleCase::kafkaAggregate),
    TUMBLING(OracleCase::tumbling, OracleCase::kafkaTumbling),
    HOPPING(OracleCase::hopping, OracleCase::kafkaHopping),
    FINAL_RESULTS(OracleCase::finals, OracleCase::kafkaFinals),
    SESSIONS(OracleCase::sessions, OracleCase::kafkaSessions),
    TABLE_FILTER(OracleCase::tableFilter, OracleCase::kafkaTableFilter),
    TABLE_GROUPED(OracleCase::tableGrouped, OracleCase::kafkaTableGrouped),
    STREAM_TABLE(OracleCase::streamTable, OracleCase::kafkaStreamTable),
    GLOBAL_TABLE(OracleCase::globalTable, OracleCase::kafkaGlobalTable),
    TABLE_TABLE(OracleCase::tableTable, OracleCase::kafkaTableTable),
    STREAM_STREAM(OracleCase::streamStream, OracleCase::kafkaStreamStream);

    private static final Serde<String> TEXT = String();
    private static final Duration SIZE = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(4);

    final Consumer<StreamApp> ours;
    final Consumer<StreamsBuilder> kafkas;

    OracleCase(Consumer<StreamApp> ours, Consumer<StreamsBuilder> kafkas) {
        this.ours = ours;
        this.kafkas = kafkas;
    }

    /** Whether several outputs of one input may come in any order. */
    boolean fansOut() {
        return this == STREAM_TABLE || this == GLOBAL_TABLE || this == TABLE_TABLE;
    }

    private static Stream<String, String> a(StreamApp app) {
        return app.stream("a", Serdes.string(), Serdes.string());
    }

    private static KStream<String, String> a(StreamsBuilder builder) {
        return builder.stream("a", Consumed.with(TEXT, TEXT));
    }

    private static io.thalweg.streams.Table<String, String> table(StreamApp app, String topic) {
        return app.table(topic, Serdes.string(), Serdes.string());
    }

    private static KTable<String, String> table(StreamsBuilder builder, String topic) {
        return builder.table(topic, Consumed.with(TEXT, TEXT));
    }

    private static void out(KStream<String, String> stream) {
        stream.to("out", Produced.with(TEXT, TEXT));
    }

    private static <V> void windows(KTable<Windowed<String>, V> table) {
        out(table.toStream((window, value) -> window.key() + "@"
                        + window.window().start() + "/" + window.window().end())
                .mapValues(value -> value == null ? null : value.toString()));
    }

    private static <V> void windows(io.thalweg.streams.Table<io.thalweg.streams.Windowed<String>, V> table) {
        table.toStream((window, value) -> window.toString())
                .mapValues(value -> value == null ? null : value.toString())
                .to("out");
    }

    private static Stream<String, String> filtered(StreamApp app) {
        return a(app).filter((key, value) -> value != null);
    }

    private static void stateless(StreamApp app) {
        filtered(app)
                .mapValues(value -> value.toUpperCase(Locale.ROOT))
                .flatMapValues(value -> Arrays.asList(value.split("0")))
                .filterNot((key, part) -> part.isEmpty())
                .map((key, part) -> KeyValue.of(part, key + part))
                .to("out");
    }

    private static void kafkaStateless(StreamsBuilder builder) {
        out(a(builder)
                .filter((key, value) -> value != null)
                .mapValues(value -> value.toUpperCase(Locale.ROOT))
                .flatMapValues(value -> Arrays.asList(value.split("0")))
                .filterNot((key, part) -> part.isEmpty())
                .map((key, part) -> org.apache.kafka.streams.KeyValue.pair(part, key + part)));
    }

    private static void branches(StreamApp app) {
        var parts = a(app).branch("parts")
                .when("none", (key, value) -> value == null)
                .when("even", (key, value) -> value.hashCode() % 2 == 0)
                .otherwise("rest");
        parts.get("even")
                .mapValues(value -> value + "!")
                .merge(parts.get("rest"))
                .to("out");
    }

    private static void kafkaBranches(StreamsBuilder builder) {
        var parts = a(builder)
                .split(org.apache.kafka.streams.kstream.Named.as("p-"))
                .branch((key, value) -> value == null, org.apache.kafka.streams.kstream.Branched.as("none"))
                .branch((key, value) -> value.hashCode() % 2 == 0, org.apache.kafka.streams.kstream.Branched.as("even"))
                .defaultBranch(org.apache.kafka.streams.kstream.Branched.as("rest"));
        out(parts.get("p-even").mapValues(value -> value + "!").merge(parts.get("p-rest")));
    }

    private static void count(StreamApp app) {
        a(app).groupBy("by-value", (key, value) -> value)
                .count("counts")
                .toStream()
                .mapValues(count -> count.toString())
                .to("out");
    }

    private static void kafkaCount(StreamsBuilder builder) {
        out(a(builder)
                .groupBy((key, value) -> value, Grouped.with(TEXT, TEXT))
                .count()
                .toStream()
                .mapValues(count -> count.toString()));
    }

    private static void reduce(StreamApp app) {
        a(app).groupByKey()
                .reduce("longest", (one, other) -> other.equals("v7") ? null : one.compareTo(other) > 0 ? one : other)
                .toStream()
                .to("out");
    }

    private static void kafkaReduce(StreamsBuilder builder) {
        out(a(builder)
                .groupByKey(Grouped.with(TEXT, TEXT))
                .reduce((one, other) -> other.equals("v7") ? null : one.compareTo(other) > 0 ? one : other)
                .toStream());
    }

    private static void aggregate(StreamApp app) {
        a(app).groupByKey()
                .aggregate("joined", () -> "", (key, value, all) -> tail(all + value), Serdes.string())
                .toStream()
                .to("out");
    }

    private static void kafkaAggregate(StreamsBuilder builder) {
        out(a(builder)
                .groupByKey(Grouped.with(TEXT, TEXT))
                .aggregate(() -> "", (key, value, all) -> tail(all + value), Materialized.with(TEXT, TEXT))
                .toStream());
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - 12));
    }

    private static void tumbling(StreamApp app) {
        windows(a(app).groupByKey().window("w", Tumbling.of(SIZE).grace(GRACE)).count());
    }

    private static void kafkaTumbling(StreamsBuilder builder) {
        windows(a(builder)
                .groupByKey(Grouped.with(TEXT, TEXT))
                .windowedBy(TimeWindows.ofSizeAndGrace(SIZE, GRACE))
                .count());
    }

    private static void hopping(StreamApp app) {
        windows(a(app).groupByKey()
                .window("w", Hopping.of(SIZE, Duration.ofSeconds(3)).grace(GRACE))
                .aggregate(() -> "", (key, value, all) -> tail(all + value), Serdes.string()));
    }

    private static void kafkaHopping(StreamsBuilder builder) {
        windows(a(builder)
                .groupByKey(Grouped.with(TEXT, TEXT))
                .windowedBy(TimeWindows.ofSizeAndGrace(SIZE, GRACE).advanceBy(Duration.ofSeconds(3)))
                .aggregate(() -> "", (key, value, all) -> tail(all + value), Materialized.with(TEXT, TEXT)));
    }

    private static void finals(StreamApp app) {
        windows(a(app).groupByKey()
                .window("w", Tumbling.of(SIZE).grace(GRACE))
                .count()
                .suppressUntilClosed("final"));
    }

    private static void kafkaFinals(StreamsBuilder builder) {
        windows(a(builder)
                .groupByKey(Grouped.with(TEXT, TEXT))
                .windowedBy(TimeWindows.ofSizeAndGrace(SIZE, GRACE))
                .count(Materialized.with(TEXT, Long()))
                .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded())));
    }

    private static void sessions(StreamApp app) {
        windows(a(app).groupByKey()
                .window("w", Sessions.gap(Duration.ofSeconds(2)).grace(GRACE))
                .count());
    }

    private static void kafkaSessions(StreamsBuilder builder) {
        windows(a(builder)
                .groupByKey(Grouped.with(TEXT, TEXT))
                .windowedBy(SessionWindows.ofInactivityGapAndGrace(Duration.ofSeconds(2), GRACE))
                .count());
    }

    private static void tableFilter(StreamApp app) {
        table(app, "a")
                .filter(value -> value.compareTo("v5") > 0)
                .mapValues(value -> value + "?")
                .toStream()
                .to("out");
    }

    private static void kafkaTableFilter(StreamsBuilder builder) {
        out(table(builder, "a")
                .filter((key, value) -> value.compareTo("v5") > 0)
                .mapValues(value -> value + "?")
                .toStream());
    }

    private static void tableGrouped(StreamApp app) {
        table(app, "a")
                .filter(value -> !value.equals("v3"))
                .groupBy("by-value", (key, value) -> KeyValue.of(value, key), Serdes.string(), Serdes.string())
                .count("rows")
                .toStream()
                .mapValues(count -> count.toString())
                .to("out");
    }

    private static void kafkaTableGrouped(StreamsBuilder builder) {
        out(table(builder, "a")
                .filter((key, value) -> !value.equals("v3"))
                .groupBy((key, value) -> org.apache.kafka.streams.KeyValue.pair(value, key), Grouped.with(TEXT, TEXT))
                .count()
                .toStream()
                .mapValues(count -> count.toString()));
    }

    private static void streamTable(StreamApp app) {
        var rows = table(app, "b");
        a(app).join(rows, (value, row) -> value + "+" + row).to("out");
        a(app).leftJoin(rows, (value, row) -> value + "-" + row).to("out");
    }

    private static void kafkaStreamTable(StreamsBuilder builder) {
        KTable<String, String> rows = table(builder, "b");
        KStream<String, String> stream = a(builder);
        out(stream.join(rows, (value, row) -> value + "+" + row, Joined.with(TEXT, TEXT, TEXT)));
        out(stream.leftJoin(rows, (value, row) -> value + "-" + row, Joined.with(TEXT, TEXT, TEXT)));
    }

    private static void globalTable(StreamApp app) {
        var rows = app.globalTable("b", Serdes.string(), Serdes.string());
        filtered(app)
                .join(rows, (key, value) -> OracleInputs.key(value), (value, row) -> value + "+" + row)
                .to("out");
        filtered(app)
                .leftJoin(rows, (key, value) -> OracleInputs.key(value), (value, row) -> value + "-" + row)
                .to("out");
    }

    private static void kafkaGlobalTable(StreamsBuilder builder) {
        var rows = builder.globalTable("b", Consumed.with(TEXT, TEXT));
        KStream<String, String> stream = a(builder).filter((key, value) -> value != null);
        out(stream.join(rows, (key, value) -> OracleInputs.key(value), (value, row) -> value + "+" + row));
        out(stream.leftJoin(rows, (key, value) -> OracleInputs.key(value), (value, row) -> value + "-" + row));
    }

    private static void tableTable(StreamApp app) {
        var a = table(app, "a");
        var b = table(app, "b");
        a.join(b, (one, other) -> one + "+" + other).toStream().to("out");
        a.leftJoin(b, (one, other) -> one + "-" + other).toStream().to("out");
        a.outerJoin(b, (one, other) -> one + "|" + other).toStream().to("out");
    }

    private static void kafkaTableTable(StreamsBuilder builder) {
        KTable<String, String> a = table(builder, "a");
        KTable<String, String> b = table(builder, "b");
        out(a.join(b, (one, other) -> one + "+" + other).toStream());
        out(a.leftJoin(b, (one, other) -> one + "-" + other).toStream());
        out(a.outerJoin(b, (one, other) -> one + "|" + other).toStream());
    }

    private static void streamStream(StreamApp app) {
        a(app).join(
                        "pairs",
                        app.stream("b", Serdes.string(), Serdes.string()),
                        Within.of(Duration.ofSeconds(3)).grace(GRACE),
                        (one, other) -> one + "+" + other)
                .to("out");
    }

    private static void kafkaStreamStream(StreamsBuilder builder) {
        out(a(builder)
                .join(
                        builder.stream("b", Consumed.with(TEXT, TEXT)),
                        (one, other) -> one + "+" + other,
                        JoinWindows.ofTimeDifferenceAndGrace(Duration.ofSeconds(3), GRACE),
                        StreamJoined.with(TEXT, TEXT, TEXT)));
    }
}
