package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.Serde;
import io.thalweg.streams.topology.NodeBehaviour;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The ends of a sub-topology: topics, whether the user's or the application's own. */
public final class SinkOperators {

    private SinkOperators() {}

    /** Also writes to a repartition topic. */
    public static NodeBehaviour sink(String topic, Serde<Object> keySerde, Serde<Object> valueSerde) {
        return (OperatorFactory) context -> new Sink(context, topic, null, keySerde, valueSerde);
    }

    /** Asks for each record which topic it goes to. */
    public static NodeBehaviour sink(
            BiFunction<Object, Object, String> chooser, Serde<Object> keySerde, Serde<Object> valueSerde) {
        return (OperatorFactory) context -> new Sink(context, "", chooser, keySerde, valueSerde);
    }

    /** Updates of a table on their way to another task, old value and new. */
    public static NodeBehaviour changeSink(String topic, Serde<Object> keySerde, Serde<Object> valueSerde) {
        return (OperatorFactory) context -> new ChangeSink(context, topic, keySerde, valueSerde);
    }

    /** Reads what a {@link #changeSink} wrote. */
    public static NodeBehaviour changeSource(String topic, Serde<Object> keySerde, Serde<Object> valueSerde) {
        return (OperatorFactory) context -> new ChangeSource(context, topic, keySerde, valueSerde);
    }

    private static final class Sink extends Operator {
        private final TaskContext task;
        private final String topic;
        private final @Nullable BiFunction<Object, Object, String> chooser;
        private final Serde<Object> keySerde;
        private final Serde<Object> valueSerde;

        Sink(
                OperatorContext context,
                String topic,
                @Nullable BiFunction<Object, Object, String> chooser,
                Serde<Object> keySerde,
                Serde<Object> valueSerde) {
            this.task = context.task();
            this.topic = topic;
            this.chooser = chooser;
            this.keySerde = keySerde;
            this.valueSerde = valueSerde;
        }

        @Override
        @SuppressWarnings("NullAway") // the user's function sees null keys and values as they are
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            String to = chooser == null ? topic : chooser.apply(key, value);
            if (to == null) {
                throw new IllegalArgumentException("no topic was chosen for the record: key=" + key);
            }
            byte[] keyBytes = key == null ? null : task.keyBytes(keySerde, key);
            byte[] valueBytes = value == null ? null : task.valueBytes(valueSerde, value);
            count();
            task.output.emit(to, -1, keyBytes, valueBytes, timestampMillis, headers);
        }
    }

    /** Kafka Streams' layout: one value and the flag 0 (old) or 1 (new), or length of the new, new, old and the flag 2. */
    private static final class ChangeSink extends Operator {
        private final TaskContext task;
        private final String topic;
        private final Serde<Object> keySerde;
        private final Serde<Object> valueSerde;

        ChangeSink(OperatorContext context, String topic, Serde<Object> keySerde, Serde<Object> valueSerde) {
            this.task = context.task();
            this.topic = topic;
            this.keySerde = keySerde;
            this.valueSerde = valueSerde;
        }

        @Override
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            throw new IllegalStateException("reads a table");
        }

        @Override
        void change(
                Object key,
                @Nullable Object newValue,
                @Nullable Object oldValue,
                long timestampMillis,
                List<RecordHeader> headers) {
            byte[] newBytes = newValue == null ? null : task.valueBytes(valueSerde, newValue);
            byte[] oldBytes = oldValue == null ? null : TaskContext.serialize(valueSerde, oldValue);
            count();
            task.output.emit(
                    topic, -1, task.keyBytes(keySerde, key), encode(newBytes, oldBytes), timestampMillis, headers);
        }

        private static byte @Nullable [] encode(byte @Nullable [] newBytes, byte @Nullable [] oldBytes) {
            if (newBytes != null && oldBytes != null) {
                return ByteBuffer.allocate(4 + newBytes.length + oldBytes.length + 1)
                        .putInt(newBytes.length)
                        .put(newBytes)
                        .put(oldBytes)
                        .put((byte) 2)
                        .array();
            }
            byte[] only = newBytes != null ? newBytes : oldBytes;
            if (only == null) {
                return null;
            }
            byte[] bytes = java.util.Arrays.copyOf(only, only.length + 1);
            bytes[only.length] = (byte) (newBytes != null ? 1 : 0);
            return bytes;
        }
    }

    private static final class ChangeSource extends SourceOperator {
        private final Serde<Object> keySerde;
        private final Serde<Object> valueSerde;

        ChangeSource(OperatorContext context, String topic, Serde<Object> keySerde, Serde<Object> valueSerde) {
            super(context, topic, keySerde, valueSerde);
            this.keySerde = keySerde;
            this.valueSerde = valueSerde;
        }

        @Override
        boolean enableOldValues() {
            return true;
        }

        @Override
        void read(
                byte @Nullable [] keyBytes,
                byte @Nullable [] valueBytes,
                long timestampMillis,
                List<RecordHeader> headers) {
            if (keyBytes == null || valueBytes == null || valueBytes.length == 0) {
                return;
            }
            Object key = keySerde.deserialize(keyBytes);
            task.source(key, keySerde, keyBytes, null, valueSerde, null);
            int last = valueBytes.length - 1;
            switch (valueBytes[last]) {
                case 0 -> forwardChange(key, null, value(valueBytes, 0, last), timestampMillis, headers);
                case 1 -> forwardChange(key, value(valueBytes, 0, last), null, timestampMillis, headers);
                case 2 -> {
                    int length = ByteBuffer.wrap(valueBytes).getInt();
                    Object newValue = value(valueBytes, 4, 4 + length);
                    forwardChange(key, newValue, value(valueBytes, 4 + length, last), timestampMillis, headers);
                }
                default ->
                    throw new IllegalArgumentException("topic=" + topic() + " flag=" + valueBytes[last]
                            + " expected 0, 1 or 2; somebody else wrote to it");
            }
        }

        private Object value(byte[] bytes, int from, int to) {
            return valueSerde.deserialize(java.util.Arrays.copyOfRange(bytes, from, to));
        }
    }
}
