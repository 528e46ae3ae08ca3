package io.thalweg.gateway.eventbus;

import io.thalweg.client.Producer;
import io.thalweg.gateway.json.JsonWriter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * The addresses that need no session, for all that reaches the door on one event loop. What is not listed here (and is no
 * subscription's) does not exist, so that no address of the node's own is ever reachable. Confined to its event loop.
 */
final class Addresses {

    static final String PRODUCE = "produce.";
    static final String FETCH = "fetch.";
    static final String SUBSCRIBE = "subscribe.";
    static final String ADMIN_TOPICS = "admin.topics.";
    static final String ADMIN_GROUPS = "admin.groups.";

    private final Producer producer;
    private final TopicAddresses topics;
    private final AdminAddresses admin;
    private final Subscribing subscribing;

    Addresses(Vertx vertx, DoorContext door, Producer producer) {
        this.producer = producer;
        this.topics = new TopicAddresses(vertx, door, producer);
        this.admin = new AdminAddresses(vertx, door);
        this.subscribing = new Subscribing(vertx, door);
    }

    Subscribing subscribing() {
        return subscribing;
    }

    /**
     * Serves a request. Fails with the code of what went wrong; CLUSTER_AUTHORIZATION_FAILED for an address that is not
     * permitted.
     *
     * @param body one JSON value
     * @throws io.thalweg.log.error.ThalwegException for a request that can be refused at once
     */
    Future<JsonWriter> request(String address, byte[] body) {
        if (address.startsWith(PRODUCE)) {
            return topics.produce(address.substring(PRODUCE.length()), body);
        }
        if (address.startsWith(FETCH)) {
            return topics.fetch(address.substring(FETCH.length()), body);
        }
        if (address.startsWith(ADMIN_TOPICS)) {
            return admin.topics(address, address.substring(ADMIN_TOPICS.length()), body);
        }
        if (address.startsWith(ADMIN_GROUPS)) {
            return admin.groups(address, address.substring(ADMIN_GROUPS.length()), body);
        }
        throw BridgeMessages.denied(address);
    }

    /** About how much the answer may hold in memory while it is made. */
    long answerBytesMax(String address, byte[] body) {
        return address.startsWith(FETCH) ? TopicAddresses.FETCH_BYTES_MAX : body.length;
    }

    Future<Void> close() {
        return producer.close();
    }
}
