package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.store.KeyValueStore;
import io.thalweg.streams.store.SessionStore;
import io.thalweg.streams.store.StateBudget;
import io.thalweg.streams.store.StateStore;
import io.thalweg.streams.store.WindowStore;
import io.thalweg.streams.topology.Input;
import io.thalweg.streams.topology.Node;
import io.thalweg.streams.topology.StoreSpec;
import io.thalweg.streams.topology.SubTopology;
import io.thalweg.streams.topology.TaskId;
import io.thalweg.streams.topology.Topology;
import io.thalweg.streams.topology.TopologyException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sub-topology on one partition: records in by {@link #process}, effects out through {@link TaskOutput} during the call.
 *
 * <p>Life: construct, {@link #restore} every record of every changelog in their order, {@link #start}, then {@link #process} and
 * {@link #advanceWallClock} in any order, {@link #close}. Confined to one thread at a time; never blocks.
 */
public final class StreamTask {

    /** Headers of a dead letter, beside those of the record. */
    public static final String ERROR_HEADER_PREFIX = "thalweg.streams.errors.";

    private final Topology topology;
    private final TaskContext context;
    private final Map<String, SourceOperator> sources = new HashMap<>();
    private final @Nullable String deadLetterTopic;
    private @Nullable String lastTopic;
    private @Nullable SourceOperator lastSource;
    private long failedRecords;

    /**
     * @param output where effects go
     * @param globals filled and shared by the instance
     * @param budget for the memory of all tasks on the node
     * @param wallClockMillis now
     */
    public StreamTask(
            Topology topology,
            TaskId id,
            TaskOutput output,
            GlobalStores globals,
            StateBudget budget,
            long wallClockMillis) {
        this.topology = topology;
        this.deadLetterTopic = topology.deadLetterTopic();
        this.context = new TaskContext(id, output, globals, wallClockMillis);
        SubTopology sub = topology.subTopology(id.subTopology())
                .orElseThrow(() -> new TopologyException(
                        "application=" + topology.application() + " has no sub-topology " + id.subTopology()));
        for (StoreSpec spec : sub.stores()) {
            context.add(store(spec, budget));
        }
        for (Node node : sub.nodes()) {
            Operator operator = ((OperatorFactory) node.behaviour()).create(new OperatorContext(node, context));
            context.add(node.id(), operator);
            if (operator instanceof SourceOperator source) {
                sources.put(source.topic(), source);
            }
        }
        for (Node node : sub.nodes()) {
            connect(node);
        }
        context.operators().values().forEach(Operator::open);
    }

    private static StateStore store(StoreSpec spec, StateBudget budget) {
        return switch (spec.kind()) {
            case KEY_VALUE -> new KeyValueStore(spec, budget);
            case WINDOW -> new WindowStore(spec, budget);
            case SESSION -> new SessionStore(spec, budget);
            case VERSIONED, BUFFER ->
                throw new TopologyException("store=" + spec.name() + " kind=" + spec.kind() + " is not supported yet");
        };
    }

    private void connect(Node node) {
        Operator operator = context.operator(node.id());
        for (int i = 0; i < node.inputs().size(); i++) {
            Input input = node.inputs().get(i);
            Operator side = operator.input(i);
            if (side != null) {
                context.operator(input.node()).connect(input.port(), side);
            }
        }
    }

    public TaskId id() {
        return context.id;
    }

    /** Up to where the time of a store had come ({@link StateStore#observedMillis}) in what is restored; before {@link #restore}. */
    public void resumeAt(String store, long observedMillis) {
        context.store(store).resumeAt(observedMillis);
    }

    /** Takes over a record of a store's changelog topic; before {@link #start}. */
    public void restore(String store, byte[] key, byte @Nullable [] value, long timestampMillis) {
        if (!context.restoring) {
            throw new IllegalStateException("task=" + id() + " is started; restore comes before");
        }
        context.store(store).restore(key, value, timestampMillis);
    }

    /** As {@link #start(long)}, for a task that has not processed anything yet. */
    public void start() {
        start(-1);
    }

    /**
     * All changelogs are read: operators take up what they find in the stores.
     *
     * @param streamTimeMillis that the task had reached when its input offsets were committed, -1 for none: timers go on from
     *     there, while windows and joins know from their stores what is late
     */
    public void start(long streamTimeMillis) {
        context.streamTimeMillis = Math.max(context.streamTimeMillis, streamTimeMillis);
        context.restoring = false;
        context.operators().values().forEach(Operator::restored);
    }

    /**
     * Processes a record of one of the sub-topology's source topics, with all that follows from it.
     *
     * @param timestampMillis 0 or more
     * @throws StreamTaskException if it fails and the application has no dead letter topic; the task is then to be closed
     */
    public void process(
            String topic,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMillis,
            List<RecordHeader> headers) {
        SourceOperator source = topic.equals(lastTopic) ? lastSource : findSource(topic);
        if (source == null) {
            throw new IllegalArgumentException("task=" + id() + " does not read topic=" + topic);
        }
        if (timestampMillis > context.streamTimeMillis) {
            context.streamTimeMillis = timestampMillis;
        }
        context.headers = headers;
        try {
            source.read(key, value, timestampMillis, headers);
        } catch (RuntimeException failure) {
            onFailure(topic, key, value, timestampMillis, headers, failure);
        }
        if (context.punctuations.hasStreamTime()) {
            punctuate(true, context.streamTimeMillis);
        }
    }

    private @Nullable SourceOperator findSource(String topic) {
        lastSource = sources.get(topic);
        lastTopic = topic;
        return lastSource;
    }

    private void onFailure(
            String topic,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMillis,
            List<RecordHeader> headers,
            RuntimeException failure) {
        failedRecords++;
        if (deadLetterTopic == null || !DeadLetters.recordsFault(failure)) {
            throw new StreamTaskException(
                    "application=" + topology.application() + " task=" + id() + " topic=" + topic + " timestamp="
                            + timestampMillis + " failed: " + failure
                            + "; mend the code or send such records to a dead letter topic",
                    failure);
        }
        context.output.emit(
                deadLetterTopic,
                -1,
                key,
                value,
                timestampMillis,
                DeadLetters.headers(headers, topology.application(), id(), topic, failure));
    }

    /** Lets the wall clock go on to {@code nowMillis}; runs what is due by it. */
    public void advanceWallClock(long nowMillis) {
        if (nowMillis > context.wallClockMillis) {
            context.wallClockMillis = nowMillis;
        }
        punctuate(false, context.wallClockMillis);
    }

    private void punctuate(boolean streamTime, long nowMillis) {
        try {
            if (streamTime) {
                context.punctuations.onStreamTime(nowMillis);
            } else {
                context.headers = List.of();
                context.punctuations.onWallClock(nowMillis);
            }
        } catch (RuntimeException failure) {
            throw new StreamTaskException(
                    "application=" + topology.application() + " task=" + id() + " timer failed: " + failure, failure);
        }
    }

    /** When {@link #advanceWallClock} will have something to do; {@code Long.MAX_VALUE} if never. */
    public long nextWallClockMillis() {
        return context.punctuations.nextWallClockMillis();
    }

    /** The greatest timestamp processed, -1 before the first record. */
    public long streamTimeMillis() {
        return context.streamTimeMillis;
    }

    /** A store of this task, to look into on the task's thread; null if it has none of that name. */
    public @Nullable StateStore store(String name) {
        return context.stores().get(name);
    }

    public Collection<StateStore> stores() {
        return context.stores().values();
    }

    /** How many records left each node so far, by node id. A sink counts what it emitted. */
    public Map<String, Long> recordsByNode() {
        Map<String, Long> counts = new LinkedHashMap<>();
        context.operators().forEach((id, operator) -> counts.put(id, operator.forwarded()));
        return counts;
    }

    /** Records that went to the dead letter topic. */
    public long failedRecords() {
        return failedRecords;
    }

    /** Roughly the memory that its stores hold. */
    public long heldBytes() {
        long bytes = 0;
        for (StateStore store : context.stores().values()) {
            bytes += store.heldBytes();
        }
        return bytes;
    }

    /** Gives the memory of the stores back. */
    public void close() {
        context.stores().values().forEach(StateStore::close);
    }
}
