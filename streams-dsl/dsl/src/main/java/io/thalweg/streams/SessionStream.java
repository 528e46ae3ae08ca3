package io.thalweg.streams;

import io.thalweg.streams.processor.Aggregation;
import io.thalweg.streams.processor.Materialization;
import io.thalweg.streams.processor.SessionOperators;
import io.thalweg.streams.topology.Input;
import io.thalweg.streams.topology.StoreKind;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A grouped stream in sessions. A record that joins sessions deletes their rows first, each with its old bounds, and then writes
 * the merged one; its timestamp is the session's end. A record is late if the session it would make ends before stream time
 * less gap and grace. A record with a null value counts.
 */
public final class SessionStream<K, V> {

    private final GroupedStream<K, V> grouped;
    private final String name;
    private final Sessions sessions;
    private @Nullable Consumer<Stream<K, V>> late;

    SessionStream(GroupedStream<K, V> grouped, String name, Sessions sessions) {
        this.grouped = grouped;
        this.name = name;
        this.sessions = sessions;
    }

    /** What becomes of records that come too late for any session; without it they are dropped. */
    public SessionStream<K, V> late(Consumer<Stream<K, V>> lateRecords) {
        late = lateRecords;
        return this;
    }

    public WindowedTable<K, Long> count() {
        Aggregator<K, V, Long> add = (key, value, count) -> count + 1;
        return aggregated("count", () -> 0L, add, (key, one, other) -> one + other, Serdes.int64());
    }

    public WindowedTable<K, V> reduce(BinaryOperator<V> reducer) {
        Aggregator<K, V, V> add = (key, value, result) -> result == null ? value : reducer.apply(result, value);
        return aggregated(
                "reduce",
                () -> null,
                add,
                (key, one, other) -> one == null ? other : reducer.apply(one, other),
                grouped.stream().values());
    }

    /** @param merger makes one aggregate of the initial one and those of the sessions that a record joins, oldest first */
    public <A> WindowedTable<K, A> aggregate(
            Supplier<A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Merger<? super K, A> merger,
            Serde<A> serde) {
        return aggregated("aggregate", initializer, aggregator, merger, serde);
    }

    private <A> WindowedTable<K, A> aggregated(
            String op,
            Supplier<@Nullable A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Merger<? super K, A> merger,
            Serde<A> serde) {
        Stream<K, V> from = grouped.from(name);
        StreamApp app = from.app();
        Serde<K> keys = from.keys();
        Serde<Windowed<K>> windowedKeys = WindowedSerdes.session(keys);
        Stores.add(
                app.builder(),
                name,
                StoreKind.SESSION,
                sessions.gapMillis() + sessions.graceMillis(),
                false,
                keys,
                serde);
        Aggregation aggregation =
                Aggregation.of(Untyped.cast(initializer), Untyped.cast(aggregator), Untyped.cast(merger));
        SessionOperators.Gap gap = new SessionOperators.Gap(sessions.gapMillis(), sessions.graceMillis());
        Materialization kept = Table.materialization(keys, serde);
        from.addNode(
                name,
                op,
                new JsonObject()
                        .put("window", "session")
                        .put("gapMillis", sessions.gapMillis())
                        .put("graceMillis", sessions.graceMillis()),
                List.of(from.output()),
                List.of(name),
                SessionOperators.aggregate(aggregation, gap, kept, false),
                windowedKeys,
                serde);
        if (late != null) {
            late.accept(new Stream<>(app, new Input(name, "late"), keys, from.valueSerdeOrNull(), false));
        }
        return new WindowedTable<>(
                app,
                Input.of(name),
                windowedKeys,
                serde,
                sessions.gapMillis() + sessions.graceMillis(),
                () -> SessionOperators.aggregate(aggregation, gap, kept, true));
    }
}
