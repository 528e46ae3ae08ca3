package io.thalweg.streams;

import io.thalweg.streams.processor.StatelessOperators;
import io.thalweg.streams.topology.GlobalTableSpec;
import io.thalweg.streams.topology.Input;
import io.thalweg.streams.topology.Node;
import io.thalweg.streams.topology.Topology;
import io.thalweg.streams.topology.TopologyBuilder;
import io.thalweg.streams.topology.TopologyException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A stream application under definition: begins streams and tables, and compiles to a {@link Topology}.
 *
 * <pre>{@code
 * StreamApp app = StreamApp.named("shop");
 * app.stream("lines", Serdes.string(), Serdes.string())
 *    .flatMapValues(line -> List.of(line.toLowerCase().split("\\W+")))
 *    .groupBy("by-word", (key, word) -> word)
 *    .count("word-counts")
 *    .toStream()
 *    .to("counts");
 * }</pre>
 *
 * <p>The name is the consumer group and the prefix of the application's own topics: keep it. Confined to the thread that defines
 * the application; the functions given to its operators are called by every task and must be stateless.
 */
public final class StreamApp {

    private final TopologyBuilder builder;
    private final Map<String, Stream<?, ?>> sources = new HashMap<>();

    private StreamApp(String name) {
        this.builder = new TopologyBuilder(name);
    }

    /** @param name of the characters {@code a-z A-Z 0-9 . _ -} */
    public static StreamApp named(String name) {
        return new StreamApp(name);
    }

    public String name() {
        return builder.application();
    }

    /** The records of a topic. */
    public <K, V> Stream<K, V> stream(String topic, Serde<K> keySerde, Serde<V> valueSerde) {
        Stream<?, ?> known = sources.get(topic);
        if (known != null) {
            if (known.keySerdeOrNull() != keySerde || known.valueSerdeOrNull() != valueSerde) {
                throw new TopologyException("application=" + name() + " topic=" + topic
                        + " is read already with other serdes; begin both from one stream");
            }
            return Untyped.cast(known);
        }
        String id = "source:" + topic;
        addSource(id, topic, keySerde, valueSerde);
        Stream<K, V> stream = new Stream<>(this, Input.of(id), keySerde, valueSerde, false);
        sources.put(topic, stream);
        return stream;
    }

    void addSource(String id, String topic, Serde<?> keySerde, Serde<?> valueSerde) {
        builder.add(new Node(
                id,
                "source",
                new JsonObject().put("topic", topic),
                List.of(),
                List.of(),
                keySerde.name(),
                valueSerde.name(),
                StatelessOperators.source(topic, Untyped.cast(keySerde), Untyped.cast(valueSerde))));
    }

    /** The latest value of each key of a topic, kept in a store named like the topic. */
    public <K, V> Table<K, V> table(String topic, Serde<K> keySerde, Serde<V> valueSerde) {
        return table(topic, topic, keySerde, valueSerde);
    }

    /** The name is that of the store. */
    public <K, V> Table<K, V> table(String topic, String name, Serde<K> keySerde, Serde<V> valueSerde) {
        return stream(topic, keySerde, valueSerde).toTable(name, valueSerde);
    }

    /** The latest value of each key of a topic, all of it on every instance; its store is named like the topic. */
    public <K, V> GlobalTable<K, V> globalTable(String topic, Serde<K> keySerde, Serde<V> valueSerde) {
        builder.add(new GlobalTableSpec(topic, topic, Stores.serdes(keySerde, valueSerde)));
        return new GlobalTable<>(topic, keySerde, valueSerde);
    }

    /**
     * Where records go that make a serde or a function fail: the record as it was read, with headers
     * {@code thalweg.streams.errors.*} that say why. Without one, such a record fails its task.
     */
    public StreamApp deadLetters(String topic) {
        builder.deadLetterTopic(topic);
        return this;
    }

    /** The application as a value. The definition may go on afterwards; the value does not change. */
    public Topology topology() {
        return builder.build();
    }

    TopologyBuilder builder() {
        return builder;
    }
}
