package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.Joiner;
import io.thalweg.streams.Serde;
import io.thalweg.streams.store.WindowStore;
import io.thalweg.streams.topology.NodeBehaviour;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Joins of two streams: records with the same key and timestamps close to one another. */
public final class StreamJoinOperators {

    private StreamJoinOperators() {}

    /**
     * Stores of the node: left window, right window, and for left and outer joins the rows still without a match.
     *
     * @param left whether left records without a match come out, once none can come any more
     * @param right whether right ones do
     */
    public static NodeBehaviour join(
            Joiner<Object, Object, Object, Object> joiner,
            JoinWindow window,
            boolean left,
            boolean right,
            Serde<Object> keySerde,
            Serde<Object> leftSerde,
            Serde<Object> rightSerde) {
        return (OperatorFactory)
                context -> new StreamJoin(context, joiner, window, left, right, keySerde, leftSerde, rightSerde);
    }

    /** A right record matches if its timestamp is within [left's - before, left's + after]. */
    public record JoinWindow(long beforeMillis, long afterMillis, long graceMillis) {}

    private static final class StreamJoin extends Operator {
        private final TaskContext task;
        private final Joiner<Object, Object, Object, Object> joiner;
        private final JoinWindow window;
        private final Serde<Object> keySerde;
        private final JoinSide leftSide;
        private final JoinSide rightSide;
        private final @Nullable UnmatchedRows unmatched;
        private long observedMillis = -1;

        StreamJoin(
                OperatorContext context,
                Joiner<Object, Object, Object, Object> joiner,
                JoinWindow window,
                boolean left,
                boolean right,
                Serde<Object> keySerde,
                Serde<Object> leftSerde,
                Serde<Object> rightSerde) {
            this.task = context.task();
            this.joiner = joiner;
            this.window = window;
            this.keySerde = keySerde;
            this.leftSide = new JoinSide(
                    true, context.windowStore(0), leftSerde, window.beforeMillis(), window.afterMillis(), left);
            this.rightSide = new JoinSide(
                    false, context.windowStore(1), rightSerde, window.afterMillis(), window.beforeMillis(), right);
            this.unmatched = left || right ? new UnmatchedRows(task, context.keyValueStore(2)) : null;
        }

        @Override
        void connect(String port, Operator downstream) {
            if (port.equals(LatePort.NAME)) {
                leftSide.late.connect("", downstream);
            } else if (port.equals(LatePort.RIGHT)) {
                rightSide.late.connect("", downstream);
            } else {
                super.connect(port, downstream);
            }
        }

        @Override
        void restored() {
            if (unmatched != null) {
                unmatched.restored();
            }
        }

        @Override
        Operator input(int index) {
            JoinSide own = index == 0 ? leftSide : rightSide;
            JoinSide other = index == 0 ? rightSide : leftSide;
            return new AggregateOperators.Side() {
                @Override
                void process(
                        @Nullable Object key,
                        @Nullable Object value,
                        long timestampMillis,
                        List<RecordHeader> headers) {
                    join(own, other, key, value, timestampMillis, headers);
                }
            };
        }

        @Override
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            throw new IllegalStateException("records come in by a side");
        }

        private void join(
                JoinSide own,
                JoinSide other,
                @Nullable Object key,
                @Nullable Object value,
                long timestampMillis,
                List<RecordHeader> headers) {
            boolean advances = timestampMillis >= observedMillis;
            byte[] keyBytes = key == null ? null : task.keyBytes(keySerde, key);
            if (keyBytes != null) {
                keep(own, keyBytes, key, value, timestampMillis, headers);
            }
            observedMillis = Math.max(observedMillis, timestampMillis);
            if (value == null) {
                return;
            }
            if (key == null || keyBytes == null) {
                if (own.outer) {
                    emit(own, key, value, null, timestampMillis, headers);
                }
                return;
            }
            if (advances && unmatched != null) {
                emitUnmatched(unmatched, headers);
            }
            long from = Math.max(0, timestampMillis - own.beforeMillis);
            long to = timestampMillis + own.afterMillis;
            boolean matched = joinWithin(own, other, key, keyBytes, value, timestampMillis, from, to, headers);
            if (!matched && own.outer && unmatched != null) {
                if (to < observedMillis) {
                    emit(own, key, value, null, timestampMillis, headers);
                } else {
                    unmatched.add(timestampMillis, own.left, keyBytes, TaskContext.serialize(own.serde, value));
                }
            }
        }

        /** Into the record's own window, before the other side is looked at. */
        private void keep(
                JoinSide own,
                byte[] keyBytes,
                @Nullable Object key,
                @Nullable Object value,
                long timestampMillis,
                List<RecordHeader> headers) {
            if (value == null) {
                own.store.observe(timestampMillis);
                return;
            }
            byte[] bytes = task.valueBytes(own.serde, value);
            WindowStore.Windows found = own.store.get(keyBytes);
            int sequence = own.store.put(found, keyBytes, timestampMillis, bytes, timestampMillis);
            if (sequence < 0) {
                own.late.process(key, value, timestampMillis, headers);
            } else {
                task.changelog(
                        own.store,
                        WindowStore.changelogKey(keyBytes, timestampMillis, sequence),
                        bytes,
                        timestampMillis);
            }
        }

        private boolean joinWithin(
                JoinSide own,
                JoinSide other,
                Object key,
                byte[] keyBytes,
                Object value,
                long timestampMillis,
                long from,
                long to,
                List<RecordHeader> headers) {
            WindowStore.Windows found = other.store.get(keyBytes);
            if (found == null) {
                return false;
            }
            int first = found.firstFrom(Math.max(from, other.store.minLiveMillis()));
            int position = first;
            for (; position < found.end() && found.start(position) <= to; position++) {
                long otherMillis = found.start(position);
                if (unmatched != null && other.outer) {
                    unmatched.remove(otherMillis, other.left, keyBytes);
                }
                Object otherValue = other.serde.deserialize(found.value(position));
                emit(own, key, value, otherValue, Math.max(timestampMillis, otherMillis), headers);
            }
            return position > first;
        }

        @SuppressWarnings("NullAway") // the user's function sees a missing side, and a null key, as null
        private void emit(
                JoinSide own,
                @Nullable Object key,
                Object value,
                @Nullable Object otherValue,
                long timestampMillis,
                List<RecordHeader> headers) {
            Object joined = own.left ? joiner.join(key, value, otherValue) : joiner.join(key, otherValue, value);
            forward(key, joined, timestampMillis, headers);
        }

        /** Those for which no match can come any more. */
        private void emitUnmatched(UnmatchedRows rows, List<RecordHeader> headers) {
            long leftBefore = observedMillis - window.afterMillis() - window.graceMillis();
            long rightBefore = observedMillis - window.beforeMillis() - window.graceMillis();
            rows.takeBefore(leftBefore, rightBefore, (timestampMillis, left, keyBytes, valueBytes) -> {
                JoinSide own = left ? leftSide : rightSide;
                Object key = keySerde.deserialize(keyBytes);
                emit(own, key, own.serde.deserialize(valueBytes), null, timestampMillis, headers);
            });
        }
    }

    /** One of the two streams: its window, and how far its records look into the other's. */
    private static final class JoinSide {
        final boolean left;
        final WindowStore store;
        final Serde<Object> serde;
        final long beforeMillis;
        final long afterMillis;
        final boolean outer;
        final LatePort late = new LatePort();

        JoinSide(
                boolean left,
                WindowStore store,
                Serde<Object> serde,
                long beforeMillis,
                long afterMillis,
                boolean outer) {
            this.left = left;
            this.store = store;
            this.serde = serde;
            this.beforeMillis = beforeMillis;
            this.afterMillis = afterMillis;
            this.outer = outer;
        }
    }
}
