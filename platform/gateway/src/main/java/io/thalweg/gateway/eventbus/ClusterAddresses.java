package io.thalweg.gateway.eventbus;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The door's addresses on the Vert.x event bus, for verticles of this node: each node of a cluster has its own, so that a
 * verticle's request is not lost with another node, and topics cost the cluster's registry nothing. The event bus knows no wildcards, so a topic's addresses
 * are consumers that come and go with the topic (looked at every {@value #REFRESH_MILLIS} ms); {@code produce},
 * {@code fetch} and {@code subscribe} with the topic in a header named {@code topic} serve topics that do not exist yet.
 *
 * <p>Bodies are JsonObjects (or Buffers and Strings of JSON); so are replies. A verticle may name the {@code address} that
 * its records are sent to in the body of {@code subscribe.<topic>}, one that it listens at already; without it they go to
 * {@code sub.<id>} once it granted the first credit. A subscription that hears nothing from its verticle for five minutes
 * ends. Confined to one event loop.
 */
final class ClusterAddresses {

    private static final int REFRESH_MILLIS = 200;
    private static final long SILENT_MILLIS_MAX = 300_000;
    private static final String TOPIC_HEADER = "topic";
    private static final List<String> PER_TOPIC = List.of(Addresses.PRODUCE, Addresses.FETCH, Addresses.SUBSCRIBE);

    private interface Request {
        Future<JsonWriter> answer(byte[] body);
    }

    private record Subscribed(Subscription subscription, List<MessageConsumer<Object>> consumers, long[] heardMillis) {}

    private final Vertx vertx;
    private final DoorContext door;
    private final Addresses addresses;
    private final Map<String, List<MessageConsumer<Object>>> byTopic = new HashMap<>();
    private final List<MessageConsumer<Object>> always = new ArrayList<>();
    private final Map<String, Subscribed> subscriptions = new HashMap<>();
    private long viewVersion = -1;
    private long refreshTimer = -1;

    ClusterAddresses(Vertx vertx, DoorContext door, Addresses addresses) {
        this.vertx = vertx;
        this.door = door;
        this.addresses = addresses;
    }

    void open() {
        for (String prefix : PER_TOPIC) {
            String generic = prefix.substring(0, prefix.length() - 1);
            always.add(vertx.eventBus()
                    .localConsumer(
                            generic,
                            message -> onMessage(message, body -> {
                                String topic = message.headers().get(TOPIC_HEADER);
                                if (topic == null) {
                                    throw new ThalwegException(
                                            ErrorCode.INVALID_REQUEST,
                                            "address=" + generic + " needs a header named " + TOPIC_HEADER);
                                }
                                return request(prefix + topic, message, body);
                            })));
        }
        for (String address : AdminAddresses.all()) {
            always.add(vertx.eventBus()
                    .localConsumer(address, message -> onMessage(message, body -> addresses.request(address, body))));
        }
        refresh();
        refreshTimer = vertx.setPeriodic(REFRESH_MILLIS, timer -> {
            refresh();
            endSilent();
        });
    }

    Future<Void> close() {
        vertx.cancelTimer(refreshTimer);
        List<Future<Void>> ends = new ArrayList<>();
        always.forEach(consumer -> ends.add(consumer.unregister()));
        byTopic.values().forEach(consumers -> consumers.forEach(consumer -> ends.add(consumer.unregister())));
        new ArrayList<>(subscriptions.keySet()).forEach(id -> ends.add(end(id)));
        return Future.join(ends).mapEmpty();
    }

    private void refresh() {
        ClusterView view = door.broker().cluster();
        if (view.version() == viewVersion) {
            return;
        }
        viewVersion = view.version();
        Set<String> gone = new HashSet<>(byTopic.keySet());
        for (TopicView topic : view.topics().values()) {
            gone.remove(topic.name());
            if (!topic.internal() && !byTopic.containsKey(topic.name())) {
                byTopic.put(topic.name(), consumers(topic.name()));
            }
        }
        for (String topic : gone) {
            List<MessageConsumer<Object>> consumers = byTopic.remove(topic);
            if (consumers != null) {
                consumers.forEach(MessageConsumer::unregister);
            }
        }
    }

    private List<MessageConsumer<Object>> consumers(String topic) {
        List<MessageConsumer<Object>> consumers = new ArrayList<>(PER_TOPIC.size());
        for (String prefix : PER_TOPIC) {
            String address = prefix + topic;
            consumers.add(vertx.eventBus()
                    .localConsumer(address, message -> onMessage(message, body -> request(address, message, body))));
        }
        return consumers;
    }

    private Future<JsonWriter> request(String address, Message<Object> message, byte[] body) {
        return address.startsWith(Addresses.SUBSCRIBE)
                ? subscribe(address.substring(Addresses.SUBSCRIBE.length()), message)
                : addresses.request(address, body);
    }

    private void onMessage(Message<Object> message, Request request) {
        door.metrics().messagesIn.increment();
        Future<JsonWriter> answer;
        try {
            answer = request.answer(json(message.body()));
        } catch (RuntimeException refused) {
            answer = Future.failedFuture(refused);
        }
        answer.onComplete(json -> message.reply(new JsonObject(json.toString())), failure -> {
            door.metrics().requestsFailed.increment();
            message.fail(ThalwegException.codeOf(failure).code(), BridgeMessages.text(failure));
        });
    }

    private static byte[] json(Object body) {
        if (body == null) {
            return new byte[] {'{', '}'};
        }
        if (body instanceof JsonObject object) {
            return object.toBuffer().getBytes();
        }
        if (body instanceof Buffer buffer) {
            return buffer.getBytes();
        }
        if (body instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        if (body instanceof Integer number) {
            return number.toString().getBytes(StandardCharsets.UTF_8);
        }
        throw new ThalwegException(
                ErrorCode.INVALID_REQUEST,
                "body=" + body.getClass().getSimpleName() + " found; JsonObject, Buffer or String expected");
    }

    private Future<JsonWriter> subscribe(String topic, Message<Object> message) {
        JsonObject body = new JsonObject(Buffer.buffer(json(message.body())));
        Object named = body.remove("address");
        if (named != null && !(named instanceof String)) {
            throw new ThalwegException(ErrorCode.INVALID_REQUEST, "member address must be a string");
        }
        if (subscriptions.size() >= door.config().connectionsMax()) {
            throw new ThalwegException(
                    ErrorCode.THROTTLING_QUOTA_EXCEEDED, "subscription refused: subscriptions=" + subscriptions.size());
        }
        return addresses
                .subscribing()
                .begin(topic, body.toBuffer().getBytes(), (String) named, new BusOutlet())
                .map(subscription -> {
                    String id = subscription.id();
                    Subscriptions one = Subscriptions.ofOne(addresses.subscribing(), new BusOutlet(), subscription);
                    long[] heard = {TcpConnection.nowMillis()};
                    List<MessageConsumer<Object>> consumers = new ArrayList<>();
                    for (String verb : List.of("credit.", "commit.", "unsubscribe.")) {
                        consumers.add(vertx.eventBus()
                                .localConsumer(
                                        verb + id,
                                        asked -> onMessage(asked, given -> {
                                            heard[0] = TcpConnection.nowMillis();
                                            return verb.equals("unsubscribe.")
                                                    ? end(id).map(done -> Subscriptions.empty())
                                                    : one.required(verb + id, given);
                                        })));
                    }
                    subscriptions.put(id, new Subscribed(subscription, consumers, heard));
                    subscription.begin();
                    if (named != null) {
                        subscription.listening(true);
                    } else {
                        subscription.waitForCredit();
                    }
                    return new JsonWriter()
                            .beginObject()
                            .field("id", id)
                            .field("address", subscription.address())
                            .endObject();
                });
    }

    private void endSilent() {
        long now = TcpConnection.nowMillis();
        for (Map.Entry<String, Subscribed> entry : List.copyOf(subscriptions.entrySet())) {
            if (now - entry.getValue().heardMillis[0] > SILENT_MILLIS_MAX) {
                end(entry.getKey());
            }
        }
    }

    private Future<Void> end(String id) {
        Subscribed subscribed = subscriptions.remove(id);
        if (subscribed == null) {
            return Future.succeededFuture();
        }
        subscribed.consumers.forEach(MessageConsumer::unregister);
        return subscribed.subscription.close();
    }

    /** Verticles hold back by their credits alone. */
    private final class BusOutlet implements SubscriptionOutlet {
        @Override
        public boolean full() {
            return false;
        }

        @Override
        public void deliver(String address, JsonWriter record) {
            door.metrics().recordsDelivered.increment();
            vertx.eventBus().send(address, new JsonObject(record.toString()));
        }

        @Override
        public void fail(String address, Throwable failure) {
            vertx.eventBus()
                    .send(
                            address,
                            new JsonObject(BridgeMessages.failure(address, address, failure)
                                    .toString()));
        }
    }
}
