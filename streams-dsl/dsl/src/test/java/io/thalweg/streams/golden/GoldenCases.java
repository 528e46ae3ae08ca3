package io.thalweg.streams.golden;

import io.thalweg.streams.GlobalTable;
import io.thalweg.streams.GroupedStream;
import io.thalweg.streams.Hopping;
import io.thalweg.streams.KeyValue;
import io.thalweg.streams.KeyValueState;
import io.thalweg.streams.Processor;
import io.thalweg.streams.ProcessorContext;
import io.thalweg.streams.Serde;
import io.thalweg.streams.Serdes;
import io.thalweg.streams.Sessions;
import io.thalweg.streams.State;
import io.thalweg.streams.Stream;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.StreamRecord;
import io.thalweg.streams.Table;
import io.thalweg.streams.Tumbling;
import io.thalweg.streams.Windowed;
import io.thalweg.streams.WindowedTable;
import io.thalweg.streams.Within;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The topologies of the golden files, in our DSL; what each is stands in the {@code dsl} of its file. */
final class GoldenCases {

    /** Cases whose operators do not exist yet. */
    static final Set<String> NOT_SUPPORTED = Set.of(
            "26-table-versioned-join",
            "27-table-versioned-join-grace",
            "33-sliding-count",
            "34-sliding-reduce",
            "45-fk-inner",
            "45-fk-left");

    private static final Serde<String> TEXT = Serdes.string();
    private static final Serde<Long> LONG = Serdes.int64();
    private static final Serde<JsonObject> JSON = Serdes.json();

    private GoldenCases() {}

    static Map<String, Consumer<StreamApp>> all() {
        Map<String, Consumer<StreamApp>> cases = new LinkedHashMap<>();
        stateless(cases);
        aggregations(cases);
        tables(cases);
        windows(cases);
        sessions(cases);
        joins(cases);
        processors(cases);
        return cases;
    }

    private static void stateless(Map<String, Consumer<StreamApp>> cases) {
        cases.put(
                "01-stateless",
                app -> app.stream("in", TEXT, TEXT)
                        .filter((key, value) -> value != null)
                        .mapValues(value -> value.toUpperCase(Locale.ROOT))
                        .flatMapValues(value -> Arrays.asList(value.split(" ")))
                        .filterNot((key, word) -> word.isEmpty())
                        .selectKey((key, word) -> word)
                        .to("out", TEXT, TEXT));
        cases.put("02-branch-merge", app -> {
            var branches = app.stream("in", TEXT, LONG)
                    .filter((key, value) -> value != null)
                    .branch("by-sign")
                    .when("neg", (key, value) -> value < 0)
                    .when("even", (key, value) -> value % 2 == 0)
                    .otherwise("rest");
            branches.get("neg")
                    .mapValues(value -> -value)
                    .valueSerde(LONG)
                    .merge(branches.get("even"))
                    .to("merged");
            branches.get("rest").to("rest");
        });
        cases.put(
                "03-flatmap-map-rekey-dynamic-topic",
                app -> app.stream("in", TEXT, LONG)
                        .flatMap((key, value) -> value == null
                                ? List.<KeyValue<String, Long>>of()
                                : List.of(
                                        KeyValue.of(key, value),
                                        KeyValue.of("m" + Math.floorMod(value, 3), value + 1000)))
                        .map((key, value) -> KeyValue.of(key + ":" + value, value))
                        .to((key, value) -> value % 2 == 0 ? "out-even" : "out-odd", TEXT, LONG));
    }

    private static void aggregations(Map<String, Consumer<StreamApp>> cases) {
        cases.put(
                "10-count",
                app -> app.stream("in", TEXT, TEXT)
                        .groupByKey()
                        .count("counts")
                        .toStream()
                        .to("out"));
        cases.put(
                "11-reduce",
                app -> app.stream("in", TEXT, LONG)
                        .groupByKey()
                        .reduce("sums", (a, b) -> (a + b) % 5 == 0 ? null : Long.valueOf(a + b))
                        .toStream()
                        .to("out"));
        cases.put(
                "12-aggregate-json",
                app -> app.stream("in", TEXT, LONG)
                        .groupByKey()
                        .aggregate("agg", JsonObject::new, GoldenCases::stats, JSON)
                        .toStream()
                        .to("out"));
        cases.put(
                "13-wordcount-rekey",
                app -> app.stream("in", TEXT, TEXT)
                        .flatMapValues(GoldenCases::words)
                        .groupBy("by-word", (key, word) -> word)
                        .count("wc")
                        .toStream()
                        .to("out"));
        cases.put("14-cogroup", app -> {
            GroupedStream<String, String> c = app.stream("c", TEXT, TEXT).groupByKey();
            app.stream("a", TEXT, TEXT)
                    .groupByKey()
                    .<JsonObject>cogroup((key, value, row) -> row.put("a", row.getLong("a", 0L) + 1))
                    .cogroup(
                            app.stream("b", TEXT, LONG).groupByKey(),
                            (key, value, row) -> row.put("b", row.getLong("b", 0L) + value))
                    .cogroup(c, (key, value, row) -> row.put("c", value))
                    .aggregate("cg", JsonObject::new, JSON)
                    .toStream()
                    .to("out");
        });
        cases.put(
                "15-cogroup-windowed",
                app -> app.stream("a", TEXT, TEXT)
                        .groupByKey()
                        .<JsonObject>cogroup((key, value, row) -> row.put("a", row.getLong("a", 0L) + 1))
                        .cogroup(
                                app.stream("b", TEXT, LONG).groupByKey(),
                                (key, value, row) -> row.put("b", row.getLong("b", 0L) + zeroIfNull(value)))
                        .aggregate("cgw", Tumbling.of(seconds(10)).grace(seconds(5)), JsonObject::new, JSON)
                        .toStream((window, row) -> window.toString())
                        .to("out"));
    }

    private static void tables(Map<String, Consumer<StreamApp>> cases) {
        cases.put(
                "20-table-filter-mapvalues",
                app -> app.table("in", TEXT, LONG)
                        .filter(value -> value >= 10)
                        .mapValues(value -> value * 2)
                        .toStream()
                        .to("out", LONG));
        cases.put(
                "21-table-filter-materialized",
                app -> app.table("in", TEXT, LONG)
                        .filter("f", (key, value) -> value >= 10)
                        .toStream()
                        .to("out"));
        cases.put(
                "22-totable",
                app -> app.stream("in", TEXT, LONG)
                        .mapValues(value -> value == null ? null : Long.valueOf(value + 1))
                        .toTable("t", LONG)
                        .toStream()
                        .to("out"));
        cases.put(
                "23-table-groupby-count",
                app -> app.table("in", TEXT, TEXT)
                        .groupBy(
                                "by-cat",
                                (key, value) -> KeyValue.of(new JsonObject(value).getString("cat"), value),
                                TEXT,
                                TEXT)
                        .count("tg")
                        .toStream()
                        .to("out"));
        cases.put(
                "24-table-groupby-aggregate",
                app -> app.table("in", TEXT, TEXT)
                        .groupBy(
                                "by-cat",
                                (key, value) -> KeyValue.of(
                                        new JsonObject(value).getString("cat"), new JsonObject(value).getLong("amt")),
                                TEXT,
                                LONG)
                        .aggregate(
                                "ta",
                                () -> 0L,
                                (cat, amount, sum) -> sum + amount,
                                (cat, amount, sum) -> sum - amount,
                                LONG)
                        .toStream()
                        .to("out"));
        cases.put(
                "25-table-suppress-timelimit",
                app -> app.table("in", TEXT, LONG)
                        .suppress("calm", seconds(10))
                        .toStream()
                        .to("out"));
    }

    private static void windows(Map<String, Consumer<StreamApp>> cases) {
        for (int grace : new int[] {0, 5, 30}) {
            cases.put(
                    "30-tumbling-count-grace" + grace + "s",
                    app -> named(app.stream("in", TEXT, TEXT)
                            .groupByKey()
                            .window("w", Tumbling.of(seconds(10)).grace(seconds(grace)))
                            .count()));
        }
        cases.put(
                "31-hopping-aggregate",
                app -> named(app.stream("in", TEXT, LONG)
                        .groupByKey()
                        .window("w", Hopping.of(seconds(10), seconds(4)).grace(seconds(5)))
                        .aggregate(JsonObject::new, GoldenCases::stats, JSON)));
        cases.put(
                "32-hopping-reduce",
                app -> named(app.stream("in", TEXT, LONG)
                        .groupByKey()
                        .window("w", Hopping.of(seconds(10), seconds(5)))
                        .reduce((a, b) -> Math.max(zeroIfNull(a), zeroIfNull(b)))));
        cases.put(
                "37-tumbling-suppress-final",
                app -> app.stream("in", TEXT, TEXT)
                        .groupByKey()
                        .window("w", Tumbling.of(seconds(10)).grace(seconds(5)))
                        .count()
                        .suppressUntilClosed("final")
                        .toStream((window, count) -> window.toString())
                        .to("out"));
        cases.put("39-hopping-emit-on-close", app -> named(hoppingCount(app).emitFinal()));
    }

    private static void sessions(Map<String, Consumer<StreamApp>> cases) {
        cases.put(
                "35-session-count",
                app -> named(app.stream("in", TEXT, TEXT)
                        .groupByKey()
                        .window("w", Sessions.gap(seconds(2)).grace(seconds(5)))
                        .count()));
        cases.put(
                "36-session-aggregate",
                app -> named(app.stream("in", TEXT, LONG)
                        .groupByKey()
                        .window("w", Sessions.gap(seconds(3)))
                        .aggregate(JsonObject::new, GoldenCases::stats, GoldenCases::mergeStats, JSON)));
        cases.put(
                "38-session-suppress-final",
                app -> app.stream("in", TEXT, TEXT)
                        .groupByKey()
                        .window("w", Sessions.gap(seconds(2)).grace(seconds(3)))
                        .count()
                        .suppressUntilClosed("final")
                        .toStream((window, count) -> window.toString())
                        .to("out"));
        cases.put("3a-session-emit-on-close", app -> named(sessionCount(app).emitFinal()));
    }

    /** The cases that emit a window at its end alone, emitting every change. */
    static final Map<String, Consumer<StreamApp>> EVERY_CHANGE = Map.of(
            "39-hopping-emit-on-close", app -> named(hoppingCount(app)),
            "3a-session-emit-on-close", app -> named(sessionCount(app)));

    private static WindowedTable<String, Long> hoppingCount(StreamApp app) {
        return app.stream("in", TEXT, TEXT)
                .groupByKey()
                .window("w", Hopping.of(seconds(10), seconds(5)).grace(seconds(5)))
                .count();
    }

    private static WindowedTable<String, Long> sessionCount(StreamApp app) {
        return app.stream("in", TEXT, TEXT)
                .groupByKey()
                .window("w", Sessions.gap(seconds(2)).grace(seconds(3)))
                .count();
    }

    private static void joins(Map<String, Consumer<StreamApp>> cases) {
        Within symmetric = Within.of(seconds(5)).grace(seconds(3));
        Within asymmetric = Within.of(Duration.ZERO).before(seconds(1)).after(seconds(7));
        streamJoins(cases, "40-stream-stream-", symmetric);
        streamJoins(cases, "41-stream-stream-asym-", asymmetric);
        cases.put("42-stream-table", app -> {
            Table<String, String> table = app.table("t", TEXT, TEXT);
            Stream<String, String> stream = app.stream("s", TEXT, TEXT);
            stream.join(table, GoldenCases::plus).to("out");
            stream.leftJoin(table, GoldenCases::plus).to("out-left");
        });
        cases.put("43-stream-globaltable", app -> {
            GlobalTable<String, String> table = app.globalTable("g", TEXT, TEXT);
            Stream<String, String> stream = app.stream("s", TEXT, TEXT);
            stream.join(table, (key, value) -> foreignKey(value), GoldenCases::plus)
                    .to("out");
            stream.leftJoin(table, (key, value) -> foreignKey(value), GoldenCases::plus)
                    .to("out-left");
        });
        cases.put(
                "44-table-table-inner",
                app -> app.table("l", TEXT, TEXT)
                        .join(app.table("r", TEXT, TEXT), GoldenCases::plus)
                        .toStream()
                        .to("out"));
        cases.put(
                "44-table-table-left",
                app -> app.table("l", TEXT, TEXT)
                        .leftJoin(app.table("r", TEXT, TEXT), GoldenCases::plus)
                        .toStream()
                        .to("out"));
        cases.put(
                "44-table-table-outer",
                app -> app.table("l", TEXT, TEXT)
                        .outerJoin(app.table("r", TEXT, TEXT), GoldenCases::plus)
                        .toStream()
                        .to("out"));
    }

    private static void streamJoins(Map<String, Consumer<StreamApp>> cases, String prefix, Within within) {
        cases.put(
                prefix + "inner",
                app -> app.stream("l", TEXT, TEXT)
                        .join("j", app.stream("r", TEXT, TEXT), within, GoldenCases::plus)
                        .to("out"));
        cases.put(
                prefix + "left",
                app -> app.stream("l", TEXT, TEXT)
                        .leftJoin("j", app.stream("r", TEXT, TEXT), within, GoldenCases::plus)
                        .to("out"));
        cases.put(
                prefix + "outer",
                app -> app.stream("l", TEXT, TEXT)
                        .outerJoin("j", app.stream("r", TEXT, TEXT), within, GoldenCases::plus)
                        .to("out"));
    }

    private static void processors(Map<String, Consumer<StreamApp>> cases) {
        State<String, Long> seen = State.keyValue("seen", TEXT, LONG);
        cases.put(
                "50-dedupe",
                app -> app.stream("in", TEXT, TEXT)
                        .processValues("dedupe", () -> new Dedupe(seen), seen)
                        .to("out"));
        State<String, Long> counts = State.keyValue("counts", TEXT, LONG);
        cases.put(
                "51-punctuate-streamtime",
                app -> app.stream("in", TEXT, TEXT)
                        .process("every-10s", () -> new CountAndClear(counts, false), counts)
                        .to("out", TEXT, LONG));
        cases.put(
                "52-punctuate-wallclock",
                app -> app.stream("in", TEXT, TEXT)
                        .process("every-10s", () -> new CountAndClear(counts, true), counts)
                        .to("out", TEXT, LONG));
        cases.put(
                "53-process-exception-dlq",
                app -> app.deadLetters("dlq").stream("in", TEXT, LONG)
                        .mapValues(value -> {
                            if (value != null && value % 7 == 0) {
                                throw new IllegalArgumentException("boom");
                            }
                            return value == null ? null : Long.valueOf(value * 2);
                        })
                        .to("out", LONG));
    }

    /** Lets a record through if none with its key and a timestamp within 10 s was let through before. */
    private static final class Dedupe implements Processor<String, String, String, String> {
        private final State<String, Long> seen;
        private @Nullable ProcessorContext<String, String> context;
        private @Nullable KeyValueState<String, Long> last;

        Dedupe(State<String, Long> seen) {
            this.seen = seen;
        }

        @Override
        public void open(ProcessorContext<String, String> opened) {
            context = opened;
            last = opened.state(seen);
        }

        @Override
        public void process(StreamRecord<String, String> record) {
            if (record.key() == null) {
                return;
            }
            Long before = last.get(record.key());
            if (before == null || Math.abs(record.timestampMillis() - before) > 10_000) {
                last.put(record.key(), record.timestampMillis());
                context.forward(record);
            }
        }
    }

    private static final class CountAndClear implements Processor<String, String, String, Long> {
        private final State<String, Long> counts;
        private final boolean wallClock;
        private @Nullable KeyValueState<String, Long> rows;

        CountAndClear(State<String, Long> counts, boolean wallClock) {
            this.counts = counts;
            this.wallClock = wallClock;
        }

        @Override
        public void open(ProcessorContext<String, Long> context) {
            rows = context.state(counts);
            if (wallClock) {
                context.everyWallClock(seconds(10), now -> flush(context, now));
            } else {
                context.everyStreamTime(seconds(10), now -> flush(context, now));
            }
        }

        private void flush(ProcessorContext<String, Long> context, long now) {
            for (KeyValue<String, Long> row : rows.all()) {
                context.forward(StreamRecord.of(row.key(), row.value(), now));
                rows.put(row.key(), null);
            }
        }

        @Override
        public void process(StreamRecord<String, String> record) {
            if (record.key() != null) {
                Long before = rows.get(record.key());
                rows.put(record.key(), before == null ? 1L : before + 1);
            }
        }
    }

    private static <V> void named(WindowedTable<String, V> table) {
        table.toStream((Windowed<String> window, V value) -> window.toString()).to("out");
    }

    private static JsonObject stats(String key, @Nullable Long value, JsonObject stats) {
        long added = zeroIfNull(value);
        long count = stats.getLong("count", 0L);
        return stats.put("count", count + 1)
                .put("sum", stats.getLong("sum", 0L) + added)
                .put("min", count == 0 ? added : Math.min(stats.getLong("min"), added))
                .put("max", count == 0 ? added : Math.max(stats.getLong("max"), added));
    }

    private static JsonObject mergeStats(String key, JsonObject a, JsonObject b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? b : a;
        }
        return new JsonObject()
                .put("count", a.getLong("count") + b.getLong("count"))
                .put("sum", a.getLong("sum") + b.getLong("sum"))
                .put("min", Math.min(a.getLong("min"), b.getLong("min")))
                .put("max", Math.max(a.getLong("max"), b.getLong("max")));
    }

    private static List<String> words(@Nullable String line) {
        List<String> words = new ArrayList<>();
        if (line != null) {
            for (String word : line.split(" ")) {
                if (!word.isEmpty()) {
                    words.add(word);
                }
            }
        }
        return words;
    }

    private static @Nullable String foreignKey(String value) {
        String key = value.substring(0, value.indexOf('|'));
        return key.equals("-") ? null : key.toLowerCase(Locale.ROOT);
    }

    private static String plus(@Nullable String left, @Nullable String right) {
        return left + "+" + right;
    }

    private static long zeroIfNull(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
