package io.thalweg.gateway.eventbus;

import java.util.concurrent.atomic.LongAdder;

/** Counts of the event-bus door since its start; written by its event loops, read from any thread. */
public final class EventBusGatewayMetrics {

    final LongAdder connectionsOpen = new LongAdder();
    final LongAdder connectionsRefused = new LongAdder();
    final LongAdder connectionsCut = new LongAdder();
    final LongAdder messagesIn = new LongAdder();
    final LongAdder messagesDenied = new LongAdder();
    final LongAdder requestsFailed = new LongAdder();
    final LongAdder recordsPublished = new LongAdder();
    final LongAdder recordsDelivered = new LongAdder();
    final LongAdder subscriptionsOpen = new LongAdder();

    /** TCP connections and SockJS sessions. */
    public long connectionsOpen() {
        return connectionsOpen.sum();
    }

    /** Closed at once because a limit was reached. */
    public long connectionsRefused() {
        return connectionsRefused.sum();
    }

    /** Closed because the client was silent, slow, or did not speak the protocol. */
    public long connectionsCut() {
        return connectionsCut.sum();
    }

    public long messagesIn() {
        return messagesIn.sum();
    }

    /** Messages to addresses that are not permitted. */
    public long messagesDenied() {
        return messagesDenied.sum();
    }

    public long requestsFailed() {
        return requestsFailed.sum();
    }

    /** Records acknowledged to clients of this door. */
    public long recordsPublished() {
        return recordsPublished.sum();
    }

    /** Records sent to clients of this door. */
    public long recordsDelivered() {
        return recordsDelivered.sum();
    }

    public long subscriptionsOpen() {
        return subscriptionsOpen.sum();
    }
}
