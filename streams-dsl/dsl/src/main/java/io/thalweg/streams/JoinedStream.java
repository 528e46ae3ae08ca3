package io.thalweg.streams;

import io.thalweg.streams.processor.StreamJoinOperators;
import io.thalweg.streams.processor.StreamJoinOperators.JoinWindow;
import io.thalweg.streams.topology.Input;
import io.thalweg.streams.topology.StoreKind;
import io.thalweg.streams.topology.TopologyBuilder;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * The result of a join of two streams. The timestamp of a pair is the greater one. A record without a match carries its own, and
 * comes when stream time has passed the end of its window and the grace; its exact moment is no promise. Records without a value
 * are dropped, and those without a key unless their side is kept without a match.
 */
public final class JoinedStream<K, V, V2, R> extends Stream<K, R> {

    private final String name;
    private final Stream<K, V> left;
    private final Stream<K, V2> right;

    private JoinedStream(String name, Stream<K, V> left, Stream<K, V2> right) {
        super(left.app(), Input.of(name), left.keys(), null, false);
        this.name = name;
        this.left = left;
        this.right = right;
    }

    static <K, V, V2, R> JoinedStream<K, V, V2, R> of(
            String op,
            String name,
            Stream<K, V> one,
            Stream<K, V2> other,
            Within within,
            BiFunction<? super V, ? super V2, ? extends R> joiner,
            boolean keepsLeft,
            boolean keepsRight) {
        Stream<K, V> left = one.keyChanged() ? one.repartitioned(name + "-left", 0, one.keys(), one.values()) : one;
        Stream<K, V2> right =
                other.keyChanged() ? other.repartitioned(name + "-right", 0, left.keys(), other.values()) : other;
        TopologyBuilder builder = one.app().builder();
        long retention = within.beforeMillis() + within.afterMillis() + within.graceMillis();
        List<String> stores = new ArrayList<>(List.of(name + "-left", name + "-right"));
        Stores.add(builder, name + "-left", StoreKind.WINDOW, retention, true, left.keys(), left.values());
        Stores.add(builder, name + "-right", StoreKind.WINDOW, retention, true, left.keys(), right.values());
        if (keepsLeft || keepsRight) {
            stores.add(name + "-unmatched");
            Stores.keyValue(builder, name + "-unmatched", Serdes.bytes(), Serdes.bytes());
        }
        Joiner<K, V, V2, R> withKey = (key, own, others) -> joiner.apply(own, others);
        left.addNode(
                name,
                op,
                new JsonObject()
                        .put("with", "stream")
                        .put("beforeMillis", within.beforeMillis())
                        .put("afterMillis", within.afterMillis())
                        .put("graceMillis", within.graceMillis()),
                List.of(left.output(), right.output()),
                stores,
                StreamJoinOperators.join(
                        Untyped.cast(withKey),
                        new JoinWindow(within.beforeMillis(), within.afterMillis(), within.graceMillis()),
                        keepsLeft,
                        keepsRight,
                        Untyped.cast(left.keys()),
                        Untyped.cast(left.values()),
                        Untyped.cast(right.values())),
                left.keys(),
                null);
        Table.copartition(one.app(), left.output(), right.output());
        return new JoinedStream<>(name, left, right);
    }

    /** What becomes of records of either stream that come too late to be found by others; each may have been joined all the same. */
    public JoinedStream<K, V, V2, R> late(Consumer<Stream<K, V>> leftRecords, Consumer<Stream<K, V2>> rightRecords) {
        leftRecords.accept(new Stream<>(left.app(), new Input(name, "late"), left.keys(), left.values(), false));
        rightRecords.accept(
                new Stream<>(left.app(), new Input(name, "late-right"), left.keys(), right.values(), false));
        return this;
    }

    /** As {@link #late(Consumer, Consumer)} for the left stream alone. */
    public JoinedStream<K, V, V2, R> late(Consumer<Stream<K, V>> leftRecords) {
        leftRecords.accept(new Stream<>(left.app(), new Input(name, "late"), left.keys(), left.values(), false));
        return this;
    }
}
