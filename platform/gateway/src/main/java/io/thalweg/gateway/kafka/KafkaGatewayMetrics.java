package io.thalweg.gateway.kafka;

import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.protocol.ApiKeys;

/** Counts what passes the Kafka door. Counters only grow, except those named "current"; read from any thread. */
public final class KafkaGatewayMetrics {

    private final Api[] apis;

    /** Connections accepted so far. */
    public final LongAdder connectionsAccepted = new LongAdder();

    /** Connections refused because of a limit. */
    public final LongAdder connectionsRefused = new LongAdder();

    /** Connections closed because of what they sent, or did not send or read in time. */
    public final LongAdder connectionsCut = new LongAdder();

    /** Connections open now (current). */
    public final LongAdder connectionsOpen = new LongAdder();

    KafkaGatewayMetrics() {
        int highest = 0;
        for (ApiKeys key : ApiKeys.values()) {
            highest = Math.max(highest, key.id);
        }
        apis = new Api[highest + 1];
        for (ApiKeys key : ApiKeys.values()) {
            apis[key.id] = new Api();
        }
    }

    public Api api(ApiKeys key) {
        return apis[key.id];
    }

    /** What one API has done. */
    public static final class Api {
        public final LongAdder requests = new LongAdder();

        /** Requests whose whole answer was an error, or that closed their connection. */
        public final LongAdder errors = new LongAdder();

        public final LongAdder requestBytes = new LongAdder();
        public final LongAdder responseBytes = new LongAdder();

        /** From the frame being whole until its response was given to the socket. */
        public final LongAdder nanos = new LongAdder();

        private Api() {}
    }
}
