package io.thalweg.streams;

import io.thalweg.streams.processor.JoinOperators;
import io.thalweg.streams.processor.ProcessOperators;
import io.thalweg.streams.processor.SinkOperators;
import io.thalweg.streams.processor.StatelessOperators;
import io.thalweg.streams.processor.TableOperators;
import io.thalweg.streams.topology.Input;
import io.thalweg.streams.topology.InternalTopic;
import io.thalweg.streams.topology.Node;
import io.thalweg.streams.topology.NodeBehaviour;
import io.thalweg.streams.topology.TopologyBuilder;
import io.thalweg.streams.topology.TopologyException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded sequence of records; each operator yields another stream. Keys and values may be null wherever a record has none.
 *
 * <p>Operators that may change the key ({@code map}, {@code flatMap}, {@code selectKey}, {@code process}) mark the stream: whatever
 * needs equal keys in one task then sends it through a repartition topic first.
 */
public class Stream<K, V> {

    private final StreamApp app;
    private final Input output;
    private final @Nullable Serde<K> keySerde;
    private final @Nullable Serde<V> valueSerde;
    private final boolean keyChanged;

    Stream(
            StreamApp app,
            Input output,
            @Nullable Serde<K> keySerde,
            @Nullable Serde<V> valueSerde,
            boolean keyChanged) {
        this.app = app;
        this.output = output;
        this.keySerde = keySerde;
        this.valueSerde = valueSerde;
        this.keyChanged = keyChanged;
    }

    /** Keeps the records for which it holds. */
    public Stream<K, V> filter(BiPredicate<? super K, ? super V> predicate) {
        return same("filter", StatelessOperators.filter(Untyped.cast(predicate)));
    }

    /** Keeps the records whose value it holds for. */
    public Stream<K, V> filter(Predicate<? super V> predicate) {
        return filter((key, value) -> predicate.test(value));
    }

    /** Drops the records for which it holds. */
    public Stream<K, V> filterNot(BiPredicate<? super K, ? super V> predicate) {
        BiPredicate<K, V> negated = (key, value) -> !predicate.test(key, value);
        return same("filterNot", StatelessOperators.filter(Untyped.cast(negated)));
    }

    /** Drops the records whose value it holds for. */
    public Stream<K, V> filterNot(Predicate<? super V> predicate) {
        return filterNot((key, value) -> predicate.test(value));
    }

    /** Another value for each record; the key stays, so nothing is repartitioned. */
    public <R> Stream<K, R> mapValues(BiFunction<? super K, ? super V, ? extends R> mapper) {
        return derive("mapValues", StatelessOperators.mapValues(Untyped.cast(mapper)), keySerde, null, keyChanged);
    }

    public <R> Stream<K, R> mapValues(Function<? super V, ? extends R> mapper) {
        return mapValues(Untyped.<K, V, R>ofValue(mapper));
    }

    /** Another key and value for each record. */
    public <K2, V2> Stream<K2, V2> map(BiFunction<? super K, ? super V, KeyValue<K2, V2>> mapper) {
        return derive("map", StatelessOperators.map(Untyped.cast(mapper)), null, null, true);
    }

    /** Any number of values for each record, under its key. */
    public <R> Stream<K, R> flatMapValues(BiFunction<? super K, ? super V, ? extends Iterable<? extends R>> mapper) {
        return derive(
                "flatMapValues", StatelessOperators.flatMapValues(Untyped.cast(mapper)), keySerde, null, keyChanged);
    }

    public <R> Stream<K, R> flatMapValues(Function<? super V, ? extends Iterable<? extends R>> mapper) {
        return flatMapValues(Untyped.<K, V, Iterable<? extends R>>ofValue(mapper));
    }

    /** Any number of records for each. */
    public <K2, V2> Stream<K2, V2> flatMap(
            BiFunction<? super K, ? super V, ? extends Iterable<KeyValue<K2, V2>>> mapper) {
        return derive("flatMap", StatelessOperators.flatMap(Untyped.cast(mapper)), null, null, true);
    }

    /** Another key for each record. */
    public <K2> Stream<K2, V> selectKey(BiFunction<? super K, ? super V, ? extends K2> mapper) {
        return derive("selectKey", StatelessOperators.selectKey(Untyped.cast(mapper)), null, valueSerde, true);
    }

    /** Lets the user's code look at each record; it must not change it. */
    public Stream<K, V> peek(BiConsumer<? super K, ? super V> action) {
        return same("peek", StatelessOperators.peek(Untyped.cast(action)));
    }

    /** The records of both streams; of each in its order, between them in the order in which the task reads them. */
    public Stream<K, V> merge(Stream<K, V> other) {
        String id = app.builder().derivedId(output.node(), "merge");
        addNode(
                id,
                "merge",
                new JsonObject(),
                List.of(output, other.output),
                List.of(),
                StatelessOperators.merge(),
                keySerde,
                valueSerde);
        return new Stream<>(app, Input.of(id), keySerde, valueSerde, keyChanged || other.keyChanged);
    }

    /** Begins to part the stream: {@code branch("by-size").when("big", ...).otherwise("small")}. */
    public Branches<K, V> branch(String name) {
        return new Branches<>(this, name);
    }

    /** Names the key's serde, where the operators before left it open. */
    public <K2 extends K> Stream<K2, V> keySerde(Serde<K2> serde) {
        return new Stream<>(app, output, serde, valueSerde, keyChanged);
    }

    /** Names the value's serde, where the operators before left it open. */
    public <V2 extends V> Stream<K, V2> valueSerde(Serde<V2> serde) {
        return new Stream<>(app, output, keySerde, serde, keyChanged);
    }

    /** Writes to a topic, with the serdes that are known; text where none is. */
    public void to(String topic) {
        sink(topic, keys(), values());
    }

    public void to(String topic, Serde<K> keys, Serde<V> values) {
        sink(topic, keys, values);
    }

    /** As {@link #to(String, Serde, Serde)} with the key's serde that is known. */
    public void to(String topic, Serde<V> values) {
        sink(topic, keys(), values);
    }

    private void sink(String topic, Serde<K> keys, Serde<V> values) {
        String id = app.builder().derivedId(output.node(), "to-" + topic);
        addNode(
                id,
                "sink",
                new JsonObject().put("topic", topic),
                List.of(output),
                List.of(),
                SinkOperators.sink(topic, Untyped.cast(keys), Untyped.cast(values)),
                keys,
                values);
    }

    /** Writes each record to the topic that the function names; the topics must exist or be created on first use. */
    public void to(BiFunction<? super K, ? super V, String> topic, Serde<K> keys, Serde<V> values) {
        String id = app.builder().derivedId(output.node(), "to-dynamic");
        addNode(
                id,
                "sink",
                new JsonObject().put("dynamic", true),
                List.of(output),
                List.of(),
                SinkOperators.sink(
                        Untyped.<BiFunction<Object, Object, String>>cast(topic),
                        Untyped.cast(keys),
                        Untyped.cast(values)),
                keys,
                values);
    }

    /** Sends the records through {@code <app>-<name>-repartition}, so that equal keys meet in one task. */
    public Stream<K, V> repartition(String name) {
        return repartition(name, 0);
    }

    /** @param partitions of the topic; 0 for as many as are needed */
    public Stream<K, V> repartition(String name, int partitions) {
        return repartitioned(name, partitions, keys(), values());
    }

    Stream<K, V> repartitioned(String name, int partitions, Serde<K> keys, Serde<V> values) {
        String topic = app.builder().repartitionTopic(name);
        app.builder().add(new InternalTopic(topic, InternalTopic.Kind.REPARTITION, partitions, "delete", -1));
        addNode(
                name + "-repartition/to",
                "repartition",
                new JsonObject().put("topic", topic),
                List.of(output),
                List.of(),
                SinkOperators.sink(topic, Untyped.cast(keys), Untyped.cast(values)),
                keys,
                values);
        String id = name + "-repartition";
        app.addSource(id, topic, keys, values);
        return new Stream<>(app, Input.of(id), keys, values, false);
    }

    /** Records with equal keys together; repartitioned if the key may have changed. */
    public GroupedStream<K, V> groupByKey() {
        return new GroupedStream<>(this, null);
    }

    /** Records with the same result of the function together, through {@code <app>-<name>-repartition}. The key becomes the result. */
    public <K2> GroupedStream<K2, V> groupBy(String name, BiFunction<? super K, ? super V, ? extends K2> mapper) {
        return new GroupedStream<>(this.<K2>selectKey(mapper), TopologyBuilder.name("name", name));
    }

    /** @param groups the serde of the new key */
    public <K2> GroupedStream<K2, V> groupBy(
            String name, BiFunction<? super K, ? super V, ? extends K2> mapper, Serde<K2> groups) {
        return new GroupedStream<>(this.<K2>selectKey(mapper).keySerde(groups), TopologyBuilder.name("name", name));
    }

    /** The latest value of each key. Null keys are dropped, a null value deletes. The name is that of the store. */
    public Table<K, V> toTable(String name) {
        return toTable(name, values());
    }

    public Table<K, V> toTable(String name, Serde<V> serde) {
        Stream<K, V> from = keyChanged ? repartitioned(name, 0, keys(), serde) : this;
        Stores.keyValue(app.builder(), name, keys(), serde);
        addNode(
                name,
                "table",
                new JsonObject(),
                List.of(from.output),
                List.of(name),
                TableOperators.table(Table.materialization(keys(), serde)),
                keys(),
                serde);
        return new Table<>(app, Input.of(name), keys(), serde);
    }

    /** Each record with the row of its key as it is when the record comes; those without one are dropped. */
    public <V2, R> Stream<K, R> join(Table<K, V2> table, BiFunction<? super V, ? super V2, ? extends R> joiner) {
        return joinTable("join", table, joiner, false);
    }

    /** Each record with the row of its key or null; records with a null value are dropped. */
    public <V2, R> Stream<K, R> leftJoin(Table<K, V2> table, BiFunction<? super V, ? super V2, ? extends R> joiner) {
        return joinTable("leftJoin", table, joiner, true);
    }

    private <V2, R> Stream<K, R> joinTable(
            String op, Table<K, V2> table, BiFunction<? super V, ? super V2, ? extends R> joiner, boolean left) {
        if (keyChanged) {
            throw new TopologyException("node=" + output.node() + " changed the key; call repartition(name) before "
                    + op + " so that records and rows with equal keys meet");
        }
        Joiner<K, V, V2, R> withKey = (key, own, row) -> joiner.apply(own, row);
        String id = app.builder().derivedId(output.node(), op);
        addNode(
                id,
                op,
                new JsonObject().put("with", "table"),
                List.of(output, table.output()),
                List.of(),
                JoinOperators.streamTable(Untyped.cast(withKey), left),
                keySerde,
                null);
        Table.copartition(app, output, table.output());
        return new Stream<>(app, Input.of(id), keySerde, null, false);
    }

    /** Each record with the row that the mapper names; those without one are dropped. */
    public <K2, V2, R> Stream<K, R> join(
            GlobalTable<K2, V2> table,
            BiFunction<? super K, ? super V, ? extends @Nullable K2> keyMapper,
            BiFunction<? super V, ? super V2, ? extends R> joiner) {
        return joinGlobal("join", table, keyMapper, joiner, false);
    }

    /** Each record with the row that the mapper names, or null. */
    public <K2, V2, R> Stream<K, R> leftJoin(
            GlobalTable<K2, V2> table,
            BiFunction<? super K, ? super V, ? extends @Nullable K2> keyMapper,
            BiFunction<? super V, ? super V2, ? extends R> joiner) {
        return joinGlobal("leftJoin", table, keyMapper, joiner, true);
    }

    private <K2, V2, R> Stream<K, R> joinGlobal(
            String op,
            GlobalTable<K2, V2> table,
            BiFunction<? super K, ? super V, ? extends @Nullable K2> keyMapper,
            BiFunction<? super V, ? super V2, ? extends R> joiner,
            boolean left) {
        Joiner<K, V, V2, R> withKey = (key, own, row) -> joiner.apply(own, row);
        String id = app.builder().derivedId(output.node(), op);
        addNode(
                id,
                op,
                new JsonObject().put("with", "globalTable").put("table", table.store()),
                List.of(output),
                List.of(table.store()),
                JoinOperators.streamGlobal(
                        Untyped.cast(keyMapper),
                        Untyped.cast(withKey),
                        left,
                        Untyped.cast(table.keys()),
                        Untyped.cast(table.values())),
                keySerde,
                null);
        return new Stream<>(app, Input.of(id), keySerde, null, keyChanged);
    }

    /** Begins a join with another stream: pairs of records with equal keys and timestamps within the window. */
    public <V2, R> JoinedStream<K, V, V2, R> join(
            String name, Stream<K, V2> other, Within within, BiFunction<? super V, ? super V2, ? extends R> joiner) {
        return JoinedStream.of("join", name, this, other, within, joiner, false, false);
    }

    /** As {@link #join}; a record of this stream without a match comes out alone when none can come any more. */
    public <V2, R> JoinedStream<K, V, V2, R> leftJoin(
            String name, Stream<K, V2> other, Within within, BiFunction<? super V, ? super V2, ? extends R> joiner) {
        return JoinedStream.of("leftJoin", name, this, other, within, joiner, true, false);
    }

    /** As {@link #leftJoin} for both streams. */
    public <V2, R> JoinedStream<K, V, V2, R> outerJoin(
            String name, Stream<K, V2> other, Within within, BiFunction<? super V, ? super V2, ? extends R> joiner) {
        return JoinedStream.of("outerJoin", name, this, other, within, joiner, true, true);
    }

    /** The user's own operator. Its output may have another key, so it is repartitioned where that matters. */
    public <K2, V2> Stream<K2, V2> process(
            String name, Supplier<? extends Processor<K, V, K2, V2>> supplier, State<?, ?>... states) {
        addProcess(name, supplier, states);
        return new Stream<>(app, Input.of(name), null, null, true);
    }

    /** The user's own operator that leaves the key as it is: it must not forward records with another one. */
    public <V2> Stream<K, V2> processValues(
            String name, Supplier<? extends Processor<K, V, K, V2>> supplier, State<?, ?>... states) {
        addProcess(name, supplier, states);
        return new Stream<>(app, Input.of(name), keySerde, null, keyChanged);
    }

    private void addProcess(String name, Supplier<?> supplier, State<?, ?>... states) {
        List<String> stores = new ArrayList<>();
        for (State<?, ?> state : states) {
            Stores.keyValue(app.builder(), state.name(), state.keySerde(), state.valueSerde());
            stores.add(state.name());
        }
        addNode(
                TopologyBuilder.name("name", name),
                "process",
                new JsonObject(),
                List.of(output),
                stores,
                ProcessOperators.process(Untyped.cast(supplier)),
                null,
                null);
    }

    StreamApp app() {
        return app;
    }

    Input output() {
        return output;
    }

    boolean keyChanged() {
        return keyChanged;
    }

    @Nullable
    Serde<K> keySerdeOrNull() {
        return keySerde;
    }

    @Nullable
    Serde<V> valueSerdeOrNull() {
        return valueSerde;
    }

    /** The key's serde; text where none is known. */
    Serde<K> keys() {
        return keySerde != null ? keySerde : Untyped.cast(Serdes.string());
    }

    /** The value's serde; text where none is known. */
    Serde<V> values() {
        return valueSerde != null ? valueSerde : Untyped.cast(Serdes.string());
    }

    private Stream<K, V> same(String op, NodeBehaviour behaviour) {
        return derive(op, behaviour, keySerde, valueSerde, keyChanged);
    }

    <K2, V2> Stream<K2, V2> derive(
            String op,
            NodeBehaviour behaviour,
            @Nullable Serde<K2> keys,
            @Nullable Serde<V2> values,
            boolean changesKey) {
        String id = app.builder().derivedId(output.node() + (output.port().isEmpty() ? "" : "#" + output.port()), op);
        addNode(id, op, new JsonObject(), List.of(output), List.of(), behaviour, keys, values);
        return new Stream<>(app, Input.of(id), keys, values, changesKey);
    }

    void addNode(
            String id,
            String op,
            JsonObject params,
            List<Input> inputs,
            List<String> stores,
            NodeBehaviour behaviour,
            @Nullable Serde<?> keys,
            @Nullable Serde<?> values) {
        app.builder()
                .add(new Node(
                        id,
                        op,
                        params,
                        inputs,
                        stores,
                        keys == null ? null : keys.name(),
                        values == null ? null : values.name(),
                        behaviour));
    }
}
