package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.topology.NodeBehaviour;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Tables: rows kept from a stream, computed row by row, and turned back into streams. */
public final class TableOperators {

    private TableOperators() {}

    /** Keeps the latest value of each key of a stream; late records count as well, as in Kafka Streams. */
    public static NodeBehaviour table(Materialization kept) {
        return (OperatorFactory) context -> new KeptTable(context, kept);
    }

    /**
     * Another value for each row, or none.
     *
     * @param mapper returns null to leave the row out
     * @param filter whether it is a filter: those swallow updates that change nothing when somebody wants old values
     * @param kept null to compute it whenever it is asked for
     */
    public static NodeBehaviour mapRows(
            BiFunction<Object, Object, @Nullable Object> mapper, boolean filter, @Nullable Materialization kept) {
        return (OperatorFactory) context -> new MappedTable(context, mapper, filter, kept);
    }

    /** @param keyMapper null to keep the key */
    public static NodeBehaviour toStream(@Nullable BiFunction<Object, Object, Object> keyMapper) {
        return (OperatorFactory) context -> new ToStream(keyMapper);
    }

    /** What a table has in common, whatever it is computed from. */
    abstract static class TableOperator extends Operator {

        @Override
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            throw new IllegalStateException(getClass().getSimpleName() + " reads a table");
        }
    }

    private static final class KeptTable extends Operator {
        private final TableState state;
        private boolean oldValues;

        KeptTable(OperatorContext context, Materialization kept) {
            this.state = kept.state(context);
        }

        @Override
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            if (key == null) {
                return;
            }
            state.find(key);
            Object oldValue = oldValues ? state.current() : null;
            state.write(value, timestampMillis);
            forwardChange(key, value, oldValue, timestampMillis, headers);
        }

        @Override
        boolean enableOldValues() {
            oldValues = true;
            return true;
        }

        @Override
        TableLookup lookup() {
            return state;
        }
    }

    private static final class MappedTable extends TableOperator {
        private final OperatorContext context;
        private final BiFunction<Object, Object, @Nullable Object> mapper;
        private final boolean filter;
        private final @Nullable TableState state;
        private boolean oldValues;

        MappedTable(
                OperatorContext context,
                BiFunction<Object, Object, @Nullable Object> mapper,
                boolean filter,
                @Nullable Materialization kept) {
            this.context = context;
            this.mapper = mapper;
            this.filter = filter;
            this.state = kept == null ? null : kept.state(context);
        }

        @Override
        void change(
                Object key,
                @Nullable Object newValue,
                @Nullable Object oldValue,
                long timestampMillis,
                List<RecordHeader> headers) {
            Object mapped = newValue == null ? null : mapper.apply(key, newValue);
            Object oldMapped = null;
            if (state != null) {
                state.find(key);
                oldMapped = oldValues ? state.current() : null;
            } else if (oldValues && oldValue != null) {
                oldMapped = mapper.apply(key, oldValue);
            }
            if (filter && oldValues && mapped == null && oldMapped == null) {
                return;
            }
            if (state != null) {
                state.write(mapped, timestampMillis);
            }
            forwardChange(key, mapped, oldMapped, timestampMillis, headers);
        }

        @Override
        boolean enableOldValues() {
            if (!oldValues) {
                oldValues = state != null || context.upstream(0).enableOldValues();
            }
            return oldValues;
        }

        @Override
        TableLookup lookup() {
            return state != null ? state : new MappedLookup(context.upstream(0).lookup(), mapper);
        }
    }

    private static final class MappedLookup implements TableLookup {
        private final TableLookup upstream;
        private final BiFunction<Object, Object, @Nullable Object> mapper;
        private long timestampMillis = -1;

        MappedLookup(TableLookup upstream, BiFunction<Object, Object, @Nullable Object> mapper) {
            this.upstream = upstream;
            this.mapper = mapper;
        }

        @Override
        public @Nullable Object value(Object key) {
            return mapped(key, upstream.value(key));
        }

        @Override
        public @Nullable Object valueAsOf(Object key, long timeMillis) {
            return mapped(key, upstream.valueAsOf(key, timeMillis));
        }

        private @Nullable Object mapped(Object key, @Nullable Object value) {
            Object mapped = value == null ? null : mapper.apply(key, value);
            timestampMillis = mapped == null ? -1 : upstream.timestampMillis();
            return mapped;
        }

        @Override
        public long timestampMillis() {
            return timestampMillis;
        }
    }

    private static final class ToStream extends TableOperator {
        private final @Nullable BiFunction<Object, Object, Object> keyMapper;

        ToStream(@Nullable BiFunction<Object, Object, Object> keyMapper) {
            this.keyMapper = keyMapper;
        }

        @Override
        @SuppressWarnings("NullAway") // the user's function sees a deletion as a null value
        void change(
                Object key,
                @Nullable Object newValue,
                @Nullable Object oldValue,
                long timestampMillis,
                List<RecordHeader> headers) {
            Object streamKey = keyMapper == null ? key : keyMapper.apply(key, newValue);
            forward(streamKey, newValue, timestampMillis, headers);
        }
    }
}
