package io.thalweg.streams.driver;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.Serde;
import io.thalweg.streams.StreamRecord;
import io.thalweg.streams.processor.GlobalStores;
import io.thalweg.streams.processor.StreamTask;
import io.thalweg.streams.processor.TaskOutput;
import io.thalweg.streams.store.GlobalStore;
import io.thalweg.streams.store.StateBudget;
import io.thalweg.streams.store.StateStore;
import io.thalweg.streams.topology.StoreKind;
import io.thalweg.streams.topology.StoreSpec;
import io.thalweg.streams.topology.SubTopology;
import io.thalweg.streams.topology.TaskId;
import io.thalweg.streams.topology.Topology;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs a topology in a test, without a broker and without time: each {@link Input#pipe} returns when all that follows from the
 * record has happened. Every topic has one partition; the wall clock begins at 0 and moves only by {@link #advanceWallClock}.
 *
 * <pre>{@code
 * TopologyDriver driver = TopologyDriver.of(app.topology());
 * driver.input("lines", Serdes.string(), Serdes.string()).pipe(null, "to be or not to be", 0);
 * assertThat(driver.output("counts", Serdes.string(), Serdes.int64()).readAll()).hasSize(6);
 * driver.restart();                       // everything but the changelogs is lost, as in a crash
 * assertThat(driver.rows("word-counts")).hasSize(4);
 * }</pre>
 *
 * <p>For one thread.
 */
public final class TopologyDriver implements AutoCloseable {

    private record Raw(
            String topic,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMillis,
            List<RecordHeader> headers) {}

    private record Change(byte[] key, byte @Nullable [] value, long timestampMillis) {}

    private final Topology topology;
    private final Map<String, TaskId> readers = new HashMap<>();
    private final Map<TaskId, StreamTask> tasks = new LinkedHashMap<>();
    private final GlobalStores globals;
    private final ArrayDeque<Raw> pending = new ArrayDeque<>();
    private final Map<String, ArrayDeque<Raw>> outputs = new LinkedHashMap<>();
    private final Map<String, Map<ByteBuffer, Change>> changelogs = new HashMap<>();
    private long wallClockMillis;
    private long changes;

    private TopologyDriver(Topology topology) {
        this.topology = topology;
        this.globals = new GlobalStores(topology, StateBudget.UNLIMITED);
        for (SubTopology sub : topology.subTopologies()) {
            TaskId id = new TaskId(sub.id(), 0);
            sub.sourceTopics().forEach(topic -> readers.put(topic, id));
        }
        startTasks();
    }

    public static TopologyDriver of(Topology topology) {
        return new TopologyDriver(topology);
    }

    private void startTasks() {
        for (SubTopology sub : topology.subTopologies()) {
            TaskId id = new TaskId(sub.id(), 0);
            StreamTask task =
                    new StreamTask(topology, id, new Capture(), globals, StateBudget.UNLIMITED, wallClockMillis);
            for (StoreSpec store : sub.stores()) {
                for (Change change :
                        changelogs.getOrDefault(store.name(), Map.of()).values()) {
                    task.restore(store.name(), change.key(), change.value(), change.timestampMillis());
                }
            }
            task.start();
            tasks.put(id, task);
        }
    }

    /** Throws the tasks and their stores away and makes new ones from the changelogs, as after a crash. */
    public void restart() {
        tasks.values().forEach(StreamTask::close);
        tasks.clear();
        startTasks();
    }

    /** Where to pipe records of a topic in. */
    public <K, V> Input<K, V> input(String topic, Serde<K> keySerde, Serde<V> valueSerde) {
        return new Input<>(this, topic, keySerde, valueSerde);
    }

    /** Where to read what was written to a topic; several of a topic share one position. */
    public <K, V> Output<K, V> output(String topic, Serde<K> keySerde, Serde<V> valueSerde) {
        return new Output<>(outputs.computeIfAbsent(topic, absent -> new ArrayDeque<>()), keySerde, valueSerde);
    }

    /** A record as bytes, as the log would hand it over; all that follows from it has happened on return. */
    public void pipe(
            String topic,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMillis,
            List<RecordHeader> headers) {
        if (!readers.containsKey(topic) && !globals.topics().contains(topic)) {
            throw new IllegalArgumentException("application=" + topology.application() + " does not read topic=" + topic
                    + "; it reads " + new TreeSet<>(readers.keySet()) + " and " + globals.topics());
        }
        deliver(new Raw(topic, key, value, timestampMillis, headers));
        settle();
    }

    /** Lets the wall clock go on and runs what is due by it. */
    public void advanceWallClock(Duration by) {
        wallClockMillis += by.toMillis();
        tasks.values().forEach(task -> task.advanceWallClock(wallClockMillis));
        settle();
    }

    private void deliver(Raw raw) {
        globals.process(raw.topic, raw.key, raw.value, raw.timestampMillis);
        TaskId reader = readers.get(raw.topic);
        StreamTask task = reader == null ? null : tasks.get(reader);
        if (task != null) {
            task.process(raw.topic, raw.key, raw.value, raw.timestampMillis, raw.headers);
        }
    }

    /** What was written to a topic that the application reads itself goes in again. */
    private void settle() {
        for (Raw raw = pending.poll(); raw != null; raw = pending.poll()) {
            deliver(raw);
        }
    }

    /** Topics that were written so far, the application's own among them. */
    public List<String> writtenTopics() {
        return List.copyOf(outputs.keySet());
    }

    /** How many changes of stores were logged. */
    public long changes() {
        return changes;
    }

    /**
     * The live rows of a store as JSON objects with {@code key}, {@code start}, {@code end}, {@code value} and {@code timestamp} as
     * far as the kind of store has them, in no order.
     */
    public List<JsonObject> rows(String store) {
        List<JsonObject> rows = new ArrayList<>();
        for (StreamTask task : tasks.values()) {
            StateStore found = task.store(store);
            if (found != null) {
                found.forEach(row -> rows.add(row.toJson(found.spec())));
                return rows;
            }
        }
        GlobalStore global = globals.store(store);
        if (global == null) {
            throw new IllegalArgumentException("application=" + topology.application() + " has no store=" + store);
        }
        StoreSpec shown = new StoreSpec(
                store, StoreKind.KEY_VALUE, 0, false, null, global.spec().serdes());
        global.forEach(row -> rows.add(row.toJson(shown)));
        return rows;
    }

    /** The value of a row in a key-value store or global table as JSON, null if there is none. */
    public @Nullable Object value(String store, Object key) {
        for (JsonObject row : rows(store)) {
            if (key.equals(row.getValue("key"))) {
                return row.getValue("value");
            }
        }
        return null;
    }

    /** Records that went to the dead letter topic. */
    public long failedRecords() {
        return tasks.values().stream().mapToLong(StreamTask::failedRecords).sum();
    }

    @Override
    public void close() {
        tasks.values().forEach(StreamTask::close);
        tasks.clear();
        globals.close();
    }

    private final class Capture implements TaskOutput {

        @Override
        public void emit(
                String topic,
                int partition,
                byte @Nullable [] key,
                byte @Nullable [] value,
                long timestampMillis,
                List<RecordHeader> headers) {
            Raw raw = new Raw(topic, key, value, timestampMillis, headers);
            outputs.computeIfAbsent(topic, absent -> new ArrayDeque<>()).add(raw);
            if (readers.containsKey(topic) || globals.topics().contains(topic)) {
                pending.add(raw);
            }
        }

        @Override
        public void changelog(String store, byte[] key, byte @Nullable [] value, long timestampMillis) {
            changes++;
            Map<ByteBuffer, Change> changelog = changelogs.computeIfAbsent(store, absent -> new LinkedHashMap<>());
            ByteBuffer at = ByteBuffer.wrap(key);
            changelog.remove(at);
            changelog.put(at, new Change(key, value, timestampMillis));
        }
    }

    /** Pipes typed records into a topic. */
    public static final class Input<K, V> {
        private final TopologyDriver driver;
        private final String topic;
        private final Serde<K> keySerde;
        private final Serde<V> valueSerde;

        private Input(TopologyDriver driver, String topic, Serde<K> keySerde, Serde<V> valueSerde) {
            this.driver = driver;
            this.topic = topic;
            this.keySerde = keySerde;
            this.valueSerde = valueSerde;
        }

        public void pipe(@Nullable K key, @Nullable V value, long timestampMillis) {
            pipe(new StreamRecord<>(key, value, timestampMillis, List.of()));
        }

        public void pipe(StreamRecord<K, V> record) {
            K key = record.key();
            V value = record.value();
            driver.pipe(
                    topic,
                    key == null ? null : keySerde.serialize(key),
                    value == null ? null : valueSerde.serialize(value),
                    record.timestampMillis(),
                    record.headers());
        }
    }

    /** Reads typed records from a topic, each once. */
    public static final class Output<K, V> {
        private final ArrayDeque<Raw> records;
        private final Serde<K> keySerde;
        private final Serde<V> valueSerde;

        private Output(ArrayDeque<Raw> records, Serde<K> keySerde, Serde<V> valueSerde) {
            this.records = records;
            this.keySerde = keySerde;
            this.valueSerde = valueSerde;
        }

        public boolean isEmpty() {
            return records.isEmpty();
        }

        /** The next record, null if there is none. */
        public @Nullable StreamRecord<K, V> read() {
            Raw raw = records.poll();
            if (raw == null) {
                return null;
            }
            return new StreamRecord<>(
                    raw.key == null ? null : keySerde.deserialize(raw.key),
                    raw.value == null ? null : valueSerde.deserialize(raw.value),
                    raw.timestampMillis,
                    raw.headers);
        }

        /** All that is left. */
        public List<StreamRecord<K, V>> readAll() {
            List<StreamRecord<K, V>> all = new ArrayList<>();
            for (StreamRecord<K, V> record = read(); record != null; record = read()) {
                all.add(record);
            }
            return all;
        }

        /** The values of all that is left for which it holds. */
        public List<@Nullable V> values(Predicate<StreamRecord<K, V>> predicate) {
            List<@Nullable V> values = new ArrayList<>();
            readAll().stream().filter(predicate).forEach(record -> values.add(record.value()));
            return values;
        }
    }
}
