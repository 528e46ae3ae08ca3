package io.thalweg.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.client.RecordMetadata;
import io.thalweg.gateway.json.JsonMembers;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.gateway.json.RecordJsonParser;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket: JSON text frames with {@code op} and the client's {@code id}, which every answer repeats. Publishes are
 * answered when they are durable, in the order in which they became so; while too many bytes of them are under way, the
 * socket is not read. Records of a subscription are sent as far as its credits go, and wait while the client does not
 * take them. Confined to the connection's event loop.
 */
final class StreamSocket {
    private static final int SUBSCRIPTIONS_MAX = 64;
    private static final int ID_CHARS_MAX = 256;
    private static final short TRY_AGAIN_LATER = 1013;
    private static final short GOING_AWAY = 1001;
    private static final short MESSAGE_NOT_JSON = 1007;

    private final Vertx vertx;
    private final DoorContext door;
    private final ServerWebSocket socket;
    private final Producer producer;
    private final PublishHandler publisher;
    private final Consumer<StreamSocket> onClose;
    private final Map<String, SocketSubscription> subscriptions = new HashMap<>();
    private final WriteGate gate;
    private final long heartbeatTimer;
    private long publishBytesInFlight;
    private boolean reading = true;
    private boolean closed;
    private long lastHeardMillis = System.currentTimeMillis();

    StreamSocket(
            Vertx vertx,
            DoorContext door,
            ServerWebSocket socket,
            Producer producer,
            PublishHandler publisher,
            Consumer<StreamSocket> onClose) {
        this.vertx = vertx;
        this.door = door;
        this.socket = socket;
        this.producer = producer;
        this.publisher = publisher;
        this.onClose = onClose;
        this.gate = new WriteGate(vertx, door, this::hold, this::release, this::cut);
        socket.textMessageHandler(this::onMessage);
        socket.binaryMessageHandler(binary -> end(MESSAGE_NOT_JSON, "text frames expected"));
        socket.pongHandler(pong -> lastHeardMillis = System.currentTimeMillis());
        socket.closeHandler(gone -> close());
        socket.exceptionHandler(failure -> close());
        heartbeatTimer = vertx.setPeriodic(door.config().limits().heartbeatMillis(), tick -> onHeartbeat());
    }

    private void onMessage(String text) {
        lastHeardMillis = System.currentTimeMillis();
        String id = null;
        try {
            JsonMembers message = JsonMembers.of(text.getBytes(UTF_8));
            id = message.string("id");
            if (id != null && id.length() > ID_CHARS_MAX) {
                throw HttpProblem.invalid("id has more than " + ID_CHARS_MAX + " characters");
            }
            dispatch(message, id, text.length());
        } catch (RuntimeException failure) {
            problem(id, failure);
        }
    }

    private void dispatch(JsonMembers message, @Nullable String id, int bytes) {
        String op = message.requiredString("op");
        switch (op) {
            case "publish" -> publish(message.allowOnly("op", "id", "topic", "records"), id, bytes);
            case "subscribe" ->
                subscribe(
                        message.allowOnly("op", "id", "topics", "from", "positions", "group", "credits"), required(id));
            case "credit" -> {
                message.allowOnly("op", "id", "credits");
                subscription(required(id)).grant(message.integer("credits", 0, 1, Integer.MAX_VALUE));
            }
            case "commit" -> commit(message.allowOnly("op", "id", "offsets"), required(id));
            case "unsubscribe" -> {
                message.allowOnly("op", "id");
                subscription(required(id)).close();
                confirm("unsubscribed", id);
            }
            default ->
                throw HttpProblem.invalid("op=" + HttpProblem.shown(op)
                        + " is not known; allowed: publish, subscribe, credit, commit, unsubscribe");
        }
    }

    private static String required(@Nullable String id) {
        if (id == null || id.isEmpty()) {
            throw HttpProblem.invalid("member id is missing");
        }
        return id;
    }

    private SocketSubscription subscription(String id) {
        SocketSubscription subscription = subscriptions.get(id);
        if (subscription == null) {
            throw HttpProblem.invalid("there is no subscription with id=" + HttpProblem.shown(id));
        }
        return subscription;
    }

    private void publish(JsonMembers message, @Nullable String id, int bytes) {
        String name = message.requiredString("topic");
        byte[] array = message.raw("records");
        if (array == null) {
            throw HttpProblem.invalid("member records is missing");
        }
        TopicView known = door.broker().cluster().topic(name);
        List<OutgoingRecord> records = new RecordJsonParser(name).array(array);
        if (records.isEmpty()) {
            throw HttpProblem.invalid("records is empty");
        }
        inFlight(bytes);
        Future<TopicView> topic =
                known != null && !known.internal() ? Future.succeededFuture(known) : publisher.findOrCreate(name);
        topic.compose(found -> producer.send(records)).onComplete((outcomes, failure) -> {
            inFlight(-bytes);
            if (outcomes == null) {
                problem(id, failure);
            } else {
                published(id, outcomes);
            }
        });
    }

    private void published(@Nullable String id, List<SendOutcome> outcomes) {
        JsonWriter json = new JsonWriter();
        int failed = 0;
        json.beginObject()
                .field("op", "published")
                .field("id", id)
                .name("offsets")
                .beginArray();
        for (SendOutcome outcome : outcomes) {
            RecordMetadata stored = outcome.metadata();
            if (stored == null) {
                failed++;
                PublishOutcomes.problem(json, HttpProblem.of(PublishOutcomes.failureOf(outcome)));
            } else {
                door.metrics().recordsPublished.increment();
                PublishOutcomes.offset(json, stored);
            }
        }
        send(json.endArray().field("failed", failed).endObject());
    }

    /** While too much is not yet acknowledged, the client is held back by its own connection. */
    private void inFlight(int bytes) {
        publishBytesInFlight += bytes;
        readAsItMay();
    }

    private void readAsItMay() {
        int most = door.config().limits().publishBytesInFlightMax();
        boolean may = !gate.isShut() && publishBytesInFlight <= (reading ? most : most / 2);
        if (may != reading && !closed) {
            reading = may;
            if (may) {
                socket.resume();
            } else {
                socket.pause();
            }
        }
    }

    private void subscribe(JsonMembers message, String id) {
        if (subscriptions.containsKey(id)) {
            throw HttpProblem.invalid("a subscription with this id is open");
        }
        if (subscriptions.size() >= SUBSCRIPTIONS_MAX || !door.streamOpened()) {
            throw HttpProblem.pushedBack("too many subscriptions are open");
        }
        SocketSubscription subscription;
        try {
            subscription = new SocketSubscription(vertx, door, this, id, SubscribeRequest.of(door, message));
        } catch (RuntimeException invalid) {
            door.streamClosed();
            throw invalid;
        }
        subscriptions.put(id, subscription);
        subscription.start();
    }

    /** {@code "offsets":[{"topic","partition","offset"}]}: the next offsets to read, as Kafka counts. */
    private void commit(JsonMembers message, String id) {
        SocketSubscription subscription = subscription(id);
        List<JsonMembers> offsets = message.objects("offsets");
        if (offsets == null || offsets.isEmpty()) {
            throw HttpProblem.invalid("offsets is missing or empty");
        }
        subscription
                .commit(SubscribeRequest.positions(offsets))
                .onComplete(done -> confirm("committed", id), failure -> problem(id, failure));
    }

    void confirm(String op, @Nullable String id) {
        send(new JsonWriter().beginObject().field("op", op).field("id", id).endObject());
    }

    void problem(@Nullable String id, Throwable failure) {
        JsonWriter json = new JsonWriter();
        json.beginObject().field("op", "error").field("id", id).name("problem");
        HttpProblem.of(failure).write(json);
        send(json.endObject());
    }

    /** Writes a message; when the client does not take what was written, everything waits, and is cut if it lasts. */
    void send(JsonWriter message) {
        // The socket closes a moment before its handler says so, and refuses to be written to.
        if (closed || socket.isClosed()) {
            return;
        }
        socket.writeTextMessage(message.toString());
        gate.afterWrite(socket);
    }

    /** Whether the client does not take what was sent. */
    boolean full() {
        return gate.isShut();
    }

    private void hold() {
        subscriptions.values().forEach(SocketSubscription::hold);
        readAsItMay();
    }

    private void release() {
        List.copyOf(subscriptions.values()).forEach(SocketSubscription::release);
        readAsItMay();
    }

    private void cut() {
        close();
        // A close frame would queue behind what the client does not read.
        socket.shutdown(0, TimeUnit.SECONDS, TRY_AGAIN_LATER);
    }

    private void onHeartbeat() {
        if (System.currentTimeMillis() - lastHeardMillis
                > door.config().limits().idleMillis()) {
            end(GOING_AWAY, "no pong");
            return;
        }
        if (!gate.isShut()) {
            socket.writePing(Buffer.buffer());
        }
        List.copyOf(subscriptions.values()).forEach(SocketSubscription::onHeartbeat);
    }

    void forget(String id) {
        if (subscriptions.remove(id) != null) {
            door.streamClosed();
        }
    }

    /** Says good-bye; the client can subscribe again elsewhere from what it saw. */
    void end(short code, String reason) {
        if (!closed) {
            close();
            socket.close(code, reason);
        }
    }

    void goAway() {
        end(GOING_AWAY, "the node is stopping");
    }

    private void close() {
        if (!closed) {
            closed = true;
            vertx.cancelTimer(heartbeatTimer);
            gate.close();
            List.copyOf(subscriptions.values()).forEach(SocketSubscription::close);
            onClose.accept(this);
        }
    }
}
