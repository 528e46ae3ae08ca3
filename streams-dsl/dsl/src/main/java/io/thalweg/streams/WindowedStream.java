package io.thalweg.streams;

import io.thalweg.streams.processor.Aggregation;
import io.thalweg.streams.processor.Materialization;
import io.thalweg.streams.processor.WindowOperators;
import io.thalweg.streams.processor.WindowOperators.TimeWindows;
import io.thalweg.streams.topology.Input;
import io.thalweg.streams.topology.StoreKind;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A grouped stream in windows of fixed length. A record counts in each window around its timestamp whose end is greater than
 * stream time less the grace; stream time is the greatest timestamp that this operator has seen in this task. Unlike without
 * windows, a record with a null value counts (as in Kafka Streams).
 */
public final class WindowedStream<K, V> {

    private final GroupedStream<K, V> grouped;
    private final String name;
    private final TimeWindow window;
    private @Nullable Consumer<Stream<K, V>> late;

    WindowedStream(GroupedStream<K, V> grouped, String name, TimeWindow window) {
        this.grouped = grouped;
        this.name = name;
        this.window = window;
    }

    /** What becomes of records that come after all of their windows have closed; without it they are dropped. */
    public WindowedStream<K, V> late(Consumer<Stream<K, V>> lateRecords) {
        late = lateRecords;
        return this;
    }

    public WindowedTable<K, Long> count() {
        Aggregator<K, V, Long> add = (key, value, count) -> count + 1;
        return aggregated("count", () -> 0L, add, Serdes.int64());
    }

    /** @param reducer takes the result so far and a value, which may be null; null deletes the row */
    public WindowedTable<K, V> reduce(BinaryOperator<V> reducer) {
        Aggregator<K, V, V> add = (key, value, result) -> result == null ? value : reducer.apply(result, value);
        return aggregated("reduce", () -> null, add, grouped.stream().values());
    }

    public <A> WindowedTable<K, A> aggregate(
            Supplier<A> initializer, Aggregator<? super K, ? super V, A> aggregator, Serde<A> serde) {
        return aggregated("aggregate", initializer, aggregator, serde);
    }

    private <A> WindowedTable<K, A> aggregated(
            String op,
            Supplier<@Nullable A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Serde<A> serde) {
        Stream<K, V> from = grouped.from(name);
        WindowedTable<K, A> table = windowed(
                from,
                op,
                name,
                window,
                List.of(from.output()),
                Aggregation.of(Untyped.cast(initializer), Untyped.cast(aggregator), null),
                serde);
        if (late != null) {
            late.accept(new Stream<>(from.app(), new Input(name, "late"), from.keys(), from.valueSerdeOrNull(), false));
        }
        return table;
    }

    /** The node and its store. */
    static <K, A> WindowedTable<K, A> windowed(
            Stream<K, ?> from,
            String op,
            String name,
            TimeWindow window,
            List<Input> inputs,
            Aggregation aggregation,
            Serde<A> serde) {
        StreamApp app = from.app();
        Serde<K> keys = from.keys();
        Serde<Windowed<K>> windowedKeys = WindowedSerdes.time(keys, window.sizeMillis());
        long retention = window.sizeMillis() + window.graceMillis();
        Stores.add(app.builder(), name, StoreKind.WINDOW, retention, false, keys, serde);
        TimeWindows windows = new TimeWindows(window.sizeMillis(), window.advanceMillis(), window.graceMillis());
        Materialization kept = Table.materialization(keys, serde);
        JsonObject params = new JsonObject()
                .put("window", window.sizeMillis() == window.advanceMillis() ? "tumbling" : "hopping")
                .put("sizeMillis", window.sizeMillis())
                .put("advanceMillis", window.advanceMillis())
                .put("graceMillis", window.graceMillis());
        from.addNode(
                name,
                op,
                params,
                inputs,
                List.of(name),
                WindowOperators.aggregate(aggregation, windows, kept, false),
                windowedKeys,
                serde);
        return new WindowedTable<>(
                app,
                Input.of(name),
                windowedKeys,
                serde,
                window.graceMillis(),
                () -> WindowOperators.aggregate(aggregation, windows, kept, true));
    }
}
