package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.KeyValue;
import io.thalweg.streams.Serde;
import io.thalweg.streams.topology.NodeBehaviour;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Operators that look at one record at a time. */
public final class StatelessOperators {

    private StatelessOperators() {}

    public static NodeBehaviour source(String topic, Serde<Object> keySerde, Serde<Object> valueSerde) {
        return (OperatorFactory) context -> new SourceOperator(context, topic, keySerde, valueSerde);
    }

    public static NodeBehaviour filter(BiPredicate<Object, Object> predicate) {
        return (OperatorFactory) context -> new Filter(predicate);
    }

    public static NodeBehaviour mapValues(BiFunction<Object, Object, Object> mapper) {
        return (OperatorFactory) context -> new MapValues(mapper);
    }

    public static NodeBehaviour map(BiFunction<Object, Object, KeyValue<Object, Object>> mapper) {
        return (OperatorFactory) context -> new MapBoth(mapper);
    }

    public static NodeBehaviour flatMapValues(BiFunction<Object, Object, Iterable<Object>> mapper) {
        return (OperatorFactory) context -> new FlatMapValues(mapper);
    }

    public static NodeBehaviour flatMap(BiFunction<Object, Object, Iterable<KeyValue<Object, Object>>> mapper) {
        return (OperatorFactory) context -> new FlatMap(mapper);
    }

    public static NodeBehaviour selectKey(BiFunction<Object, Object, Object> mapper) {
        return (OperatorFactory) context -> new SelectKey(mapper);
    }

    public static NodeBehaviour peek(BiConsumer<Object, Object> action) {
        return (OperatorFactory) context -> new Peek(action);
    }

    public static NodeBehaviour merge() {
        return (OperatorFactory) context -> new PassThrough();
    }

    /** The first predicate that holds decides; a record for which none holds is dropped. */
    public static NodeBehaviour branch(List<String> names, List<BiPredicate<Object, Object>> predicates) {
        return (OperatorFactory) context -> new Branch(names, predicates);
    }

    private static final class Filter extends Operator {
        private final BiPredicate<Object, Object> predicate;

        Filter(BiPredicate<Object, Object> predicate) {
            this.predicate = predicate;
        }

        @Override
        @SuppressWarnings("NullAway") // the user's function sees null keys and values as they are
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            if (predicate.test(key, value)) {
                forward(key, value, timestampMillis, headers);
            }
        }
    }

    private static final class MapValues extends Operator {
        private final BiFunction<Object, Object, Object> mapper;

        MapValues(BiFunction<Object, Object, Object> mapper) {
            this.mapper = mapper;
        }

        @Override
        @SuppressWarnings("NullAway")
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            forward(key, mapper.apply(key, value), timestampMillis, headers);
        }
    }

    private static final class MapBoth extends Operator {
        private final BiFunction<Object, Object, KeyValue<Object, Object>> mapper;

        MapBoth(BiFunction<Object, Object, KeyValue<Object, Object>> mapper) {
            this.mapper = mapper;
        }

        @Override
        @SuppressWarnings("NullAway")
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            KeyValue<Object, Object> mapped = mapper.apply(key, value);
            if (mapped == null) {
                throw new IllegalArgumentException("map returned null; return a KeyValue, or use flatMap to drop");
            }
            forward(mapped.key(), mapped.value(), timestampMillis, headers);
        }
    }

    private static final class FlatMapValues extends Operator {
        private final BiFunction<Object, Object, Iterable<Object>> mapper;

        FlatMapValues(BiFunction<Object, Object, Iterable<Object>> mapper) {
            this.mapper = mapper;
        }

        @Override
        @SuppressWarnings("NullAway")
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            for (Object mapped : mapper.apply(key, value)) {
                forward(key, mapped, timestampMillis, headers);
            }
        }
    }

    private static final class FlatMap extends Operator {
        private final BiFunction<Object, Object, Iterable<KeyValue<Object, Object>>> mapper;

        FlatMap(BiFunction<Object, Object, Iterable<KeyValue<Object, Object>>> mapper) {
            this.mapper = mapper;
        }

        @Override
        @SuppressWarnings("NullAway")
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            for (KeyValue<Object, Object> mapped : mapper.apply(key, value)) {
                forward(mapped.key(), mapped.value(), timestampMillis, headers);
            }
        }
    }

    private static final class SelectKey extends Operator {
        private final BiFunction<Object, Object, Object> mapper;

        SelectKey(BiFunction<Object, Object, Object> mapper) {
            this.mapper = mapper;
        }

        @Override
        @SuppressWarnings("NullAway")
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            forward(mapper.apply(key, value), value, timestampMillis, headers);
        }
    }

    private static final class Peek extends Operator {
        private final BiConsumer<Object, Object> action;

        Peek(BiConsumer<Object, Object> action) {
            this.action = action;
        }

        @Override
        @SuppressWarnings("NullAway")
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            action.accept(key, value);
            forward(key, value, timestampMillis, headers);
        }
    }

    private static final class PassThrough extends Operator {
        @Override
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            forward(key, value, timestampMillis, headers);
        }
    }

    private static final class Branch extends Operator {
        private final List<String> names;
        private final List<BiPredicate<Object, Object>> predicates;
        private final Operator[] outputs;

        Branch(List<String> names, List<BiPredicate<Object, Object>> predicates) {
            this.names = names;
            this.predicates = predicates;
            this.outputs = new Operator[names.size()];
            java.util.Arrays.setAll(outputs, i -> new PassThrough());
        }

        @Override
        void connect(String port, Operator downstream) {
            outputs[names.indexOf(port)].connect("", downstream);
        }

        @Override
        @SuppressWarnings("NullAway")
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            for (int i = 0; i < outputs.length; i++) {
                if (predicates.get(i).test(key, value)) {
                    count();
                    outputs[i].process(key, value, timestampMillis, headers);
                    return;
                }
            }
        }
    }
}
