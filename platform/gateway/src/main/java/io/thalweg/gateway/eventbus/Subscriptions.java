package io.thalweg.gateway.eventbus;

import io.thalweg.gateway.json.JsonMembers;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one client: {@code subscribe.<topic>} begins one, {@code credit.<id>}, {@code commit.<id>} and
 * {@code unsubscribe.<id>} belong to whoever began it and are unknown to anybody else. Confined to one context.
 */
final class Subscriptions {

    private final Subscribing subscribing;
    private final SubscriptionOutlet outlet;
    private final Map<String, Subscription> byId = new HashMap<>();
    private int starting;
    private boolean closed;

    Subscriptions(Subscribing subscribing, SubscriptionOutlet outlet) {
        this.subscribing = subscribing;
        this.outlet = outlet;
    }

    /** A subscription that was begun elsewhere, with its own addresses only. */
    static Subscriptions ofOne(Subscribing subscribing, SubscriptionOutlet outlet, Subscription subscription) {
        Subscriptions one = new Subscriptions(subscribing, outlet);
        one.byId.put(subscription.id(), subscription);
        return one;
    }

    Future<JsonWriter> required(String address, byte[] body) {
        Future<JsonWriter> answer = request(address, body);
        if (answer == null) {
            throw BridgeMessages.denied(address);
        }
        return answer;
    }

    /** Null if the address is not one of a subscription. */
    @Nullable
    Future<JsonWriter> request(String address, byte[] body) {
        int dot = address.indexOf('.');
        if (dot < 0) {
            return null;
        }
        String rest = address.substring(dot + 1);
        return switch (address.substring(0, dot)) {
            case "subscribe" -> subscribe(rest, body);
            case "credit" -> credit(owned(address, rest), body);
            case "commit" -> commit(owned(address, rest), body);
            case "unsubscribe" -> unsubscribe(owned(address, rest));
            default -> null;
        };
    }

    /** Whether the address is that of one of these subscriptions. */
    boolean register(String address, boolean register) {
        Subscription subscription = address.startsWith(Subscription.ADDRESS_PREFIX)
                ? byId.get(address.substring(Subscription.ADDRESS_PREFIX.length()))
                : null;
        if (subscription == null) {
            return false;
        }
        subscription.listening(register);
        return true;
    }

    void resumeAll() {
        byId.values().forEach(Subscription::pump);
    }

    Future<Void> closeAll() {
        closed = true;
        List<Future<Void>> ends = new ArrayList<>();
        byId.values().forEach(subscription -> ends.add(subscription.close()));
        byId.clear();
        return Future.join(ends).mapEmpty();
    }

    private Subscription owned(String address, String id) {
        Subscription subscription = byId.get(id);
        if (subscription == null) {
            throw BridgeMessages.denied(address);
        }
        return subscription;
    }

    private Future<JsonWriter> subscribe(String topic, byte[] body) {
        int max = subscribing.door().config().subscriptionsMax();
        if (byId.size() + starting >= max) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.THROTTLING_QUOTA_EXCEEDED,
                    "subscription refused: subscriptions=" + byId.size() + " subscriptionsMax=" + max));
        }
        starting++;
        return subscribing
                .begin(topic, body, null, outlet)
                .onComplete(done -> starting--)
                .compose(subscription -> {
                    if (closed) {
                        return subscription
                                .close()
                                .transform(end -> Future.failedFuture(
                                        new ThalwegException(ErrorCode.NETWORK_EXCEPTION, "the client is gone")));
                    }
                    byId.put(subscription.id(), subscription);
                    subscription.begin();
                    return Future.succeededFuture(new JsonWriter()
                            .beginObject()
                            .field("id", subscription.id())
                            .field("address", subscription.address())
                            .endObject());
                });
    }

    private static Future<JsonWriter> credit(Subscription subscription, byte[] body) {
        int credits = subscription.grant(granted(body));
        return Future.succeededFuture(
                new JsonWriter(32).beginObject().field("credits", credits).endObject());
    }

    /** {@code {"credits": n}}, or the number alone. */
    private static int granted(byte[] body) {
        if (body[0] == '{') {
            return JsonMembers.of(body).allowOnly("credits").integer("credits", 0, 0, Integer.MAX_VALUE);
        }
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            int number = Integer.parseInt(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // the same answer as for a negative one
        }
        throw new ThalwegException(
                ErrorCode.INVALID_REQUEST,
                "credits=" + BridgeMessages.shown(text) + " found; a number of 0 or more expected");
    }

    private static Future<JsonWriter> commit(Subscription subscription, byte[] body) {
        List<JsonMembers> offsets = JsonMembers.of(body).allowOnly("offsets").objects("offsets");
        Future<Void> committed;
        if (offsets == null) {
            committed = subscription.commit();
        } else {
            Map<TopicPartition, Long> next = new HashMap<>();
            for (JsonMembers offset : offsets) {
                offset.allowOnly("partition", "offset");
                long found = offset.integer("offset", -1L);
                int partition = offset.integer("partition", -1, 0, Integer.MAX_VALUE);
                if (found < 0 || partition < 0) {
                    throw new ThalwegException(
                            ErrorCode.INVALID_REQUEST,
                            "each of offsets needs partition and offset, the next to be read");
                }
                next.put(new TopicPartition(subscription.topic(), partition), found);
            }
            committed = subscription.commit(next);
        }
        return committed.map(done -> empty());
    }

    private Future<JsonWriter> unsubscribe(Subscription subscription) {
        byId.remove(subscription.id());
        return subscription.close().map(done -> empty());
    }

    static JsonWriter empty() {
        return new JsonWriter(8).beginObject().endObject();
    }
}
