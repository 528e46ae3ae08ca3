package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.Joiner;
import io.thalweg.streams.Serde;
import io.thalweg.streams.store.GlobalStore;
import io.thalweg.streams.topology.NodeBehaviour;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Joins with tables. */
public final class JoinOperators {

    private JoinOperators() {}

    /** Each record of the stream (input 0) with the row of its key in the table (input 1) as it is when the record comes. */
    public static NodeBehaviour streamTable(Joiner<Object, Object, Object, Object> joiner, boolean left) {
        return (OperatorFactory) context -> new StreamTable(context, joiner, left);
    }

    /** Each record of the stream with the row that the key mapper names in the global table, the node's first store. */
    public static NodeBehaviour streamGlobal(
            BiFunction<Object, Object, @Nullable Object> keyMapper,
            Joiner<Object, Object, Object, Object> joiner,
            boolean left,
            Serde<Object> keySerde,
            Serde<Object> valueSerde) {
        return (OperatorFactory) context -> new StreamGlobal(context, keyMapper, joiner, left, keySerde, valueSerde);
    }

    /** The rows of two tables with the same key. */
    public static NodeBehaviour tableTable(
            Joiner<Object, Object, Object, Object> joiner,
            boolean left,
            boolean right,
            @Nullable Materialization kept) {
        return (OperatorFactory) context -> new TableTable(context, joiner, left, right, kept);
    }

    private static final class StreamTable extends Operator {
        private final OperatorContext context;
        private final Joiner<Object, Object, Object, Object> joiner;
        private final boolean left;
        private @Nullable TableLookup table;

        StreamTable(OperatorContext context, Joiner<Object, Object, Object, Object> joiner, boolean left) {
            this.context = context;
            this.joiner = joiner;
            this.left = left;
        }

        @Override
        void open() {
            table = context.upstream(1).lookup();
        }

        /** The table is looked up in; its updates make no records. */
        @Override
        @Nullable
        Operator input(int index) {
            return index == 0 ? this : null;
        }

        @Override
        @SuppressWarnings("NullAway") // opened before the first record; the user's function sees nulls as they are
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            if (value == null || (key == null && !left)) {
                return;
            }
            Object row = key == null ? null : table.valueAsOf(key, timestampMillis);
            if (row != null || left) {
                forward(key, joiner.join(key, value, row), timestampMillis, headers);
            }
        }
    }

    private static final class StreamGlobal extends Operator {
        private final BiFunction<Object, Object, @Nullable Object> keyMapper;
        private final Joiner<Object, Object, Object, Object> joiner;
        private final boolean left;
        private final Serde<Object> keySerde;
        private final Serde<Object> valueSerde;
        private final GlobalStore store;

        StreamGlobal(
                OperatorContext context,
                BiFunction<Object, Object, @Nullable Object> keyMapper,
                Joiner<Object, Object, Object, Object> joiner,
                boolean left,
                Serde<Object> keySerde,
                Serde<Object> valueSerde) {
            this.keyMapper = keyMapper;
            this.joiner = joiner;
            this.left = left;
            this.keySerde = keySerde;
            this.valueSerde = valueSerde;
            this.store = context.globalStore(0);
        }

        @Override
        @SuppressWarnings("NullAway") // the user's functions see nulls as they are
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            if (value == null) {
                return;
            }
            Object rowKey = keyMapper.apply(key, value);
            byte[] bytes = rowKey == null ? null : store.get(TaskContext.serialize(keySerde, rowKey));
            Object row = bytes == null ? null : valueSerde.deserialize(bytes);
            if (row != null || left) {
                forward(key, joiner.join(key, value, row), timestampMillis, headers);
            }
        }
    }

    private static final class TableTable extends TableOperators.TableOperator implements TableLookup {
        private final OperatorContext context;
        private final Joiner<Object, Object, Object, Object> joiner;
        private final boolean left;
        private final boolean right;
        private final @Nullable TableState state;
        private boolean oldValues;
        private @Nullable TableLookup leftTable;
        private @Nullable TableLookup rightTable;
        private long timestampMillis = -1;

        TableTable(
                OperatorContext context,
                Joiner<Object, Object, Object, Object> joiner,
                boolean left,
                boolean right,
                @Nullable Materialization kept) {
            this.context = context;
            this.joiner = joiner;
            this.left = left;
            this.right = right;
            this.state = kept == null ? null : kept.state(context);
        }

        @Override
        void open() {
            leftTable = context.upstream(0).lookup();
            rightTable = context.upstream(1).lookup();
            if (left) {
                context.upstream(0).enableOldValues();
            }
            if (right) {
                context.upstream(1).enableOldValues();
            }
        }

        @Override
        boolean enableOldValues() {
            if (!oldValues) {
                oldValues = true;
                context.upstream(0).enableOldValues();
                context.upstream(1).enableOldValues();
            }
            return true;
        }

        @Override
        Operator input(int index) {
            return new TableOperators.TableOperator() {
                @Override
                void change(
                        Object key,
                        @Nullable Object newValue,
                        @Nullable Object oldValue,
                        long timestamp,
                        List<RecordHeader> headers) {
                    joined(index == 0, key, newValue, oldValue, timestamp, headers);
                }
            };
        }

        /**
         * @param fromLeft which table changed
         */
        @SuppressWarnings("NullAway") // opened before the first record
        private void joined(
                boolean fromLeft,
                Object key,
                @Nullable Object newValue,
                @Nullable Object oldValue,
                long timestamp,
                List<RecordHeader> headers) {
            TableLookup other = fromLeft ? rightTable : leftTable;
            Object row = other.value(key);
            if (row == null) {
                boolean keepsWithout = fromLeft ? left : right;
                if (!keepsWithout || (newValue == null && oldValue == null)) {
                    return;
                }
            }
            long resultTimestamp = row == null ? timestamp : Math.max(timestamp, other.timestampMillis());
            Object joinedNew = fromLeft ? join(key, newValue, row) : join(key, row, newValue);
            Object joinedOld = null;
            if (state != null) {
                state.find(key);
                joinedOld = oldValues ? state.current() : null;
                state.write(joinedNew, resultTimestamp);
            } else if (oldValues) {
                joinedOld = fromLeft ? join(key, oldValue, row) : join(key, row, oldValue);
            }
            forwardChange(key, joinedNew, joinedOld, resultTimestamp, headers);
        }

        /** The row of the result, null if it has none. */
        @SuppressWarnings("NullAway") // the user's function sees a missing side as null
        private @Nullable Object join(Object key, @Nullable Object leftRow, @Nullable Object rightRow) {
            boolean exists = (leftRow != null && (rightRow != null || left)) || (rightRow != null && right);
            return exists ? joiner.join(key, leftRow, rightRow) : null;
        }

        @Override
        TableLookup lookup() {
            return state != null ? state : this;
        }

        @Override
        @SuppressWarnings("NullAway")
        public @Nullable Object value(Object key) {
            Object leftRow = leftTable.value(key);
            Object rightRow = rightTable.value(key);
            timestampMillis = Math.max(leftTable.timestampMillis(), rightTable.timestampMillis());
            return join(key, leftRow, rightRow);
        }

        @Override
        public long timestampMillis() {
            return timestampMillis;
        }
    }
}
