package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.KeyValue;
import io.thalweg.streams.KeyValueState;
import io.thalweg.streams.Processor;
import io.thalweg.streams.ProcessorContext;
import io.thalweg.streams.State;
import io.thalweg.streams.StreamRecord;
import io.thalweg.streams.store.KeyValueStore;
import io.thalweg.streams.topology.NodeBehaviour;
import io.thalweg.streams.topology.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The user's own operators. */
public final class ProcessOperators {

    private ProcessOperators() {}

    public static NodeBehaviour process(Supplier<Processor<Object, Object, Object, Object>> supplier) {
        return (OperatorFactory) context -> new ProcessOperator(context, supplier.get());
    }

    private static final class ProcessOperator extends Operator implements ProcessorContext<Object, Object> {
        private final OperatorContext context;
        private final TaskContext task;
        private final Processor<Object, Object, Object, Object> processor;
        private long nowMillis;

        ProcessOperator(OperatorContext context, Processor<Object, Object, Object, Object> processor) {
            this.context = context;
            this.task = context.task();
            this.processor = processor;
        }

        @Override
        void open() {
            processor.open(this);
        }

        @Override
        void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
            nowMillis = timestampMillis;
            processor.process(new StreamRecord<>(key, value, timestampMillis, headers));
        }

        @Override
        public TaskId taskId() {
            return task.id;
        }

        @Override
        public void forward(StreamRecord<Object, Object> record) {
            forward(record.key(), record.value(), record.timestampMillis(), record.headers());
        }

        @Override
        @SuppressWarnings("unchecked") // the declaration has the types
        public <K, V> KeyValueState<K, V> state(State<K, V> state) {
            if (!context.node().stores().contains(state.name())) {
                throw new IllegalArgumentException("node=" + context.node().id() + " was not declared with state="
                        + state.name() + "; pass it to process(...)");
            }
            return (KeyValueState<K, V>) new StoreState((State<Object, Object>) state);
        }

        @Override
        public Runnable everyStreamTime(Duration interval, LongConsumer callback) {
            return task.punctuations.everyStreamTime(millis(interval), at(callback));
        }

        @Override
        public Runnable everyWallClock(Duration interval, LongConsumer callback) {
            return task.punctuations.everyWallClock(task.wallClockMillis, millis(interval), at(callback));
        }

        private static long millis(Duration interval) {
            if (interval.toMillis() < 1) {
                throw new IllegalArgumentException("interval=" + interval + " expected at least 1 ms");
            }
            return interval.toMillis();
        }

        private LongConsumer at(LongConsumer callback) {
            return now -> {
                nowMillis = now;
                callback.accept(now);
            };
        }

        @Override
        public long streamTimeMillis() {
            return task.streamTimeMillis;
        }

        @Override
        public long wallClockMillis() {
            return task.wallClockMillis;
        }

        /** Rows carry the timestamp of the record or timer that wrote them. */
        private final class StoreState implements KeyValueState<Object, Object> {
            private final State<Object, Object> state;
            private final KeyValueStore store;

            StoreState(State<Object, Object> state) {
                this.state = state;
                this.store = (KeyValueStore) task.store(state.name());
            }

            @Override
            public @Nullable Object get(Object key) {
                KeyValueStore.Entry row = store.get(task.keyBytes(state.keySerde(), key));
                return row == null ? null : state.valueSerde().deserialize(row.value());
            }

            @Override
            public void put(Object key, @Nullable Object value) {
                byte[] keyBytes = task.keyBytes(state.keySerde(), key);
                byte[] valueBytes = value == null ? null : TaskContext.serialize(state.valueSerde(), value);
                store.put(keyBytes, valueBytes, nowMillis);
                task.changelog(store, keyBytes, valueBytes, nowMillis);
            }

            @Override
            public List<KeyValue<Object, Object>> all() {
                List<KeyValue<Object, Object>> rows = new ArrayList<>();
                for (KeyValueStore.Entry row : store.sorted()) {
                    rows.add(KeyValue.of(
                            state.keySerde().deserialize(row.key()),
                            state.valueSerde().deserialize(row.value())));
                }
                return rows;
            }

            @Override
            public long size() {
                return store.size();
            }
        }
    }
}
