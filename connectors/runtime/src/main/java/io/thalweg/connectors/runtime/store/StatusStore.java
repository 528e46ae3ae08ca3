package io.thalweg.connectors.runtime.store;

import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.ThalwegClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * States of connectors and tasks, and the topics that each uses, in {@code __connect_status} with Kafka Connect's keys:
 * {@code status-connector-<name>}, {@code status-task-<name>-<index>}, {@code status-topic-<topic>:connector-<name>}. Written
 * for whoever watches from outside; what the tasks of this node do is known by the herder.
 */
public final class StatusStore implements UsedTopics {

    public static final String TOPIC = "__connect_status";

    private static final Logger LOGGER = LoggerFactory.getLogger(StatusStore.class);
    private static final String CONNECTOR = "status-connector-";
    private static final String TASK = "status-task-";
    private static final String TOPIC_STATUS = "status-topic-";
    private static final String TOPIC_SEPARATOR = ":connector-";

    private final CompactedTopic topic;
    private final Supplier<String> workerId;

    private final Map<String, Set<String>> topics = new ConcurrentHashMap<>();

    private volatile boolean closed;

    private final @Nullable SeatClaim seat;

    public StatusStore(Vertx vertx, ThalwegClient client, Supplier<String> workerId) {
        this(vertx, client, workerId, null);
    }

    /** @param seat null where nobody else writes */
    public StatusStore(Vertx vertx, ThalwegClient client, Supplier<String> workerId, @Nullable SeatClaim seat) {
        this.topic = new CompactedTopic(vertx, client, TOPIC);
        this.workerId = workerId;
        this.seat = seat;
    }

    /** To be called on an event loop, once. */
    public Future<Void> load() {
        SeatClaim claim = seat;
        return claim == null
                ? topic.load(this::read)
                : topic.claim(claim, this::read).mapEmpty();
    }

    private void read(ReceivedRecord record) {
        byte[] keyBytes = record.key();
        if (keyBytes == null) {
            return;
        }
        String key = new String(keyBytes, StandardCharsets.UTF_8);
        byte[] value = record.value();
        if (key.startsWith(TOPIC_STATUS)) {
            int separator = key.lastIndexOf(TOPIC_SEPARATOR);
            if (separator > 0) {
                String name = key.substring(separator + TOPIC_SEPARATOR.length());
                String used = key.substring(TOPIC_STATUS.length(), separator);
                if (value == null) {
                    topicsOf(name).remove(used);
                } else {
                    topicsOf(name).add(used);
                }
            }
        }
    }

    public void putConnector(String name, String state, @Nullable String trace, long generation) {
        write(CONNECTOR + name, status(state, trace, generation, workerId.get()));
    }

    /** @param worker the node that runs it */
    public void putTask(String name, int task, String state, @Nullable String trace, long generation, String worker) {
        write(TASK + name + "-" + task, status(state, trace, generation, worker));
    }

    /** What states name this node by. */
    public String workerId() {
        return workerId.get();
    }

    public void removeTask(String name, int task) {
        write(TASK + name + "-" + task, null);
    }

    public void removeConnector(String name) {
        write(CONNECTOR + name, null);
        resetTopics(name);
    }

    private static JsonObject status(String state, @Nullable String trace, long generation, String worker) {
        JsonObject status = new JsonObject().put("state", state);
        if (trace != null) {
            status.put("trace", trace);
        }
        return status.put("worker_id", worker).put("generation", generation);
    }

    /** Topics that a connector has written to or read from since it was created or reset. */
    public Set<String> topics(String connector) {
        return new TreeSet<>(topicsOf(connector));
    }

    @Override
    public void used(String connector, String used, int task) {
        if (topicsOf(connector).add(used)) {
            JsonObject seen = new JsonObject()
                    .put("name", used)
                    .put("connector", connector)
                    .put("task", task)
                    .put("discoverTimestamp", System.currentTimeMillis());
            write(TOPIC_STATUS + used + TOPIC_SEPARATOR + connector, new JsonObject().put("topic", seen));
        }
    }

    public void resetTopics(String connector) {
        for (String used : topics(connector)) {
            topicsOf(connector).remove(used);
            write(TOPIC_STATUS + used + TOPIC_SEPARATOR + connector, null);
        }
    }

    private Set<String> topicsOf(String connector) {
        return topics.computeIfAbsent(connector, name -> new ConcurrentSkipListSet<>());
    }

    private void write(String key, @Nullable JsonObject value) {
        if (closed) {
            return; // whoever leads next writes what is so then
        }
        topic.put(key, value == null ? null : value.encode(), List.of())
                .onFailure(failure -> LOGGER.atWarn()
                        .addKeyValue("topic", TOPIC)
                        .addKeyValue("error", failure.toString())
                        .log("a state was not stored: key={}", key));
    }

    public Future<Void> close() {
        closed = true;
        return topic.close();
    }
}
