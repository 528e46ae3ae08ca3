package io.thalweg.connectors.runtime.store;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.runtime.plugin.ConnectorConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connectors in {@code __connect_configs}, with Kafka Connect's keys: {@code connector-<name>} holds
 * {@code {"properties": {...}}} (and in a header the file that it came from), {@code target-state-<name>} holds
 * {@code {"state", "state.v2"}}.
 */
public final class ConfigStore {

    public static final String TOPIC = "__connect_configs";

    private static final Logger LOGGER = LoggerFactory.getLogger(ConfigStore.class);
    private static final String CONNECTOR = "connector-";
    private static final String TARGET_STATE = "target-state-";
    private static final String ORIGIN = "thalweg.origin";

    private final CompactedTopic topic;
    private final @Nullable SeatClaim seat;

    public ConfigStore(Vertx vertx, ThalwegClient client) {
        this(vertx, client, null);
    }

    /** @param seat null where nobody else writes */
    public ConfigStore(Vertx vertx, ThalwegClient client, @Nullable SeatClaim seat) {
        topic = new CompactedTopic(vertx, client, TOPIC);
        this.seat = seat;
    }

    /** Creates the topic if it is absent. */
    public Future<Void> create() {
        return topic.ensure();
    }

    /** All connectors, by name. To be called on an event loop, once. */
    public Future<Map<String, StoredConnector>> load() {
        Map<String, StoredConnector> connectors = new TreeMap<>();
        Map<String, TargetState> targets = new TreeMap<>();
        SeatClaim claim = seat;
        CompactedTopic.Reader reader = record -> read(record, connectors, targets);
        Future<?> read = claim == null ? topic.load(reader) : topic.claim(claim, reader);
        return read.map(loaded -> {
            connectors.replaceAll(
                    (name, connector) -> connector.withTarget(targets.getOrDefault(name, TargetState.STARTED)));
            return connectors;
        });
    }

    private static void read(
            ReceivedRecord record, Map<String, StoredConnector> connectors, Map<String, TargetState> targets) {
        byte[] keyBytes = record.key();
        if (keyBytes == null) {
            return;
        }
        String key = new String(keyBytes, StandardCharsets.UTF_8);
        try {
            JsonObject value =
                    record.value() == null ? null : new JsonObject(new String(record.value(), StandardCharsets.UTF_8));
            if (key.startsWith(CONNECTOR)) {
                String name = key.substring(CONNECTOR.length());
                if (value == null) {
                    connectors.remove(name);
                } else {
                    connectors.put(
                            name,
                            new StoredConnector(
                                    name,
                                    ConnectorConfig.from(value.getJsonObject("properties", new JsonObject())),
                                    TargetState.STARTED,
                                    origin(record)));
                }
            } else if (key.startsWith(TARGET_STATE)) {
                String name = key.substring(TARGET_STATE.length());
                if (value == null) {
                    targets.remove(name);
                } else {
                    targets.put(name, TargetState.valueOf(value.getString("state.v2", value.getString("state"))));
                }
            }
        } catch (DecodeException | ClassCastException | IllegalArgumentException unreadable) {
            LOGGER.atError()
                    .addKeyValue("topic", TOPIC)
                    .addKeyValue("offset", record.offset())
                    .log("a stored configuration cannot be read and is left out: key={}", key);
        }
    }

    private static String origin(ReceivedRecord record) {
        for (RecordHeader header : record.headers()) {
            if (header.key().equals(ORIGIN) && header.value() != null) {
                return new String(header.value(), StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    public Future<Void> put(StoredConnector connector) {
        String value =
                new JsonObject().put("properties", connector.config().toJson()).encode();
        List<RecordHeader> headers = connector.origin().isEmpty()
                ? List.of()
                : List.of(new RecordHeader(ORIGIN, connector.origin().getBytes(StandardCharsets.UTF_8)));
        return topic.put(CONNECTOR + connector.name(), value, headers);
    }

    /** @param target null to forget it */
    public Future<Void> putTarget(String name, @Nullable TargetState target) {
        String value = null;
        if (target != null) {
            // Kafka Connect's older workers know no STOPPED.
            String older = target == TargetState.STOPPED ? TargetState.PAUSED.name() : target.name();
            value = new JsonObject()
                    .put("state", older)
                    .put("state.v2", target.name())
                    .encode();
        }
        return topic.put(TARGET_STATE + name, value, List.of());
    }

    public Future<Void> remove(String name) {
        return Future.all(topic.put(CONNECTOR + name, null, List.of()), putTarget(name, null))
                .mapEmpty();
    }

    public Future<Void> close() {
        return topic.close();
    }
}
