package io.thalweg.streams;

import io.thalweg.streams.processor.AggregateOperators;
import io.thalweg.streams.processor.Aggregation;
import io.thalweg.streams.topology.Input;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A stream whose equal keys are in one task. Records with a null key, and without windows those with a null value, are dropped.
 * The timestamp of a result is the greatest of the records in it.
 */
public final class GroupedStream<K, V> {

    private final Stream<K, V> stream;
    private final @Nullable String name;
    private @Nullable Stream<K, V> grouped;

    /** @param name of the repartition topic; null to name it after what is aggregated first */
    GroupedStream(Stream<K, V> stream, @Nullable String name) {
        this.stream = stream;
        this.name = name;
    }

    /** How many records each key has. */
    public Table<K, Long> count(String store) {
        Aggregator<K, V, Long> add = (key, value, count) -> count + 1;
        return aggregated(store, "count", () -> 0L, add, Serdes.int64());
    }

    /** @param reducer takes the result so far and a value; null deletes the row */
    public Table<K, V> reduce(String store, BinaryOperator<V> reducer) {
        Aggregator<K, V, V> add = (key, value, result) -> result == null ? value : reducer.apply(result, value);
        return aggregated(store, "reduce", () -> null, add, stream.values());
    }

    /** @param initializer the aggregate of no records; called for each new key, may not return null */
    public <A> Table<K, A> aggregate(
            String store, Supplier<A> initializer, Aggregator<? super K, ? super V, A> aggregator, Serde<A> serde) {
        return aggregated(store, "aggregate", initializer, aggregator, serde);
    }

    /** Begins to aggregate several streams into one row for each key. */
    public <A> Cogrouped<K, A> cogroup(Aggregator<? super K, ? super V, A> aggregator) {
        return new Cogrouped<K, A>(stream.app()).cogroup(this, aggregator);
    }

    /** In windows of fixed length. The name is that of the store. */
    public WindowedStream<K, V> window(String name, TimeWindow window) {
        return new WindowedStream<>(this, name, window);
    }

    /** In sessions. The name is that of the store. */
    public SessionStream<K, V> window(String name, Sessions sessions) {
        return new SessionStream<>(this, name, sessions);
    }

    private <A> Table<K, A> aggregated(
            String store,
            String op,
            Supplier<@Nullable A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Serde<A> serde) {
        Stream<K, V> from = from(store);
        Stores.keyValue(stream.app().builder(), store, from.keys(), serde);
        Aggregation aggregation = Aggregation.of(Untyped.cast(initializer), Untyped.cast(aggregator), null);
        from.addNode(
                store,
                op,
                new JsonObject(),
                List.of(from.output()),
                List.of(store),
                AggregateOperators.aggregate(aggregation, Table.materialization(from.keys(), serde)),
                from.keys(),
                serde);
        return new Table<>(stream.app(), Input.of(store), from.keys(), serde);
    }

    /** The stream, behind a repartition topic if its key may have changed. */
    Stream<K, V> from(String store) {
        if (!stream.keyChanged()) {
            return stream;
        }
        Stream<K, V> known = grouped;
        if (known == null) {
            known = stream.repartitioned(name != null ? name : store, 0, stream.keys(), stream.values());
            grouped = known;
        }
        return known;
    }

    Stream<K, V> stream() {
        return stream;
    }
}
