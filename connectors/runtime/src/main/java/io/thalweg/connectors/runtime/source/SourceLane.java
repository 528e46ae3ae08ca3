package io.thalweg.connectors.runtime.source;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.SequencedProducer;
import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.runtime.store.StoredPosition;
import io.thalweg.connectors.runtime.store.StoredPosition.ProducerState;
import io.thalweg.connectors.runtime.task.TaskLimits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The way of a source's records into the log, under one producer id.
 *
 * <p>An exact lane carries one source partition. What is stored with each position (the next sequence for each partition, the
 * partition counts that routing goes by) is enough to make the same appends again from there; the windows leave out what
 * the log already has. A count is stored before the first record is routed by it, so that no crash comes between. So is
 * the position of a batch without records, before any record behind it: a source says so where it goes on.
 */
final class SourceLane implements PartitionWindow.Refusals {

    private final LaneHost host;
    private final TaskLimits limits;
    private final boolean exact;
    private final Map<TopicPartition, PartitionWindow> windows = new HashMap<>();

    /** In the order in which they were polled. */
    private final Deque<SourceDelivery> deliveries = new ArrayDeque<>();

    /** Done and not stored yet: the newest of each source partition. */
    private Map<JsonObject, SourceDelivery> storable = new LinkedHashMap<>();

    private @Nullable SequencedProducer producer;
    private RecordRouter router = new RecordRouter(Map.of(), Map.of());

    /** Of partitions that are gone, by what was stored. */
    private Map<TopicPartition, Integer> storedSequences = Map.of();

    /** The last write of a position, whatever came of it. */
    private Future<?> storing = Future.succeededFuture();

    /** The task has stopped. */
    private boolean closed;

    /** So many of the next records were dealt with before. */
    private int drop;

    /** Where the source stood before the batch that is being handed out; null at its beginning. */
    private @Nullable JsonObject before;

    /** Positions that were stored within a batch. */
    private int boundaries;

    private @Nullable Promise<Void> drained;

    SourceLane(LaneHost host, TaskLimits limits, boolean exact) {
        this.host = host;
        this.limits = limits;
        this.exact = exact;
    }

    /** @param partition the one that an exact lane carries */
    Future<Void> open(JsonObject partition) {
        StoredPosition stored = exact ? host.stored(partition) : null;
        ProducerState state = stored == null ? null : stored.producer();
        if (stored != null) {
            before = stored.offset();
        }
        return host.producer(state == null ? -1 : state.producerId()).compose(made -> {
            producer = made;
            if (stored != null && state != null) {
                router = new RecordRouter(state.partitionCounts(), state.keyless());
                storedSequences = state.nextSequences();
                drop = stored.handled();
                return resume(state);
            }
            // The id must be found again even if nothing else is: it is stored before its first record.
            return exact ? store(partition, position(before, 0)) : Future.succeededFuture();
        });
    }

    /** Asks every partition that records may have gone to since the position was stored. */
    private Future<Void> resume(ProducerState state) {
        Future<Void> asked = Future.succeededFuture();
        for (Map.Entry<String, Integer> topic : state.partitionCounts().entrySet()) {
            int there = Math.min(topic.getValue(), host.partitionCount(topic.getKey()));
            for (int index = 0; index < there; index++) {
                TopicPartition partition = new TopicPartition(topic.getKey(), index);
                int expected = storedSequences.getOrDefault(partition, 0);
                List<Integer> leftOut = state.leftOut().getOrDefault(partition, List.of());
                asked = asked.compose(before -> newWindow(partition).resume(expected, leftOut));
            }
        }
        return asked;
    }

    /**
     * Hands out a batch's records. Completes when all are on their way, not when they are there.
     *
     * @param convert null for a record that is left out; throws if the task is to fail
     */
    Future<Void> deliver(SourceBatch batch, Function<SourceRecord, @Nullable OutgoingRecord> convert) {
        collect();
        if (exact && batch.records().isEmpty()) {
            before = batch.offset();
            return storeNow(batch.partition(), drop);
        }
        SourceDelivery delivery = new SourceDelivery(batch.partition(), batch.offset());
        deliveries.addLast(delivery);
        return handOut(batch, 0, null, delivery, convert).map(handedOut -> {
            before = batch.offset();
            delivery.after = position(batch.offset(), drop);
            windows.values().forEach(PartitionWindow::dispatch);
            return null;
        });
    }

    /** @param converted the record at {@code from} if it was converted before */
    private Future<Void> handOut(
            SourceBatch batch,
            int from,
            @Nullable OutgoingRecord converted,
            SourceDelivery delivery,
            Function<SourceRecord, @Nullable OutgoingRecord> convert) {
        List<SourceRecord> records = batch.records();
        for (int i = from; i < records.size(); i++) {
            if (drop > 0) {
                drop--;
                continue;
            }
            OutgoingRecord record = i == from && converted != null ? converted : convert.apply(records.get(i));
            if (record == null) {
                continue;
            }
            String topic = record.topic();
            int count = host.partitionCount(topic);
            boolean stale = count < 1 || count != router.partitionCount(topic);
            if (stale && !(skipping() && router.partitionCount(topic) > 0)) {
                int at = i;
                return adopt(topic, count, batch.partition(), at)
                        .compose(adopted -> handOut(batch, at, record, delivery, convert));
            }
            TopicPartition target = router.route(record);
            PartitionWindow window = windows.get(target);
            if (window == null) {
                window = newWindow(target);
            }
            window.add(record, delivery);
        }
        return Future.succeededFuture();
    }

    /** What is skipped must be routed as it was before the crash, whatever the partition counts are now. */
    private boolean skipping() {
        for (PartitionWindow window : windows.values()) {
            if (window.skipping()) {
                return true;
            }
        }
        return false;
    }

    private PartitionWindow newWindow(TopicPartition target) {
        PartitionWindow window = new PartitionWindow(
                host,
                this,
                java.util.Objects.requireNonNull(producer),
                target,
                limits.batchBytesMax(),
                limits.deliveryMillis());
        windows.put(target, window);
        return window;
    }

    /** Goes by another partition count from here on, which is stored first. */
    private Future<Void> adopt(String topic, int count, JsonObject partition, int handled) {
        if (count < 0) {
            return host.createTopic(topic)
                    .compose(made -> host.partitionCount(topic) > 0
                            ? Future.succeededFuture()
                            : Future.failedFuture(new IllegalStateException(
                                    "the topic was created and is not there: topic=" + topic)));
        }
        if (!exact) {
            router.adopt(topic, count);
            return Future.succeededFuture();
        }
        windows.values().forEach(PartitionWindow::dispatch);
        return drained().compose(done -> {
            router.adopt(topic, count);
            return storeNow(partition, handled);
        });
    }

    /** Stores where the source stands, once everything before is in the log. */
    private Future<Void> storeNow(JsonObject partition, int handled) {
        return drained().compose(done -> {
            collect();
            storable.clear(); // what is stored now lies behind it, and must not be stored over
            boundaries++;
            return store(partition, position(before, handled));
        });
    }

    private Future<Void> store(JsonObject partition, StoredPosition position) {
        Future<Void> stored = host.store(partition, position);
        storing = stored;
        return stored;
    }

    /**
     * The position that is stored is stored once more, with the record that is left out behind it. It is the only one until the
     * record's own batch is done: what lies between must not be stored over it, and what lies behind counts without the record.
     */
    @Override
    public Future<Void> onLeftOut(TopicPartition target, int sequence, SourceDelivery delivery) {
        if (!exact) {
            return Future.succeededFuture();
        }
        collect();
        storable.clear();
        boundaries++;
        boolean behind = false;
        for (SourceDelivery each : deliveries) {
            behind |= each == delivery;
            StoredPosition after = each.after;
            if (!behind) {
                each.superseded = true;
            } else if (after != null) {
                each.after = after.oneLess(target);
            }
        }
        // A source may have been told of what is being stored now, and forget what is before it.
        Future<Void> stored = storing.transform(whatever -> closed
                ? Future.failedFuture("the task has stopped")
                : host.store(
                        delivery.partition,
                        java.util.Objects.requireNonNull(host.stored(delivery.partition))
                                .without(target, sequence)));
        storing = stored; // another window's refusal goes on from what this one stores
        return stored;
    }

    /** Nothing is sent or stored from here on. */
    void close() {
        closed = true;
        windows.values().forEach(PartitionWindow::close);
    }

    /** Completes when no record is without an outcome. */
    Future<Void> drained() {
        if (idle()) {
            return Future.succeededFuture();
        }
        Promise<Void> promise = drained;
        if (promise == null) {
            promise = Promise.promise();
            drained = promise;
        }
        return promise.future();
    }

    private boolean idle() {
        return windows.values().stream().allMatch(PartitionWindow::idle);
    }

    /** To be called when records got their outcome. */
    void onSettled() {
        Promise<Void> waiting = drained;
        if (waiting != null && idle()) {
            drained = null;
            waiting.complete();
        }
    }

    private void collect() {
        for (SourceDelivery first = deliveries.peekFirst();
                first != null && first.done();
                first = deliveries.peekFirst()) {
            deliveries.removeFirst();
            if (!first.superseded) {
                storable.put(first.partition, first);
            }
        }
    }

    /** Whether there is a position that is not stored yet. */
    boolean dirty() {
        collect();
        return !storable.isEmpty();
    }

    /** Stores the newest position of each source partition with all before it in the log; answers what was stored. */
    Future<List<SourceDelivery>> commit() {
        collect();
        Map<JsonObject, SourceDelivery> newest = storable;
        storable = new LinkedHashMap<>();
        List<Future<Void>> writes = new ArrayList<>();
        newest.forEach((partition, delivery) -> {
            StoredPosition after = java.util.Objects.requireNonNull(delivery.after);
            StoredPosition there = host.stored(partition);
            if (there == null || !after.equals(there)) {
                writes.add(store(partition, after));
            }
        });
        List<SourceDelivery> stored = List.copyOf(newest.values());
        int boundary = boundaries;
        return Future.all(writes).map(stored).onFailure(failure -> {
            if (boundary == boundaries) {
                newest.putAll(storable); // what came meanwhile is newer
                storable = newest;
            }
        });
    }

    private StoredPosition position(@Nullable JsonObject offset, int handled) {
        SequencedProducer made = producer;
        if (!exact || made == null) {
            return StoredPosition.of(offset);
        }
        Map<TopicPartition, Integer> next = new HashMap<>(storedSequences);
        Map<TopicPartition, List<Integer>> leftOut = new HashMap<>();
        windows.forEach((partition, window) -> {
            next.put(partition, window.next());
            if (!window.leftOut().isEmpty()) {
                leftOut.put(partition, window.leftOut());
            }
        });
        return new StoredPosition(
                offset,
                handled,
                new ProducerState(made.producerId(), next, leftOut, router.partitionCounts(), router.keyless()));
    }
}
