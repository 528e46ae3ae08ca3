package io.thalweg.gateway.http;

import java.util.concurrent.atomic.LongAdder;

/** Counts of the HTTP door since its start; written by its event loops, read from any thread. */
public final class HttpGatewayMetrics {
    final LongAdder connectionsOpen = new LongAdder();
    final LongAdder connectionsRefused = new LongAdder();
    final LongAdder requests = new LongAdder();
    final LongAdder clientErrors = new LongAdder();
    final LongAdder serverErrors = new LongAdder();
    final LongAdder recordsPublished = new LongAdder();
    final LongAdder recordsRead = new LongAdder();
    final LongAdder streamsOpen = new LongAdder();
    final LongAdder slowReadersCut = new LongAdder();

    public long connectionsOpen() {
        return connectionsOpen.sum();
    }

    /** Closed at once because the limit was reached. */
    public long connectionsRefused() {
        return connectionsRefused.sum();
    }

    public long requests() {
        return requests.sum();
    }

    /** Answers with a 4xx status. */
    public long clientErrors() {
        return clientErrors.sum();
    }

    /** Answers with a 5xx status. */
    public long serverErrors() {
        return serverErrors.sum();
    }

    /** Records acknowledged to HTTP and WebSocket clients. */
    public long recordsPublished() {
        return recordsPublished.sum();
    }

    /** Records sent to HTTP and WebSocket clients. */
    public long recordsRead() {
        return recordsRead.sum();
    }

    /** Event streams and WebSocket subscriptions now open. */
    public long streamsOpen() {
        return streamsOpen.sum();
    }

    /** Streams cut because their client did not read. */
    public long slowReadersCut() {
        return slowReadersCut.sum();
    }
}
