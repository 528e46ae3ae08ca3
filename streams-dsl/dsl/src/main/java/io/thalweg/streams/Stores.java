package io.thalweg.streams;

import io.thalweg.streams.topology.StoreKind;
import io.thalweg.streams.topology.StoreSerdes;
import io.thalweg.streams.topology.StoreSpec;
import io.thalweg.streams.topology.TopologyBuilder;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;

/** Declares the stores of operators, with their changelogs. */
final class Stores {

    private Stores() {}

    static void keyValue(TopologyBuilder builder, String name, Serde<?> keys, Serde<?> values) {
        add(builder, name, StoreKind.KEY_VALUE, 0, false, keys, values);
    }

    static void add(
            TopologyBuilder builder,
            String name,
            StoreKind kind,
            long retentionMillis,
            boolean duplicates,
            Serde<?> keys,
            Serde<?> values) {
        builder.add(new StoreSpec(
                name, kind, retentionMillis, duplicates, builder.changelogTopic(name), serdes(keys, values)));
    }

    static StoreSerdes serdes(Serde<?> keys, Serde<?> values) {
        return new JsonSerdes(Untyped.cast(keys), Untyped.cast(values));
    }

    private record JsonSerdes(Serde<Object> keys, Serde<Object> values) implements StoreSerdes {

        @Override
        public String keyName() {
            return keys.name();
        }

        @Override
        public String valueName() {
            return values.name();
        }

        @Override
        public Object keyAsJson(byte[] key) {
            return json(keys, key);
        }

        @Override
        public Object valueAsJson(byte[] value) {
            return json(values, value);
        }

        private static Object json(Serde<Object> serde, byte[] bytes) {
            Object value = serde.deserialize(bytes);
            if (value instanceof String
                    || value instanceof Number
                    || value instanceof Boolean
                    || value instanceof JsonObject
                    || value instanceof JsonArray) {
                return value;
            }
            if (value instanceof byte[] raw) {
                return Base64.getEncoder().encodeToString(raw);
            }
            return JsonText.of(bytes, value);
        }
    }

    /** A user's own type: as JSON if its bytes are, else as it prints itself. */
    private static final class JsonText {
        static Object of(byte[] bytes, Object value) {
            if (bytes.length > 1 && bytes[0] == '{' && bytes[bytes.length - 1] == '}') {
                try {
                    return Serdes.json().deserialize(bytes);
                } catch (IllegalArgumentException notJson) {
                    return value.toString();
                }
            }
            return value.toString();
        }
    }
}
