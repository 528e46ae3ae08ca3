package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.Serde;
import io.thalweg.streams.Windowed;
import io.thalweg.streams.store.WindowStore;
import io.thalweg.streams.topology.NodeBehaviour;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Aggregations in windows of fixed length that begin at multiples of their advance: tumbling and hopping. */
public final class WindowOperators {

    private WindowOperators() {}

    /**
     * Of time windows.
     *
     * @param finalOnly whether a window is emitted once, when no record can change it any more, and not at every change
     */
    public static NodeBehaviour aggregate(
            Aggregation aggregation, TimeWindows windows, Materialization kept, boolean finalOnly) {
        return (OperatorFactory) context -> new WindowAggregate(context, aggregation, windows, kept, finalOnly);
    }

    /** How long windows are, how far apart they begin, how long after their end records still count. */
    public record TimeWindows(long sizeMillis, long advanceMillis, long graceMillis) {}

    /**
     * A record updates each window around its timestamp whose end is greater than stream time less the grace. Stream time is the
     * greatest timestamp of a record with a key that came to this operator in this task; when several streams are cogrouped each
     * has its own, as in Kafka Streams, unless windows are emitted at their end alone.
     */
    private static final class WindowAggregate extends Operator {
        private final TaskContext task;
        private final Aggregation aggregation;
        private final TimeWindows windows;
        private final WindowStore store;
        private final Serde<Object> keySerde;
        private final Serde<Object> valueSerde;
        private final boolean finalOnly;
        private final boolean oneTime;
        private final LatePort late = new LatePort();
        private final TreeMap<Long, List<byte[]>> open = new TreeMap<>();
        private boolean oldValues;
        private long observedMillis = -1;

        WindowAggregate(
                OperatorContext context,
                Aggregation aggregation,
                TimeWindows windows,
                Materialization kept,
                boolean finalOnly) {
            this.task = context.task();
            this.aggregation = aggregation;
            this.windows = windows;
            this.store = context.windowStore(0);
            this.keySerde = kept.keySerde();
            this.valueSerde = kept.valueSerde();
            this.finalOnly = finalOnly;
            this.oneTime = finalOnly || context.node().inputs().size() == 1;
        }

        @Override
        void connect(String port, Operator downstream) {
            if (port.equals(LatePort.NAME)) {
                late.connect("", downstream);
            } else {
                super.connect(port, downstream);
            }
        }

        /**
         * What is late stays so: the record that moved time last is in the newest window. And a final window leaves the store when
         * it is emitted, so those that are in it are still to come.
         */
        @Override
        void restored() {
            store.forEach(row -> {
                observedMillis = Math.max(observedMillis, row.timestampMillis());
                if (finalOnly) {
                    open.computeIfAbsent(row.startMillis(), absent -> new ArrayList<>())
                            .add(row.key());
                }
            });
        }

        @Override
        Operator input(int index) {
            return new AggregateOperators.Side() {
                private long sideMillis = -1;

                @Override
                void process(
                        @Nullable Object key,
                        @Nullable Object value,
                        long timestampMillis,
                        List<RecordHeader> headers) {
                    if (key != null) {
                        sideMillis = Math.max(sideMillis, timestampMillis);
                        observedMillis = Math.max(observedMillis, timestampMillis);
                        long now = oneTime ? observedMillis : sideMillis;
                        aggregate(index, key, value, timestampMillis, now, headers);
                    }
                }
            };
        }

        @Override
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            throw new IllegalStateException("records come in by a side");
        }

        private void aggregate(
                int input,
                Object key,
                @Nullable Object value,
                long timestampMillis,
                long nowMillis,
                List<RecordHeader> headers) {
            long closeMillis = nowMillis - windows.graceMillis();
            if (finalOnly) {
                emitClosed(closeMillis, headers);
            }
            byte[] keyBytes = task.keyBytes(keySerde, key);
            boolean counted = false;
            long start = firstStart(timestampMillis);
            for (; start <= timestampMillis; start += windows.advanceMillis()) {
                if (start + windows.sizeMillis() > closeMillis) {
                    update(input, key, keyBytes, value, start, timestampMillis, headers);
                    counted = true;
                }
            }
            if (!counted) {
                late.process(key, value, timestampMillis, headers);
            }
        }

        private long firstStart(long timestampMillis) {
            long advance = windows.advanceMillis();
            return Math.max(0, timestampMillis - windows.sizeMillis() + advance) / advance * advance;
        }

        private void update(
                int input,
                Object key,
                byte[] keyBytes,
                @Nullable Object value,
                long start,
                long timestampMillis,
                List<RecordHeader> headers) {
            WindowStore.Windows found = store.get(keyBytes);
            int position = found == null ? -1 : found.firstFrom(start);
            boolean exists = found != null && position < found.end() && found.start(position) == start;
            byte[] oldBytes = found != null && exists ? found.value(position) : null;
            long timestamp = found != null && exists
                    ? Math.max(timestampMillis, found.timestampMillis(position))
                    : timestampMillis;
            Object aggregate = oldBytes == null ? aggregation.initializer().get() : valueSerde.deserialize(oldBytes);
            Object oldAggregate = oldValues && oldBytes != null ? valueSerde.deserialize(oldBytes) : null;
            Object newAggregate = aggregation.apply(input, key, value, aggregate);
            byte[] storedKey = found == null ? keyBytes : found.key();
            if (newAggregate == null) {
                if (found != null && exists) {
                    store.delete(found, position);
                }
                task.changelog(store, WindowStore.changelogKey(storedKey, start, 0), null, timestamp);
            } else {
                byte[] bytes = TaskContext.serialize(valueSerde, newAggregate);
                store.put(found, storedKey, start, bytes, timestamp);
                task.changelog(store, WindowStore.changelogKey(storedKey, start, 0), bytes, timestamp);
            }
            if (!finalOnly) {
                Windowed<Object> window = new Windowed<>(key, start, start + windows.sizeMillis());
                forwardChange(window, newAggregate, oldAggregate, timestamp, headers);
            } else if (!exists && newAggregate != null) {
                open.computeIfAbsent(start, absent -> new ArrayList<>()).add(storedKey);
            }
        }

        /** By start and then by key. */
        private void emitClosed(long closeMillis, List<RecordHeader> headers) {
            for (Map.Entry<Long, List<byte[]>> first = open.firstEntry();
                    first != null && first.getKey() + windows.sizeMillis() <= closeMillis;
                    first = open.firstEntry()) {
                long start = first.getKey();
                List<byte[]> keys = first.getValue();
                open.remove(start);
                keys.sort(Arrays::compareUnsigned);
                for (byte[] keyBytes : keys) {
                    emitFinal(keyBytes, start, headers);
                }
            }
        }

        private void emitFinal(byte[] keyBytes, long start, List<RecordHeader> headers) {
            WindowStore.Windows found = store.get(keyBytes);
            int position = found == null ? 0 : found.firstFrom(start);
            if (found == null || position == found.end() || found.start(position) != start) {
                return; // deleted by a null aggregate
            }
            Object aggregate = valueSerde.deserialize(found.value(position));
            long timestamp = found.timestampMillis(position);
            store.delete(found, position);
            task.changelog(store, WindowStore.changelogKey(keyBytes, start, 0), null, timestamp);
            Object key = keySerde.deserialize(keyBytes);
            forwardChange(
                    new Windowed<>(key, start, start + windows.sizeMillis()), aggregate, null, timestamp, headers);
        }

        @Override
        boolean enableOldValues() {
            oldValues = true;
            return true;
        }
    }
}
