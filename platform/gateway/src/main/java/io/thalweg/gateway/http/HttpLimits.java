package io.thalweg.gateway.http;

/**
 * What a client of the HTTP door may use.
 *
 * @param bodyBytesMax of a JSON or raw body after decompression, and of a line of NDJSON; 413 beyond it
 * @param headerBytesMax of all headers of a request; 431 beyond it
 * @param urlBytesMax of the request line; 414 beyond it
 * @param connectionsMax open at a time on this node; the oldest that never sent a request gives way, else the new one
 * @param connectionsPerAddressMax of those, from one client address
 * @param firstRequestMillis a connection that sent no whole request by then is closed
 * @param bodyMillis a body that is not there by then is refused; for NDJSON: each line
 * @param idleMillis a connection without traffic is closed; must be more than the longest read's wait
 * @param heartbeatMillis between signs of life on an event stream or a WebSocket
 * @param slowReaderMillis a stream whose client took nothing for so long is cut
 * @param streamBufferBytesMax read ahead for one event stream or subscription
 * @param streamsMax event streams and WebSocket subscriptions open at a time on this node; 503 beyond it
 * @param publishBytesInFlightMax of one connection's unacknowledged publishes before it is held back
 * @param readRecordsMax upper bound for {@code limit} of a read
 * @param readBytesMax upper bound for {@code maxBytes} of a read
 * @param readWaitMillisMax upper bound for {@code wait} of a read
 * @param idempotencyKeysMax answers kept for Idempotency-Key; beyond it the oldest goes
 * @param idempotencyTtlMillis how long an answer is kept
 */
public record HttpLimits(
        int bodyBytesMax,
        int headerBytesMax,
        int urlBytesMax,
        int connectionsMax,
        int connectionsPerAddressMax,
        int firstRequestMillis,
        int bodyMillis,
        int idleMillis,
        int heartbeatMillis,
        int slowReaderMillis,
        int streamBufferBytesMax,
        int streamsMax,
        int publishBytesInFlightMax,
        int readRecordsMax,
        int readBytesMax,
        int readWaitMillisMax,
        int idempotencyKeysMax,
        int idempotencyTtlMillis) {
    public static HttpLimits defaults() {
        return new HttpLimits(
                1_048_588, 16 << 10, 8 << 10, 10_000, 8_000, 10_000, 25_000, 30_000, 10_000, 25_000, 512 << 10, 1_000,
                4 << 20, 10_000, 8 << 20, 25_000, 50_000, 600_000);
    }

    public HttpLimits withConnectionLimits(int newMax, int newPerAddressMax) {
        return new HttpLimits(
                bodyBytesMax,
                headerBytesMax,
                urlBytesMax,
                newMax,
                newPerAddressMax,
                firstRequestMillis,
                bodyMillis,
                idleMillis,
                heartbeatMillis,
                slowReaderMillis,
                streamBufferBytesMax,
                streamsMax,
                publishBytesInFlightMax,
                readRecordsMax,
                readBytesMax,
                readWaitMillisMax,
                idempotencyKeysMax,
                idempotencyTtlMillis);
    }
}
