package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.Consumer;
import io.thalweg.client.Consumer.AssignmentChange;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.ConsumerConfig.Reset;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.gateway.http.StartPositions.PositionGap;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.gateway.json.RecordFilter;
import io.thalweg.gateway.json.RecordJsonWriter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server-sent event stream. Alone, each event's id is the position on all partitions behind it, so a client that
 * comes back with the last id it saw misses nothing and sees nothing twice, whatever became of the connection or the node
 * in between. In a group, the group's commits are the position: an event is committed a while after it was handed to the
 * connection, if that is still open, so an event that did not arrive is delivered again to some member.
 *
 * <p>What waits for a slow client is bounded: the consumer's read-ahead, one chunk, and the connection's queue. A client
 * that takes nothing for {@link HttpLimits#slowReaderMillis} is cut. Confined to the connection's event loop.
 */
final class EventStream {
    private static final Logger LOGGER = LoggerFactory.getLogger(EventStream.class);
    private static final CharSequence EVENT_STREAM = HttpHeaders.createOptimized("text/event-stream");
    private static final int CHUNK_BYTES = 32 << 10;
    private static final int RETRY_MILLIS = 1_000;
    private static final int COMMIT_MILLIS = 1_000;
    private static final Buffer SIGN_OF_LIFE = Buffer.buffer(":\n\n");

    private final Vertx vertx;
    private final Context context;
    private final DoorContext door;
    private final HttpServerResponse response;
    private final HttpServerRequest request;
    private final TopicView topic;
    private final @Nullable RecordFilter filter;
    private final java.util.function.Consumer<EventStream> onClose;
    private final JsonWriter json = new JsonWriter(1024);
    private final WriteGate gate;

    private @Nullable Consumer consumer;
    /** Next offset by partition, behind the last event that was put into the chunk. */
    private NavigableMap<Integer, Long> positions = new TreeMap<>();

    private Buffer chunk = Buffer.buffer();
    private boolean flushScheduled;
    private boolean closed;
    private long heartbeatTimer = -1;
    private long commitTimer = -1;
    private boolean wroteSinceHeartbeat;
    /** Whether records were left out since the client was last told a position. */
    private boolean idStale;

    /** In a group: what may be committed at the next tick, since the connection took it before this one. */
    private Map<TopicPartition, Long> commitNext = new HashMap<>();

    private final Map<TopicPartition, Long> handedOver = new HashMap<>();

    EventStream(
            Vertx vertx,
            DoorContext door,
            HttpServerRequest request,
            TopicView topic,
            @Nullable RecordFilter filter,
            java.util.function.Consumer<EventStream> onClose) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.door = door;
        this.request = request;
        this.response = request.response();
        this.topic = topic;
        this.filter = filter;
        this.onClose = onClose;
        this.gate = new WriteGate(vertx, door, this::hold, this::release, this::cut);
    }

    /** Streams from these positions, which cover every partition. */
    void startAlone(NavigableMap<Integer, Long> from, List<PositionGap> gaps) {
        if (closed) {
            return;
        }
        gaps.forEach(this::appendGap);
        positions = from;
        Map<TopicPartition, Long> starts = new HashMap<>();
        from.forEach((partition, offset) -> starts.put(new TopicPartition(topic.name(), partition), offset));
        ConsumerStart.at(newConsumer(null, Reset.NONE), starts).onComplete(ready -> begin(), this::fail);
    }

    /** Tells the client what it missed because retention took it. */
    private void appendGap(PositionGap gap) {
        json.clear()
                .beginObject()
                .field("partition", gap.partition())
                .field("expected", gap.expected())
                .field("resumedAt", gap.resumedAt())
                .endObject();
        chunk.appendString("event: gap\n");
        appendData(json.toBytes());
    }

    /** Streams this member's share of the topic. */
    void startInGroup(String group, String reset) {
        Consumer reader = newConsumer(group, reset.equals("latest") ? Reset.LATEST : Reset.EARLIEST);
        reader.assignmentHandler(this::onAssignment);
        reader.subscribe(Set.of(topic.name())).onComplete(joined -> begin(), this::fail);
        commitTimer = vertx.setPeriodic(COMMIT_MILLIS, tick -> commit());
    }

    private Consumer newConsumer(@Nullable String group, Reset reset) {
        HttpLimits limits = door.config().limits();
        ConsumerConfig base = group == null ? ConsumerConfig.alone() : ConsumerConfig.inGroup(group);
        Consumer reader = door.client()
                .consumer(new ConsumerConfig(
                        group,
                        null,
                        "http-events",
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
        if (response.headWritten()) {
            fail(failure);
        }
    }

    private void begin() {
        if (closed) {
            return;
        }
        if (!response.headWritten()) {
            response.putHeader(HttpHeaders.CONTENT_TYPE, EVENT_STREAM);
            response.setChunked(true);
        }
        HttpLimits limits = door.config().limits();
        heartbeatTimer = vertx.setPeriodic(limits.heartbeatMillis(), tick -> onHeartbeat());
        // An id without data: a client that is cut before its first event comes back to where it began.
        String hello = "retry: " + RETRY_MILLIS + "\n" + (commitTimer >= 0 ? ":\n\n" : idLine() + "\n");
        response.write(Buffer.buffer(hello));
        flush();
        if (!gate.isShut()) {
            release();
        }
    }

    private void onRecord(ReceivedRecord record) {
        if (closed) {
            return;
        }
        boolean alone = commitTimer < 0;
        if (alone && record.offset() < positions.getOrDefault(record.partition(), 0L)) {
            return;
        }
        positions.put(record.partition(), record.offset() + 1);
        if (!alone) {
            handedOver.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        }
        if (filter != null && !filter.accepts(record)) {
            idStale = alone;
            return;
        }
        if (alone) {
            chunk.appendString(idLine());
            idStale = false;
        }
        RecordJsonWriter.write(json.clear(), record, false);
        appendData(json.toBytes());
        door.metrics().recordsRead.increment();
        if (chunk.length() >= CHUNK_BYTES) {
            flush();
        } else if (!flushScheduled) {
            flushScheduled = true;
            context.runOnContext(turnOver -> {
                flushScheduled = false;
                flush();
            });
        }
    }

    private String idLine() {
        return "id: " + PositionCursor.encode(topic, positions) + "\n";
    }

    /** A line end, which only stands between the tokens of a JSON value, begins another data line. */
    private void appendData(byte[] text) {
        chunk.appendString("data: ");
        int start = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '\n' || text[i] == '\r') {
                chunk.appendBytes(text, start, i - start).appendString("\ndata: ");
                start = i + 1;
            }
        }
        chunk.appendBytes(text, start, text.length - start).appendString("\n\n");
    }

    private void flush() {
        if (closed || chunk.length() == 0) {
            return;
        }
        Buffer full = chunk;
        chunk = Buffer.buffer();
        wroteSinceHeartbeat = true;
        response.write(full);
        gate.afterWrite(response);
    }

    private void hold() {
        if (consumer != null) {
            consumer.pause();
        }
    }

    private void release() {
        if (consumer != null) {
            consumer.resume();
        }
    }

    /** Nothing that is written would arrive, so nothing is. */
    private void cut() {
        request.connection().close();
        close();
    }

    private void onHeartbeat() {
        TopicView now = door.broker().cluster().topic(topic.name());
        boolean sameTopic = now != null
                && now.id().equals(topic.id())
                && now.partitions().size() == topic.partitions().size();
        if (!sameTopic) {
            // The client comes back at once and gets the partitions that were added, or a 404.
            end();
            return;
        }
        if (!gate.isShut() && !wroteSinceHeartbeat) {
            // After much that was left out, the client need not begin from so far behind.
            response.write(idStale ? Buffer.buffer(idLine() + "\n") : SIGN_OF_LIFE);
            idStale = false;
        }
        wroteSinceHeartbeat = false;
    }

    private void onAssignment(AssignmentChange change) {
        for (TopicPartition lost : change.lost()) {
            handedOver.remove(lost);
            commitNext.remove(lost);
        }
    }

    /** Commits what was handed over before the last tick, if the connection has taken everything since. */
    private void commit() {
        Consumer reader = consumer;
        if (closed || gate.isShut() || reader == null) {
            return;
        }
        if (!commitNext.isEmpty()) {
            reader.commit(commitNext)
                    .onFailure(failure -> LOGGER.atDebug()
                            .addKeyValue("topic", topic.name())
                            .addKeyValue("error", failure.getMessage())
                            .log("commit of an event stream failed"));
        }
        commitNext = new HashMap<>(handedOver);
        handedOver.clear();
    }

    /** Answers with the problem if nothing was sent yet, else ends the stream so that the client comes back. */
    void fail(Throwable failure) {
        if (closed) {
            return;
        }
        if (response.headWritten()) {
            end();
        } else {
            close();
            door.answers().problem(request, failure);
        }
    }

    /** Sends what is ready and ends the response. */
    void end() {
        if (!closed) {
            flush();
            close();
            response.end();
        }
    }

    /** Gives everything back; the response is left as it is. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        gate.close();
        vertx.cancelTimer(heartbeatTimer);
        vertx.cancelTimer(commitTimer);
        if (consumer != null) {
            consumer.close()
                    .onFailure(failure -> LOGGER.atDebug()
                            .addKeyValue("topic", topic.name())
                            .addKeyValue("error", failure.getMessage())
                            .log("consumer of an event stream did not close"));
        }
        onClose.accept(this);
    }
}
