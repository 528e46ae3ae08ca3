package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.Serde;
import io.thalweg.streams.store.GlobalStore;
import io.thalweg.streams.store.StateStore;
import io.thalweg.streams.topology.TaskId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the operators of a task share: its stores, its clocks, its output, and the bytes of the record at hand, so that a key
 * that nobody changed is not serialised again. Confined to the task's thread.
 */
final class TaskContext {

    final TaskId id;
    final TaskOutput output;
    final Punctuations punctuations = new Punctuations();

    private final GlobalStores globals;
    private final Map<String, Operator> operators = new LinkedHashMap<>();
    private final Map<String, StateStore> stores = new LinkedHashMap<>();

    /** The greatest timestamp of a record so far, -1 before the first. */
    long streamTimeMillis = -1;

    long wallClockMillis;
    boolean restoring = true;

    /** Headers of the record at hand, for what is stored and forwarded later. */
    List<RecordHeader> headers = List.of();

    private @Nullable Object sourceKey;
    private @Nullable Serde<?> sourceKeySerde;
    private byte @Nullable [] sourceKeyBytes;
    private @Nullable Object sourceValue;
    private @Nullable Serde<?> sourceValueSerde;
    private byte @Nullable [] sourceValueBytes;

    TaskContext(TaskId id, TaskOutput output, GlobalStores globals, long wallClockMillis) {
        this.id = id;
        this.output = output;
        this.globals = globals;
        this.wallClockMillis = wallClockMillis;
    }

    void add(String nodeId, Operator operator) {
        operators.put(nodeId, operator);
    }

    Operator operator(String nodeId) {
        return Objects.requireNonNull(operators.get(nodeId), nodeId);
    }

    Map<String, Operator> operators() {
        return operators;
    }

    void add(StateStore store) {
        stores.put(store.name(), store);
    }

    Map<String, StateStore> stores() {
        return stores;
    }

    StateStore store(String name) {
        return Objects.requireNonNull(stores.get(name), name);
    }

    GlobalStore globalStore(String name) {
        return Objects.requireNonNull(globals.store(name), name);
    }

    /** Remembers from which bytes the record at hand was read. */
    void source(
            @Nullable Object key,
            Serde<?> keySerde,
            byte @Nullable [] keyBytes,
            @Nullable Object value,
            Serde<?> valueSerde,
            byte @Nullable [] valueBytes) {
        sourceKey = key;
        sourceKeySerde = keySerde;
        sourceKeyBytes = keyBytes;
        sourceValue = value;
        sourceValueSerde = valueSerde;
        sourceValueBytes = valueBytes;
    }

    /** The bytes of a key: those that were read if it is the very object that they became. */
    @SuppressWarnings("ReferenceEquality")
    byte[] keyBytes(Serde<Object> serde, Object key) {
        byte[] read = sourceKeyBytes;
        if (key == sourceKey && serde == sourceKeySerde && read != null) {
            return read;
        }
        return serialize(serde, key);
    }

    /** The bytes of a value. Values may be changed by the user's code, so only immutable ones are taken as they were read. */
    @SuppressWarnings("ReferenceEquality")
    byte[] valueBytes(Serde<Object> serde, Object value) {
        byte[] read = sourceValueBytes;
        if (value == sourceValue && serde == sourceValueSerde && read != null && value instanceof String) {
            return read;
        }
        return serialize(serde, value);
    }

    static byte[] serialize(Serde<Object> serde, Object value) {
        try {
            return serde.serialize(value);
        } catch (ClassCastException mismatch) {
            throw new IllegalArgumentException(
                    "serde=" + serde.name() + " was given a " + value.getClass().getName()
                            + "; name the serde that fits, with keySerde(...), valueSerde(...) or the operator's own",
                    mismatch);
        }
    }

    /** A change of a store. */
    void changelog(StateStore store, byte[] key, byte @Nullable [] value, long timestampMillis) {
        if (store.spec().changelogTopic() != null) {
            output.changelog(store.name(), key, value, timestampMillis);
        }
    }
}
