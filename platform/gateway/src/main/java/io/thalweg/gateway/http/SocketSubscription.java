package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.ConsumerConfig.Reset;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.gateway.json.RecordJsonWriter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription of a socket. A record costs one credit; without credits nothing is taken from the consumer, whose
 * read-ahead is bounded. Confined to the socket's event loop.
 */
final class SocketSubscription {
    private static final Logger LOGGER = LoggerFactory.getLogger(SocketSubscription.class);
    private static final int FRAME_BYTES = 32 << 10;
    private static final long CREDITS_MAX = Long.MAX_VALUE / 2;

    private final Context context;
    private final DoorContext door;
    private final StreamSocket socket;
    private final String id;
    private final SubscribeRequest request;
    private final StartPositions starts;
    private final JsonWriter frame = new JsonWriter(1024);
    private int recordsInFrame;
    private boolean flushScheduled;
    private boolean started;
    private boolean closed;
    private long credits;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private @Nullable Consumer consumer;

    SocketSubscription(Vertx vertx, DoorContext door, StreamSocket socket, String id, SubscribeRequest request) {
        this.context = vertx.getOrCreateContext();
        this.door = door;
        this.socket = socket;
        this.id = id;
        this.request = request;
        this.starts = new StartPositions(door.broker());
        this.credits = request.credits();
    }

    void start() {
        String group = request.group();
        Future<Void> ready = group == null
                ? startPositions().compose(this::readFrom)
                : newConsumer(group).subscribe(names());
        ready.onComplete(
                done -> context.runOnContext(own -> begin()), failure -> context.runOnContext(own -> fail(failure)));
    }

    private Set<String> names() {
        return request.topics().stream().map(TopicView::name).collect(Collectors.toSet());
    }

    private Future<Map<TopicPartition, Long>> startPositions() {
        List<Future<Void>> lookups = new ArrayList<>();
        Map<TopicPartition, Long> found = new HashMap<>(request.positions());
        for (TopicView topic : request.topics()) {
            List<Integer> unknown = IntStream.range(0, topic.partitions().size())
                    .filter(index -> !found.containsKey(new TopicPartition(topic.name(), index)))
                    .boxed()
                    .toList();
            lookups.add(starts.of(topic, unknown, request.from()).map(offsets -> put(found, topic, offsets)));
        }
        return Future.all(lookups).map(found);
    }

    private static @Nullable Void put(
            Map<TopicPartition, Long> all, TopicView topic, NavigableMap<Integer, Long> offsets) {
        offsets.forEach((index, offset) -> all.put(new TopicPartition(topic.name(), index), offset));
        return null;
    }

    private Future<Void> readFrom(Map<TopicPartition, Long> from) {
        if (closed) {
            return Future.failedFuture("unsubscribed");
        }
        positions.putAll(from);
        return ConsumerStart.at(newConsumer(null), from);
    }

    private Consumer newConsumer(@Nullable String group) {
        HttpLimits limits = door.config().limits();
        ConsumerConfig base = group == null ? ConsumerConfig.alone() : ConsumerConfig.inGroup(group);
        Reset reset = group == null ? Reset.NONE : request.from().equals("latest") ? Reset.LATEST : Reset.EARLIEST;
        Consumer reader = door.client()
                .consumer(new ConsumerConfig(
                        group,
                        null,
                        "http-stream",
                        reset,
                        IsolationLevel.READ_COMMITTED,
                        0,
                        base.sessionTimeoutMillis(),
                        base.maxWaitMillis(),
                        Math.min(base.fetchBytesMax(), limits.streamBufferBytesMax()),
                        limits.streamBufferBytesMax()));
        consumer = reader;
        reader.pause();
        reader.exceptionHandler(this::onConsumerFailure);
        reader.handler(this::onRecord);
        return reader;
    }

    /** While it starts, its futures tell. */
    private void onConsumerFailure(Throwable failure) {
        if (started) {
            fail(failure);
        }
    }

    private void begin() {
        if (closed) {
            return;
        }
        started = true;
        socket.confirm("subscribed", id);
        release();
    }

    /** Lets so many more records through. */
    void grant(int more) {
        credits = Math.min(CREDITS_MAX, credits + more);
        if (started && !socket.full() && consumer != null) {
            consumer.fetch(more);
        }
    }

    /** The client does not take what was sent: nothing more leaves the consumer. */
    void hold() {
        if (consumer != null) {
            consumer.pause();
        }
    }

    void release() {
        if (started && !closed && !socket.full() && consumer != null && credits > 0) {
            consumer.pause();
            consumer.fetch(credits);
        }
    }

    private void onRecord(ReceivedRecord record) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (closed || (request.group() == null && record.offset() < positions.getOrDefault(partition, 0L))) {
            return;
        }
        positions.put(partition, record.offset() + 1);
        credits--;
        if (recordsInFrame == 0) {
            frame.clear()
                    .beginObject()
                    .field("op", "records")
                    .field("id", id)
                    .name("records")
                    .beginArray();
        }
        RecordJsonWriter.write(frame, record, true);
        recordsInFrame++;
        if (frame.size() >= FRAME_BYTES) {
            flush();
        } else if (!flushScheduled) {
            flushScheduled = true;
            context.runOnContext(turnOver -> {
                flushScheduled = false;
                flush();
            });
        }
    }

    private void flush() {
        if (closed || recordsInFrame == 0) {
            return;
        }
        door.metrics().recordsRead.add(recordsInFrame);
        recordsInFrame = 0;
        socket.send(frame.endArray().endObject());
    }

    Future<Void> commit(Map<TopicPartition, Long> offsets) {
        Consumer reader = consumer;
        if (request.group() == null || reader == null) {
            throw HttpProblem.invalid("the subscription is in no group");
        }
        return reader.commit(offsets);
    }

    /** A subscription outside a group covers the partitions that there were; it ends when that changes. */
    void onHeartbeat() {
        if (request.group() != null) {
            return;
        }
        for (TopicView topic : request.topics()) {
            TopicView now = door.broker().cluster().topic(topic.name());
            if (now == null
                    || !now.id().equals(topic.id())
                    || now.partitions().size() != topic.partitions().size()) {
                fail(HttpProblem.pushedBack("topic=" + topic.name() + " changed; subscribe again from what you saw"));
                return;
            }
        }
    }

    /** Ends the subscription and says why. */
    private void fail(Throwable failure) {
        if (!closed) {
            flush();
            close();
            socket.problem(id, failure);
            socket.confirm("unsubscribed", id);
        }
    }

    void close() {
        if (closed) {
            return;
        }
        flush();
        closed = true;
        socket.forget(id);
        if (consumer != null) {
            consumer.close()
                    .onFailure(failure -> LOGGER.atDebug()
                            .addKeyValue("error", failure.getMessage())
                            .log("consumer of a subscription did not close"));
        }
    }
}
