package io.thalweg.gateway.kafka.handler;

import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * How a request ends: with a response, silently, or with the end of the connection.
 *
 * @param message the response, or null for none
 * @param afterSent closed once the response was sent or cannot be sent any more, or null
 * @param cutReason why the connection must be closed, or null
 */
public record Reply(
        @Nullable ApiMessage message,
        @Nullable AutoCloseable afterSent,
        @Nullable String cutReason) {

    /** For acks=0. */
    public static final Reply NOTHING = new Reply(null, null, null);

    public static Reply of(ApiMessage message) {
        return new Reply(message, null, null);
    }

    public static Reply of(ApiMessage message, AutoCloseable afterSent) {
        return new Reply(message, afterSent, null);
    }

    public static Reply cut(String reason) {
        return new Reply(null, null, reason);
    }
}
