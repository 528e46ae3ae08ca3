package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.KeyValue;
import io.thalweg.streams.topology.NodeBehaviour;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Aggregations without windows: of streams by key, and of tables by a key computed from their rows. */
public final class AggregateOperators {

    private AggregateOperators() {}

    /** Aggregates one stream or, cogrouped, several; null keys and null values are dropped. */
    public static NodeBehaviour aggregate(Aggregation aggregation, Materialization kept) {
        return (OperatorFactory) context -> new StreamAggregate(context, aggregation, kept);
    }

    /**
     * Aggregates the updates of a table that was grouped.
     *
     * @param adder and subtractor take aggregate and value; the adder takes a null aggregate if there is no initializer
     */
    public static NodeBehaviour tableAggregate(Aggregation adder, Aggregation subtractor, Materialization kept) {
        return (OperatorFactory) context -> new TableAggregate(context, adder, subtractor, kept);
    }

    /** The side of an aggregation that one of its inputs is connected to. */
    abstract static class Side extends Operator {
        @Override
        boolean enableOldValues() {
            throw new IllegalStateException("a side is upstream of its own node alone");
        }
    }

    private static final class StreamAggregate extends Operator {
        private final Aggregation aggregation;
        private final TableState state;
        private boolean oldValues;

        StreamAggregate(OperatorContext context, Aggregation aggregation, Materialization kept) {
            this.aggregation = aggregation;
            this.state = kept.state(context);
        }

        @Override
        Operator input(int index) {
            return new Side() {
                @Override
                void process(
                        @Nullable Object key,
                        @Nullable Object value,
                        long timestampMillis,
                        List<RecordHeader> headers) {
                    aggregate(index, key, value, timestampMillis, headers);
                }
            };
        }

        @Override
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            throw new IllegalStateException("records come in by a side");
        }

        private void aggregate(
                int input,
                @Nullable Object key,
                @Nullable Object value,
                long timestampMillis,
                List<RecordHeader> headers) {
            if (key == null || value == null) {
                return;
            }
            state.find(key);
            Object aggregate = state.current();
            long timestamp = Math.max(timestampMillis, state.timestampMillis());
            if (aggregate == null) {
                aggregate = aggregation.initializer().get();
            }
            // Read again, because the user's function may change the aggregate in place.
            Object oldAggregate = oldValues ? state.current() : null;
            Object newAggregate = aggregation.apply(input, key, value, aggregate);
            state.write(newAggregate, timestamp);
            forwardChange(key, newAggregate, oldAggregate, timestamp, headers);
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

    private static final class TableAggregate extends Operator {
        private final Aggregation adder;
        private final Aggregation subtractor;
        private final TableState state;
        private boolean oldValues;

        TableAggregate(OperatorContext context, Aggregation adder, Aggregation subtractor, Materialization kept) {
            this.adder = adder;
            this.subtractor = subtractor;
            this.state = kept.state(context);
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
            state.find(key);
            Object aggregate = state.current();
            Object oldAggregate = oldValues ? state.current() : null;
            long timestamp = Math.max(timestampMillis, state.timestampMillis());
            if (oldValue != null && aggregate != null) {
                aggregate = subtractor.apply(0, key, oldValue, aggregate);
            }
            if (newValue != null) {
                Object base = aggregate == null ? adder.initializer().get() : aggregate;
                aggregate = adder.apply(0, key, newValue, base);
            }
            state.write(aggregate, timestamp);
            forwardChange(key, aggregate, oldAggregate, timestamp, headers);
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

    /** Sends the updates of a table to the groups of their rows: first the old value's, then the new one's. */
    public static NodeBehaviour regroup(BiFunction<Object, Object, KeyValue<Object, Object>> mapper) {
        return (OperatorFactory) context -> new Regroup(context, mapper);
    }

    private static final class Regroup extends Operator {
        private final OperatorContext context;
        private final BiFunction<Object, Object, KeyValue<Object, Object>> mapper;

        Regroup(OperatorContext context, BiFunction<Object, Object, KeyValue<Object, Object>> mapper) {
            this.context = context;
            this.mapper = mapper;
        }

        @Override
        void open() {
            context.upstream(0).enableOldValues();
        }

        @Override
        boolean enableOldValues() {
            return true;
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
            Object newGroup = null;
            Object newMapped = null;
            if (newValue != null) {
                KeyValue<Object, Object> pair = mapper.apply(key, newValue);
                newGroup = pair.value() == null ? null : pair.key();
                newMapped = pair.value();
            }
            Object oldGroup = null;
            Object oldMapped = null;
            if (oldValue != null) {
                KeyValue<Object, Object> pair = mapper.apply(key, oldValue);
                oldGroup = pair.value() == null ? null : pair.key();
                oldMapped = pair.value();
            }
            if (newGroup != null && newGroup.equals(oldGroup)) {
                forwardChange(newGroup, newMapped, oldMapped, timestampMillis, headers);
                return;
            }
            if (oldGroup != null) {
                forwardChange(oldGroup, null, oldMapped, timestampMillis, headers);
            }
            if (newGroup != null) {
                forwardChange(newGroup, newMapped, null, timestampMillis, headers);
            }
        }
    }
}
