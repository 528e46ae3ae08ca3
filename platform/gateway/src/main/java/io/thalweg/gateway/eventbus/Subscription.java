package io.thalweg.gateway.eventbus;

import io.thalweg.client.Consumer;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.gateway.json.RecordJsonWriter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Records of one topic on their way to one client. One is sent for each credit, and none while the outlet is full.
 *
 * <p>Nothing is sent before the client listens, or a client that reads its handlers' registry by itself would lose the
 * first records: it listens once it registered {@link #address()} or granted a credit, or {@value #LISTENS_AFTER_MILLIS}
 * ms after the answer to its subscription.
 */
final class Subscription {

    static final String ADDRESS_PREFIX = "sub.";
    private static final int LISTENS_AFTER_MILLIS = 1_000;

    private final Vertx vertx;
    private final DoorContext door;
    private final String id;
    private final String address;
    private final String topic;
    private final Consumer consumer;
    private final SubscriptionOutlet outlet;
    private final JsonWriter json = new JsonWriter(512);
    private int credits;
    private boolean listening;
    private boolean closed;
    private long listenTimer = -1;

    /** @param address where the records go, most often {@code sub.<id>} */
    Subscription(
            Vertx vertx,
            DoorContext door,
            String id,
            String address,
            String topic,
            Consumer consumer,
            SubscriptionOutlet outlet,
            int credits) {
        this.vertx = vertx;
        this.door = door;
        this.id = id;
        this.address = address;
        this.topic = topic;
        this.consumer = consumer;
        this.outlet = outlet;
        this.credits = credits;
        door.metrics().subscriptionsOpen.increment();
    }

    String id() {
        return id;
    }

    String address() {
        return address;
    }

    String topic() {
        return topic;
    }

    Consumer consumer() {
        return consumer;
    }

    /** The client is about to be told; from now on it may listen. */
    void begin() {
        consumer.pause();
        consumer.exceptionHandler(failure -> outlet.fail(address, failure));
        consumer.handler(this::onRecord);
        listenTimer = vertx.setTimer(LISTENS_AFTER_MILLIS, timer -> listening(true));
    }

    /** Nothing is sent before the first credit, whatever time passes. */
    void waitForCredit() {
        vertx.cancelTimer(listenTimer);
    }

    void listening(boolean now) {
        vertx.cancelTimer(listenTimer);
        listening = now;
        pump();
    }

    /** @return credits that the client has now */
    int grant(int more) {
        credits = (int) Math.min(door.config().creditsMax(), (long) credits + more);
        listening(true);
        return credits;
    }

    Future<Void> commit() {
        return consumer.commit();
    }

    Future<Void> commit(Map<TopicPartition, Long> nextOffsets) {
        return consumer.commit(nextOffsets);
    }

    /** Asks for as many records as may be sent now. */
    void pump() {
        if (closed) {
            return;
        }
        consumer.pause();
        if (listening && credits > 0 && !outlet.full()) {
            consumer.fetch(credits);
        }
    }

    Future<Void> close() {
        if (closed) {
            return Future.succeededFuture();
        }
        closed = true;
        vertx.cancelTimer(listenTimer);
        door.metrics().subscriptionsOpen.decrement();
        return consumer.close();
    }

    private void onRecord(ReceivedRecord record) {
        if (closed) {
            return;
        }
        credits--;
        json.clear();
        RecordJsonWriter.write(json, record, false);
        outlet.deliver(address, json);
        if (outlet.full()) {
            consumer.pause();
        }
    }
}
