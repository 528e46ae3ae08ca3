package io.thalweg.streams;

import io.thalweg.streams.processor.AggregateOperators;
import io.thalweg.streams.processor.JoinOperators;
import io.thalweg.streams.processor.Materialization;
import io.thalweg.streams.processor.SuppressOperators;
import io.thalweg.streams.processor.SuppressOperators.Suppression;
import io.thalweg.streams.processor.TableOperators;
import io.thalweg.streams.topology.Input;
import io.thalweg.streams.topology.Node;
import io.thalweg.streams.topology.NodeBehaviour;
import io.thalweg.streams.topology.TopologyBuilder;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Rows by key, each the latest of its key; operators yield other tables, {@link #toStream} the sequence of updates.
 *
 * <p>Operators with a name keep their result in a store of that name, to look into; those without compute it when it is asked for.
 */
public class Table<K, V> {

    private final StreamApp app;
    private final Input output;
    private final @Nullable Serde<K> keySerde;
    private final @Nullable Serde<V> valueSerde;

    Table(StreamApp app, Input output, @Nullable Serde<K> keySerde, @Nullable Serde<V> valueSerde) {
        this.app = app;
        this.output = output;
        this.keySerde = keySerde;
        this.valueSerde = valueSerde;
    }

    /**
     * Leaves out the rows for which it does not hold. As in Kafka Streams every update whose new value fails goes on as a
     * deletion, even of a row that was never in the result, unless an aggregation or join downstream asks for old values.
     */
    public Table<K, V> filter(BiPredicate<? super K, ? super V> predicate) {
        return filtered(null, "filter", predicate);
    }

    public Table<K, V> filter(Predicate<? super V> predicate) {
        return filter((key, value) -> predicate.test(value));
    }

    /** As {@link #filter(BiPredicate)}, kept in a store. */
    public Table<K, V> filter(String name, BiPredicate<? super K, ? super V> predicate) {
        return filtered(name, "filter", predicate);
    }

    /** Leaves out the rows for which it holds. */
    public Table<K, V> filterNot(BiPredicate<? super K, ? super V> predicate) {
        return filtered(null, "filterNot", (key, value) -> !predicate.test(key, value));
    }

    private Table<K, V> filtered(@Nullable String name, String op, BiPredicate<? super K, ? super V> predicate) {
        BiFunction<K, V, @Nullable V> mapper = (key, value) -> predicate.test(key, value) ? value : null;
        return mapped(name, op, mapper, true, valueSerde);
    }

    /** Another value for each row; null leaves the row out. */
    public <R> Table<K, R> mapValues(BiFunction<? super K, ? super V, ? extends @Nullable R> mapper) {
        return mapped(null, "mapValues", mapper, false, null);
    }

    public <R> Table<K, R> mapValues(Function<? super V, ? extends @Nullable R> mapper) {
        return mapValues((key, value) -> mapper.apply(value));
    }

    /** As {@link #mapValues(BiFunction)}, kept in a store. */
    public <R> Table<K, R> mapValues(
            String name, BiFunction<? super K, ? super V, ? extends @Nullable R> mapper, Serde<R> serde) {
        return mapped(name, "mapValues", mapper, false, serde);
    }

    private <R> Table<K, R> mapped(
            @Nullable String name,
            String op,
            BiFunction<? super K, ? super V, ? extends @Nullable R> mapper,
            boolean filter,
            @Nullable Serde<R> serde) {
        Serde<R> kept = serde != null ? serde : Untyped.cast(Serdes.string());
        if (name != null) {
            Stores.keyValue(app.builder(), name, keys(), kept);
        }
        NodeBehaviour behaviour = TableOperators.mapRows(
                Untyped.cast(mapper), filter, name == null ? null : materialization(keys(), kept));
        String id = add(
                name,
                op,
                new JsonObject(),
                List.of(output),
                name == null ? List.of() : List.of(name),
                behaviour,
                keySerde,
                serde);
        return new Table<>(app, Input.of(id), keySerde, serde);
    }

    /** The updates as a stream: a deletion is a record with a null value. */
    public Stream<K, V> toStream() {
        String id = add(
                null,
                "toStream",
                new JsonObject(),
                List.of(output),
                List.of(),
                TableOperators.toStream(null),
                keySerde,
                valueSerde);
        return new Stream<>(app, Input.of(id), keySerde, valueSerde, false);
    }

    /** The updates as a stream with another key; the mapper sees a deletion as a null value. */
    public <K2> Stream<K2, V> toStream(BiFunction<? super K, ? super V, ? extends K2> keyMapper) {
        String id = add(
                null,
                "toStream",
                new JsonObject().put("selectKey", true),
                List.of(output),
                List.of(),
                TableOperators.toStream(Untyped.<BiFunction<Object, Object, Object>>cast(keyMapper)),
                null,
                valueSerde);
        return new Stream<>(app, Input.of(id), null, valueSerde, true);
    }

    /** Groups the rows by something computed from them; they travel through {@code <app>-<name>-repartition}. */
    public <K2, V2> GroupedTable<K2, V2> groupBy(
            String name,
            BiFunction<? super K, ? super V, KeyValue<K2, V2>> mapper,
            Serde<K2> groups,
            Serde<V2> values) {
        return new GroupedTable<>(this, name, Untyped.cast(mapper), groups, values);
    }

    /** The rows of both tables with the same key. */
    public <V2, R> Table<K, R> join(Table<K, V2> other, BiFunction<? super V, ? super V2, ? extends R> joiner) {
        return joined("join", null, other, joiner, false, false, null);
    }

    /** Every row of this table, with the other's or null. */
    public <V2, R> Table<K, R> leftJoin(Table<K, V2> other, BiFunction<? super V, ? super V2, ? extends R> joiner) {
        return joined("leftJoin", null, other, joiner, true, false, null);
    }

    /** Every row of either table; the one that is missing is null. */
    public <V2, R> Table<K, R> outerJoin(Table<K, V2> other, BiFunction<? super V, ? super V2, ? extends R> joiner) {
        return joined("outerJoin", null, other, joiner, true, true, null);
    }

    /** As {@link #join(Table, BiFunction)}, kept in a store. */
    public <V2, R> Table<K, R> join(
            String name, Table<K, V2> other, BiFunction<? super V, ? super V2, ? extends R> joiner, Serde<R> serde) {
        return joined("join", name, other, joiner, false, false, serde);
    }

    /** As {@link #leftJoin(Table, BiFunction)}, kept in a store. */
    public <V2, R> Table<K, R> leftJoin(
            String name, Table<K, V2> other, BiFunction<? super V, ? super V2, ? extends R> joiner, Serde<R> serde) {
        return joined("leftJoin", name, other, joiner, true, false, serde);
    }

    private <V2, R> Table<K, R> joined(
            String op,
            @Nullable String name,
            Table<K, V2> other,
            BiFunction<? super V, ? super V2, ? extends R> joiner,
            boolean left,
            boolean right,
            @Nullable Serde<R> serde) {
        Joiner<K, V, V2, R> withKey = (key, own, others) -> joiner.apply(own, others);
        Materialization kept = null;
        if (name != null && serde != null) {
            Stores.keyValue(app.builder(), name, keys(), serde);
            kept = materialization(keys(), serde);
        }
        String id = add(
                name,
                op,
                new JsonObject(),
                List.of(output, other.output),
                name == null ? List.of() : List.of(name),
                JoinOperators.tableTable(Untyped.cast(withKey), left, right, kept),
                keySerde,
                serde);
        copartition(app, output, other.output);
        return new Table<>(app, Input.of(id), keySerde, serde);
    }

    /**
     * Holds each update back until {@code within} of stream time has passed since the first of its key, and lets only the latest
     * through.
     */
    public Table<K, V> suppress(String name, Duration within) {
        return suppressed(name, new Suppression(within.toMillis(), false));
    }

    Table<K, V> suppressed(String name, Suppression suppression) {
        Serde<V> serde = values();
        Stores.keyValue(app.builder(), name, Serdes.bytes(), serde);
        JsonObject params = suppression.untilWindowCloses()
                ? new JsonObject().put("until", "windowCloses")
                : new JsonObject().put("withinMillis", suppression.withinMillis());
        String id = add(
                name,
                "suppress",
                params,
                List.of(output),
                List.of(name),
                SuppressOperators.suppress(suppression, Untyped.cast(keys()), Untyped.cast(serde)),
                keySerde,
                valueSerde);
        return new Table<>(app, Input.of(id), keySerde, valueSerde);
    }

    /** Names the value's serde, where the operators before left it open. */
    public <V2 extends V> Table<K, V2> valueSerde(Serde<V2> serde) {
        return new Table<>(app, output, keySerde, serde);
    }

    static void copartition(StreamApp app, Input one, Input other) {
        Set<String> topics = new LinkedHashSet<>(app.builder().sourcesOf(one.node()));
        topics.addAll(app.builder().sourcesOf(other.node()));
        app.builder().copartition(topics);
    }

    static Materialization materialization(Serde<?> keys, Serde<?> values) {
        return new Materialization(Untyped.cast(keys), Untyped.cast(values));
    }

    StreamApp app() {
        return app;
    }

    Input output() {
        return output;
    }

    Serde<K> keys() {
        return keySerde != null ? keySerde : Untyped.cast(Serdes.string());
    }

    Serde<V> values() {
        return valueSerde != null ? valueSerde : Untyped.cast(Serdes.string());
    }

    @Nullable
    Serde<K> keySerdeOrNull() {
        return keySerde;
    }

    private String add(
            @Nullable String name,
            String op,
            JsonObject params,
            List<Input> inputs,
            List<String> stores,
            NodeBehaviour behaviour,
            @Nullable Serde<?> keys,
            @Nullable Serde<?> values) {
        TopologyBuilder builder = app.builder();
        String id = name != null ? name : builder.derivedId(inputs.get(0).node(), op);
        builder.add(new Node(
                id,
                op,
                params,
                inputs,
                stores,
                keys == null ? null : keys.name(),
                values == null ? null : values.name(),
                behaviour));
        return id;
    }

    /** An aggregation of the updates of a table, as {@link GroupedTable} makes them. */
    static NodeBehaviour regroup(BiFunction<Object, Object, KeyValue<Object, Object>> mapper) {
        return AggregateOperators.regroup(mapper);
    }
}
