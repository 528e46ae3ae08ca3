package io.thalweg.streams;

import io.thalweg.streams.processor.SuppressOperators.Suppression;
import io.thalweg.streams.topology.Input;
import io.thalweg.streams.topology.Node;
import io.thalweg.streams.topology.NodeBehaviour;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/** The result of an aggregation in windows: a row for each key and window. */
public final class WindowedTable<K, V> extends Table<Windowed<K>, V> {

    private final long closesAfterMillis;
    private final Supplier<NodeBehaviour> finalBehaviour;

    /** @param closesAfterMillis how long after its end a window still changes */
    WindowedTable(
            StreamApp app,
            Input output,
            Serde<Windowed<K>> keySerde,
            Serde<V> valueSerde,
            long closesAfterMillis,
            Supplier<NodeBehaviour> finalBehaviour) {
        super(app, output, keySerde, valueSerde);
        this.closesAfterMillis = closesAfterMillis;
        this.finalBehaviour = finalBehaviour;
    }

    /**
     * Emits each window once, when stream time has passed its end and the grace, instead of at every change. It leaves the store
     * then, so only open windows can be looked into. To be called before the table is used.
     */
    public WindowedTable<K, V> emitFinal() {
        Node node = app().builder().node(output().node());
        if (node == null) {
            throw new IllegalStateException("no node " + output().node());
        }
        JsonObject params = node.params().copy().put("emit", "final");
        app().builder()
                .replace(new Node(
                        node.id(),
                        node.op(),
                        params,
                        node.inputs(),
                        node.stores(),
                        node.keySerde(),
                        node.valueSerde(),
                        finalBehaviour.get()));
        return this;
    }

    /**
     * Holds the updates of each window back in a store of its own until it can change no more, as Kafka Streams'
     * {@code suppress(untilWindowCloses)}. {@link #emitFinal()} has the same result with less state, and time goes on with every
     * record rather than with every update.
     */
    public Table<Windowed<K>, V> suppressUntilClosed(String name) {
        return suppressed(name, new Suppression(closesAfterMillis, true));
    }
}
