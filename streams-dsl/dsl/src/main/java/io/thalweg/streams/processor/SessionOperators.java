package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.Merger;
import io.thalweg.streams.Serde;
import io.thalweg.streams.Windowed;
import io.thalweg.streams.store.SessionStore;
import io.thalweg.streams.store.SessionStore.Session;
import io.thalweg.streams.topology.NodeBehaviour;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Aggregations in sessions: windows that go on as long as records of a key are no further apart than a gap. */
public final class SessionOperators {

    private SessionOperators() {}

    public static NodeBehaviour aggregate(Aggregation aggregation, Gap gap, Materialization kept, boolean finalOnly) {
        return (OperatorFactory) context -> new SessionAggregate(context, aggregation, gap, kept, finalOnly);
    }

    /** How far apart the records of a session may be, and how long after its end one may still come. */
    public record Gap(long gapMillis, long graceMillis) {}

    /** As with Kafka Streams, each session that is merged into another is deleted first, even when its bounds stay. */
    private static final class SessionAggregate extends Operator {
        private final TaskContext task;
        private final Aggregation aggregation;
        private final Merger<Object, Object> merger;
        private final Gap gap;
        private final SessionStore store;
        private final Serde<Object> keySerde;
        private final Serde<Object> valueSerde;
        private final boolean finalOnly;
        private final LatePort late = new LatePort();
        private final TreeMap<Long, List<byte[]>> open = new TreeMap<>();
        private boolean oldValues;
        private long observedMillis = -1;

        SessionAggregate(
                OperatorContext context, Aggregation aggregation, Gap gap, Materialization kept, boolean finalOnly) {
            this.task = context.task();
            this.aggregation = aggregation;
            this.merger = Objects.requireNonNull(aggregation.merger(), "merger");
            this.gap = gap;
            this.store = context.sessionStore(0);
            this.keySerde = kept.keySerde();
            this.valueSerde = kept.valueSerde();
            this.finalOnly = finalOnly;
        }

        @Override
        void connect(String port, Operator downstream) {
            if (port.equals(LatePort.NAME)) {
                late.connect("", downstream);
            } else {
                super.connect(port, downstream);
            }
        }

        @Override
        void restored() {
            observedMillis = store.observedMillis();
            if (finalOnly) {
                store.forEach(row -> open.computeIfAbsent(row.endMillis(), absent -> new ArrayList<>())
                        .add(row.key()));
            }
        }

        @Override
        Operator input(int index) {
            return new AggregateOperators.Side() {
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
            if (key == null) {
                return;
            }
            observedMillis = Math.max(observedMillis, timestampMillis);
            long closeMillis = observedMillis - gap.graceMillis() - gap.gapMillis();
            if (finalOnly) {
                emitClosed(closeMillis, headers);
            }
            byte[] keyBytes = task.keyBytes(keySerde, key);
            List<Session> merged =
                    store.find(keyBytes, timestampMillis - gap.gapMillis(), timestampMillis + gap.gapMillis());
            long start = timestampMillis;
            long end = timestampMillis;
            Object aggregate = aggregation.initializer().get();
            for (Session session : merged) {
                start = Math.min(start, session.startMillis());
                end = Math.max(end, session.endMillis());
                Object other = valueSerde.deserialize(session.value());
                aggregate = aggregate == null ? other : merger.merge(key, aggregate, other);
            }
            if (end < closeMillis) {
                late.process(key, value, timestampMillis, headers);
                return;
            }
            if (start != end || start != timestampMillis) {
                merged.forEach(session -> remove(key, keyBytes, session, headers));
            }
            Object newAggregate = aggregation.apply(input, key, value, aggregate);
            write(key, keyBytes, start, end, newAggregate, headers);
        }

        private void remove(Object key, byte[] keyBytes, Session session, List<RecordHeader> headers) {
            long start = session.startMillis();
            long end = session.endMillis();
            store.remove(keyBytes, start, end);
            task.changelog(store, SessionStore.changelogKey(keyBytes, start, end), null, end);
            if (!finalOnly) {
                Object oldAggregate = oldValues ? valueSerde.deserialize(session.value()) : null;
                forwardChange(new Windowed<>(key, start, end), null, oldAggregate, end, headers);
            }
        }

        private void write(
                Object key,
                byte[] keyBytes,
                long start,
                long end,
                @Nullable Object newAggregate,
                List<RecordHeader> headers) {
            byte[] changelogKey = SessionStore.changelogKey(keyBytes, start, end);
            if (newAggregate == null) {
                store.remove(keyBytes, start, end);
                task.changelog(store, changelogKey, null, end);
            } else {
                byte[] bytes = TaskContext.serialize(valueSerde, newAggregate);
                store.put(keyBytes, start, end, bytes);
                task.changelog(store, changelogKey, bytes, end);
            }
            if (!finalOnly) {
                forwardChange(new Windowed<>(key, start, end), newAggregate, null, end, headers);
            } else if (newAggregate != null) {
                open.computeIfAbsent(end, absent -> new ArrayList<>()).add(keyBytes);
            }
        }

        /** A session that is to be emitted. */
        private record Closed(byte[] key, Session session) {}

        /** By end, start and key. A session that was merged meanwhile is found no more. */
        private void emitClosed(long closeMillis, List<RecordHeader> headers) {
            for (Map.Entry<Long, List<byte[]>> first = open.firstEntry();
                    first != null && first.getKey() < closeMillis;
                    first = open.firstEntry()) {
                long end = first.getKey();
                List<byte[]> keys = first.getValue();
                open.remove(end);
                List<Closed> closed = new ArrayList<>();
                for (byte[] keyBytes : keys) {
                    takeClosed(keyBytes, end, closed);
                }
                closed.sort((a, b) -> a.session.startMillis() != b.session.startMillis()
                        ? Long.compare(a.session.startMillis(), b.session.startMillis())
                        : Arrays.compareUnsigned(a.key, b.key));
                for (Closed one : closed) {
                    Windowed<Object> window =
                            new Windowed<>(keySerde.deserialize(one.key), one.session.startMillis(), end);
                    forwardChange(window, valueSerde.deserialize(one.session.value()), null, end, headers);
                }
            }
        }

        private void takeClosed(byte[] keyBytes, long end, List<Closed> closed) {
            for (Session session : store.find(keyBytes, end, end)) {
                if (session.endMillis() == end) {
                    closed.add(new Closed(keyBytes, session));
                    store.remove(keyBytes, session.startMillis(), end);
                    byte[] changelogKey = SessionStore.changelogKey(keyBytes, session.startMillis(), end);
                    task.changelog(store, changelogKey, null, end);
                }
            }
        }

        @Override
        boolean enableOldValues() {
            oldValues = true;
            return true;
        }
    }
}
