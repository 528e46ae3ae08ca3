package io.thalweg.connectors.runtime.store;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.runtime.store.StoredPosition.ProducerState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Positions of sources in {@code __connect_offsets}: the key is {@code ["<connector>", {source partition}]} and the value the
 * source offset, as in Kafka Connect; a header holds the producer's state at that place. A value of {@code null} (the
 * JSON text) is a producer before the first offset; no value at all forgets the partition.
 */
public final class OffsetStore implements Positions {

    public static final String TOPIC = "__connect_offsets";

    private static final Logger LOGGER = LoggerFactory.getLogger(OffsetStore.class);
    private static final String PRODUCER = "thalweg.producer";
    private static final String HANDLED = "handled";
    private static final String NO_OFFSET = "null";

    private final CompactedTopic topic;

    /** By connector, then by source partition in canonical form. */
    private final Map<String, Map<String, Entry>> positions = new ConcurrentHashMap<>();

    private record Entry(JsonObject partition, StoredPosition position) {}

    private final @Nullable SeatClaim seat;

    /** Whose positions alone are kept here; null for all. */
    private final @Nullable String only;

    /** Who writes in place of this store; null for itself. */
    private final @Nullable Relay relay;

    /** Has another node write. */
    public interface Relay {
        /** Completes on the caller's context when it is stored. Writes keep their order. */
        Future<Void> put(JsonObject partition, @Nullable StoredPosition position);
    }

    public OffsetStore(Vertx vertx, ThalwegClient client) {
        this(vertx, client, null);
    }

    /** @param seat null where nobody else writes */
    public OffsetStore(Vertx vertx, ThalwegClient client, @Nullable SeatClaim seat) {
        this(new CompactedTopic(vertx, client, TOPIC), seat, null, null);
    }

    private OffsetStore(CompactedTopic topic, @Nullable SeatClaim seat, @Nullable String only, @Nullable Relay relay) {
        this.topic = topic;
        this.seat = seat;
        this.only = only;
        this.relay = relay;
    }

    /** Positions of one connector as they are when this is loaded, which another node writes. */
    public static OffsetStore relayed(Vertx vertx, ThalwegClient client, String connector, Relay relay) {
        return new OffsetStore(new CompactedTopic(vertx, client, TOPIC), null, connector, relay);
    }

    /**
     * To be called on an event loop, once. Completes with the number of the claim, which is greater than that of any claim
     * before; -1 without a claim.
     */
    public Future<Long> load() {
        SeatClaim claim = seat;
        return claim == null ? topic.load(this::read).map(-1L) : topic.claim(claim, this::read);
    }

    /** Completes when every write so far of a claim has an outcome. */
    public Future<Void> settled() {
        return topic.settled();
    }

    private void read(ReceivedRecord record) {
        byte[] key = record.key();
        if (key == null) {
            return;
        }
        try {
            JsonArray parts = new JsonArray(new String(key, StandardCharsets.UTF_8));
            String connector = parts.getString(0);
            if (only != null && !only.equals(connector)) {
                return;
            }
            JsonObject partition = parts.getJsonObject(1);
            byte[] value = record.value();
            if (value == null) {
                remember(connector, partition, null);
                return;
            }
            String text = new String(value, StandardCharsets.UTF_8);
            JsonObject offset = text.equals(NO_OFFSET) ? null : new JsonObject(text);
            remember(connector, partition, position(offset, record.headers()));
        } catch (RuntimeException unreadable) {
            LOGGER.atError()
                    .addKeyValue("topic", TOPIC)
                    .addKeyValue("offset", record.offset())
                    .log("a stored position cannot be read and is left out");
        }
    }

    private static StoredPosition position(@Nullable JsonObject offset, List<RecordHeader> headers) {
        for (RecordHeader header : headers) {
            byte[] value = header.value();
            if (header.key().equals(PRODUCER) && value != null) {
                JsonObject state = new JsonObject(new String(value, StandardCharsets.UTF_8));
                return new StoredPosition(offset, state.getInteger(HANDLED, 0), ProducerState.from(state));
            }
        }
        return StoredPosition.of(offset);
    }

    @Override
    public @Nullable StoredPosition position(String connector, JsonObject partition) {
        Entry entry = positions.getOrDefault(connector, Map.of()).get(canonical(partition));
        return entry == null ? null : entry.position();
    }

    /** Offsets by source partition; those that a source never told are left out. */
    public Map<JsonObject, JsonObject> offsets(String connector) {
        Map<JsonObject, JsonObject> offsets = new LinkedHashMap<>();
        new TreeMap<>(positions.getOrDefault(connector, Map.of())).values().forEach(entry -> {
            JsonObject offset = entry.position().offset();
            if (offset != null) {
                offsets.put(entry.partition().copy(), offset.copy());
            }
        });
        return offsets;
    }

    @Override
    public Future<Void> put(String connector, JsonObject partition, @Nullable StoredPosition position) {
        Relay other = relay;
        if (other != null) {
            return other.put(partition, position).onSuccess(done -> remember(connector, partition, position));
        }
        // In one form whatever the order of the members: the log tells keys apart by their bytes.
        String key = new JsonArray().add(connector).add(sorted(partition)).encode();
        Future<Void> written;
        if (position == null) {
            written = topic.put(key, null, List.of());
        } else {
            JsonObject offset = position.offset();
            ProducerState producer = position.producer();
            List<RecordHeader> headers = producer == null
                    ? List.of()
                    : List.of(new RecordHeader(
                            PRODUCER,
                            producer.toJson()
                                    .put(HANDLED, position.handled())
                                    .encode()
                                    .getBytes(StandardCharsets.UTF_8)));
            written = topic.put(key, offset == null ? NO_OFFSET : offset.encode(), headers);
        }
        return written.onSuccess(done -> remember(connector, partition, position));
    }

    /** Forgets every position of a connector. */
    public Future<Void> clear(String connector) {
        List<Future<Void>> removals = new ArrayList<>();
        for (Entry entry :
                List.copyOf(positions.getOrDefault(connector, Map.of()).values())) {
            removals.add(put(connector, entry.partition(), null));
        }
        return Future.all(removals).mapEmpty();
    }

    private void remember(String connector, JsonObject partition, @Nullable StoredPosition position) {
        Map<String, Entry> known = positions.computeIfAbsent(connector, name -> new ConcurrentHashMap<>());
        if (position == null) {
            known.remove(canonical(partition));
        } else {
            known.put(canonical(partition), new Entry(partition, position));
        }
    }

    /** The same text for equal objects, whatever the order of their members. */
    private static String canonical(JsonObject object) {
        return sorted(object).encode();
    }

    private static JsonObject sorted(JsonObject object) {
        JsonObject sorted = new JsonObject(new LinkedHashMap<>());
        object.fieldNames().stream().sorted().forEach(name -> sorted.put(name, sorted(object.getValue(name))));
        return sorted;
    }

    private static @Nullable Object sorted(@Nullable Object value) {
        if (value instanceof JsonArray array) {
            JsonArray elements = new JsonArray();
            for (int i = 0; i < array.size(); i++) {
                elements.add(sorted(array.getValue(i)));
            }
            return elements;
        }
        return value instanceof JsonObject object ? sorted(object) : value;
    }

    public Future<Void> close() {
        return topic.close();
    }
}
