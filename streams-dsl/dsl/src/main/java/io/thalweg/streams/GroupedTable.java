package io.thalweg.streams;

import io.thalweg.streams.processor.AggregateOperators;
import io.thalweg.streams.processor.Aggregation;
import io.thalweg.streams.processor.SinkOperators;
import io.thalweg.streams.topology.Input;
import io.thalweg.streams.topology.InternalTopic;
import io.thalweg.streams.topology.Node;
import io.thalweg.streams.topology.TopologyBuilder;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table by group. An update of a row that stays in its group changes the aggregate once; one that moves it is
 * subtracted from the old group, and emitted, and then added to the new. A group that lost its last row stays.
 */
public final class GroupedTable<K, V> {

    private final Table<?, ?> table;
    private final String name;
    private final BiFunction<Object, Object, KeyValue<Object, Object>> mapper;
    private final Serde<K> groups;
    private final Serde<V> values;
    private @Nullable String source;

    GroupedTable(
            Table<?, ?> table,
            String name,
            BiFunction<Object, Object, KeyValue<Object, Object>> mapper,
            Serde<K> groups,
            Serde<V> values) {
        this.table = table;
        this.name = name;
        this.mapper = mapper;
        this.groups = groups;
        this.values = values;
    }

    /** How many rows each group has. */
    public Table<K, Long> count(String store) {
        Aggregator<K, V, Long> add = (group, row, count) -> count + 1;
        Aggregator<K, V, Long> subtract = (group, row, count) -> count - 1;
        return aggregated(store, "count", () -> 0L, add, subtract, Serdes.int64());
    }

    /** @param subtractor takes from an aggregate what the adder put in */
    public Table<K, V> reduce(String store, BinaryOperator<V> adder, BinaryOperator<V> subtractor) {
        Aggregator<K, V, V> add = (group, row, sum) -> sum == null ? row : adder.apply(sum, row);
        Aggregator<K, V, V> subtract = (group, row, sum) -> subtractor.apply(sum, row);
        return aggregated(store, "reduce", () -> null, add, subtract, values);
    }

    /** @param subtractor takes from an aggregate what the adder put in */
    public <A> Table<K, A> aggregate(
            String store,
            Supplier<A> initializer,
            Aggregator<? super K, ? super V, A> adder,
            Aggregator<? super K, ? super V, A> subtractor,
            Serde<A> serde) {
        return aggregated(store, "aggregate", initializer, adder, subtractor, serde);
    }

    private <A> Table<K, A> aggregated(
            String store,
            String op,
            Supplier<@Nullable A> initializer,
            Aggregator<? super K, ? super V, A> adder,
            Aggregator<? super K, ? super V, A> subtractor,
            Serde<A> serde) {
        TopologyBuilder builder = table.app().builder();
        String from = source();
        Stores.keyValue(builder, store, groups, serde);
        Supplier<@Nullable Object> untyped = Untyped.cast(initializer);
        builder.add(new Node(
                store,
                op,
                new JsonObject(),
                List.of(Input.of(from)),
                List.of(store),
                groups.name(),
                serde.name(),
                AggregateOperators.tableAggregate(
                        Aggregation.of(untyped, Untyped.cast(adder), null),
                        Aggregation.of(untyped, Untyped.cast(subtractor), null),
                        Table.materialization(groups, serde))));
        return new Table<>(table.app(), Input.of(store), groups, serde);
    }

    /** The repartition topic and the nodes around it, once however many aggregations follow. */
    private String source() {
        String known = source;
        if (known != null) {
            return known;
        }
        TopologyBuilder builder = table.app().builder();
        String topic = builder.repartitionTopic(name);
        builder.add(new InternalTopic(topic, InternalTopic.Kind.REPARTITION, 0, "delete", -1));
        builder.add(new Node(
                name,
                "groupBy",
                new JsonObject(),
                List.of(table.output()),
                List.of(),
                groups.name(),
                values.name(),
                Table.regroup(mapper)));
        builder.add(new Node(
                name + "-repartition/to",
                "repartition",
                new JsonObject().put("topic", topic),
                List.of(Input.of(name)),
                List.of(),
                groups.name(),
                values.name(),
                SinkOperators.changeSink(topic, Untyped.cast(groups), Untyped.cast(values))));
        String id = name + "-repartition";
        builder.add(new Node(
                id,
                "source",
                new JsonObject().put("topic", topic),
                List.of(),
                List.of(),
                groups.name(),
                values.name(),
                SinkOperators.changeSource(topic, Untyped.cast(groups), Untyped.cast(values))));
        source = id;
        return id;
    }
}
