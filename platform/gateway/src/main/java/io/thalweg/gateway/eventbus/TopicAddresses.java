package io.thalweg.gateway.eventbus;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.RecordMetadata;
import io.thalweg.gateway.http.PositionCursor;
import io.thalweg.gateway.http.RecordFetcher;
import io.thalweg.gateway.http.RecordFetcher.FetchedPage;
import io.thalweg.gateway.http.StartPositions;
import io.thalweg.gateway.json.JsonMembers;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.gateway.json.RecordJsonParser;
import io.thalweg.gateway.json.RecordJsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** {@code produce.<topic>} and {@code fetch.<topic>}. Confined to its event loop. */
final class TopicAddresses {

    /** Of keys and values in one answer to a fetch. */
    static final int FETCH_BYTES_MAX = 512 << 10;

    private static final int FETCH_RECORDS_DEFAULT = 100;
    private static final int FETCH_RECORDS_MAX = 10_000;
    private static final int FETCH_WAIT_MILLIS_MAX = 30_000;

    private final DoorContext door;
    private final Producer producer;
    private final StartPositions starts;
    private final RecordFetcher fetcher;

    TopicAddresses(Vertx vertx, DoorContext door, Producer producer) {
        this.door = door;
        this.producer = producer;
        this.starts = new StartPositions(door.broker());
        this.fetcher = new RecordFetcher(vertx, door.broker());
    }

    static TopicView existing(DoorContext door, String name) {
        TopicView topic = door.broker().cluster().topic(name);
        if (topic == null) {
            throw new ThalwegException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic=" + BridgeMessages.shown(name) + " does not exist");
        }
        return topic;
    }

    /** One record: its place. {@code {"records": [...]}}: the place or the failure of each. */
    Future<JsonWriter> produce(String topic, byte[] body) {
        TopicView known = door.broker().cluster().topic(topic);
        if (known != null && known.internal()) {
            throw new ThalwegException(
                    ErrorCode.INVALID_TOPIC_EXCEPTION,
                    "topic=" + BridgeMessages.shown(topic) + " is internal; only the node writes to it");
        }
        RecordJsonParser parser = new RecordJsonParser(topic);
        if (JsonMembers.of(body).has("records")) {
            List<OutgoingRecord> records = parser.records(body);
            return producer.send(records).map(this::outcomes);
        }
        return producer.send(parser.record(body)).map(stored -> {
            door.metrics().recordsPublished.increment();
            return place(new JsonWriter(80), stored);
        });
    }

    private JsonWriter outcomes(List<SendOutcome> outcomes) {
        JsonWriter json = new JsonWriter(64 + 64 * outcomes.size());
        json.beginObject().name("offsets").beginArray();
        int stored = 0;
        for (SendOutcome outcome : outcomes) {
            RecordMetadata metadata = outcome.metadata();
            if (metadata == null) {
                failure(json, outcome.failure());
            } else {
                stored++;
                place(json, metadata);
            }
        }
        if (stored == 0 && !outcomes.isEmpty()) {
            throw notOne(outcomes.get(0).failure());
        }
        door.metrics().recordsPublished.add(stored);
        return json.endArray().endObject();
    }

    private static RuntimeException notOne(@Nullable Throwable failure) {
        return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
    }

    private static JsonWriter place(JsonWriter json, RecordMetadata stored) {
        return json.beginObject()
                .field("partition", stored.partition())
                .field("offset", stored.offset())
                .field("timestamp", stored.timestampMillis())
                .endObject();
    }

    private static void failure(JsonWriter json, @Nullable Throwable failure) {
        Throwable cause = failure == null ? new IllegalStateException("no outcome") : failure;
        ErrorCode error = ThalwegException.codeOf(cause);
        json.beginObject()
                .field("failureCode", error.code())
                .field("error", error.name())
                .field("retriable", error.retriable())
                .field("message", BridgeMessages.text(cause))
                .endObject();
    }

    /** {@code {"partition","from","limit","wait"}}; the answer is that of the HTTP route. */
    Future<JsonWriter> fetch(String name, byte[] body) {
        JsonMembers members = JsonMembers.of(body).allowOnly("partition", "from", "limit", "wait", "maxBytes");
        TopicView topic = existing(door, name);
        int count = topic.partitions().size();
        int partition = members.integer("partition", -1, 0, Integer.MAX_VALUE);
        if (partition >= count) {
            throw new ThalwegException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    "partition=" + partition + " does not exist; topic=" + topic.name() + " has " + count);
        }
        List<Integer> partitions = partition >= 0
                ? List.of(partition)
                : IntStream.range(0, count).boxed().toList();
        int limit = members.integer("limit", FETCH_RECORDS_DEFAULT, 1, FETCH_RECORDS_MAX);
        int waitMillis = members.integer("wait", 0, 0, FETCH_WAIT_MILLIS_MAX);
        int maxBytes = members.integer("maxBytes", FETCH_BYTES_MAX, 1, FETCH_BYTES_MAX);
        return starts.of(topic, partitions, from(members))
                .compose(positions -> fetcher.fetch(topic.name(), positions, limit, maxBytes, waitMillis))
                .map(page -> page(topic, page));
    }

    private static String from(JsonMembers members) {
        if (!members.has("from")) {
            return "earliest";
        }
        return members.isString("from") ? members.requiredString("from") : Long.toString(members.integer("from", -1L));
    }

    private JsonWriter page(TopicView topic, FetchedPage page) {
        JsonWriter json = new JsonWriter(256 + 256 * page.records().size());
        json.beginObject().name("records").beginArray();
        for (ReceivedRecord record : page.records()) {
            RecordJsonWriter.write(json, record, false);
        }
        door.metrics().recordsDelivered.add(page.records().size());
        return json.endArray()
                .field("next", PositionCursor.encode(topic, page.next()))
                .endObject();
    }
}
