package io.thalweg.streams;

import io.thalweg.streams.processor.AggregateOperators;
import io.thalweg.streams.processor.Aggregation;
import io.thalweg.streams.topology.Input;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Several grouped streams that are aggregated into one row for each key, each with its own aggregator. */
public final class Cogrouped<K, A> {

    private final StreamApp app;
    private final List<GroupedStream<K, ?>> streams = new ArrayList<>();
    private final List<Aggregator<Object, Object, Object>> aggregators = new ArrayList<>();

    Cogrouped(StreamApp app) {
        this.app = app;
    }

    /** One more stream. */
    public <V> Cogrouped<K, A> cogroup(GroupedStream<K, V> stream, Aggregator<? super K, ? super V, A> aggregator) {
        streams.add(stream);
        aggregators.add(Untyped.cast(aggregator));
        return this;
    }

    public Table<K, A> aggregate(String store, Supplier<A> initializer, Serde<A> serde) {
        List<Stream<K, ?>> from = from(store);
        Stream<K, ?> first = from.get(0);
        Stores.keyValue(app.builder(), store, first.keys(), serde);
        first.addNode(
                store,
                "cogroup",
                new JsonObject(),
                outputs(from),
                List.of(store),
                AggregateOperators.aggregate(aggregation(initializer), Table.materialization(first.keys(), serde)),
                first.keys(),
                serde);
        return new Table<>(app, Input.of(store), first.keys(), serde);
    }

    /** In windows of fixed length. The name is that of the store. */
    public WindowedTable<K, A> aggregate(String name, TimeWindow window, Supplier<A> initializer, Serde<A> serde) {
        List<Stream<K, ?>> from = from(name);
        return WindowedStream.windowed(
                from.get(0), "cogroup", name, window, outputs(from), aggregation(initializer), serde);
    }

    private Aggregation aggregation(Supplier<A> initializer) {
        return new Aggregation(Untyped.cast(initializer), aggregators, null);
    }

    private List<Stream<K, ?>> from(String store) {
        List<Stream<K, ?>> from = new ArrayList<>();
        for (int i = 0; i < streams.size(); i++) {
            from.add(streams.get(i).from(store + (i == 0 ? "" : "-" + i)));
        }
        for (int i = 1; i < from.size(); i++) {
            Table.copartition(app, from.get(0).output(), from.get(i).output());
        }
        return from;
    }

    private static List<Input> outputs(List<? extends Stream<?, ?>> streams) {
        List<Input> outputs = new ArrayList<>();
        streams.forEach(stream -> outputs.add(stream.output()));
        return outputs;
    }
}
