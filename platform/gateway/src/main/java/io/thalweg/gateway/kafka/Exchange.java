package io.thalweg.gateway.kafka;

import io.netty.buffer.ByteBuf;
import io.thalweg.gateway.kafka.handler.ApiHandler;
import io.thalweg.gateway.kafka.handler.Reply;
import io.thalweg.gateway.kafka.wire.RequestFrame;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: received → started → replied → sent. Confined to the connection's event loop.
 *
 * <p>It holds the frame until the handler's reply is complete, because the broker may read the records in it until then.
 */
final class Exchange {

    private final RequestFrame request;
    private final ApiMessage message;
    private final @Nullable ApiHandler<ApiMessage> handler;
    private final ByteBuf frame;
    private final int heldBytes;
    private final long startNanos;
    private @Nullable Reply reply;

    /** @param handler null if the reply is known already */
    Exchange(
            RequestFrame request,
            ApiMessage message,
            @Nullable ApiHandler<ApiMessage> handler,
            ByteBuf frame,
            int heldBytes,
            long startNanos) {
        this.request = request;
        this.message = message;
        this.handler = handler;
        this.frame = frame;
        this.heldBytes = heldBytes;
        this.startNanos = startNanos;
    }

    ApiKeys key() {
        return request.key();
    }

    short version() {
        return request.version();
    }

    int correlationId() {
        return request.correlationId();
    }

    String clientId() {
        String clientId = request.clientId();
        return clientId == null ? "" : clientId;
    }

    ApiMessage message() {
        return message;
    }

    @Nullable
    ApiHandler<ApiMessage> handler() {
        return handler;
    }

    boolean pipelines() {
        return handler != null && handler.pipelines();
    }

    ByteBuf frame() {
        return frame;
    }

    int heldBytes() {
        return heldBytes;
    }

    long startNanos() {
        return startNanos;
    }

    /** Null until the handler is done. */
    @Nullable
    Reply reply() {
        return reply;
    }

    void replied(Reply outcome) {
        if (reply != null) {
            throw new IllegalStateException("a request was answered twice: api=" + key());
        }
        reply = outcome;
    }
}
