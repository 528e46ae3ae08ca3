package io.thalweg.gateway.http;

import io.thalweg.client.Producer;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code GET /v1/stream}: opens {@link StreamSocket}s and ends them when the door closes. */
final class StreamSocketHandler {
    private final Vertx vertx;
    private final DoorContext door;
    private final Producer producer;
    private final PublishHandler publisher;
    private final Set<StreamSocket> open = new HashSet<>();

    StreamSocketHandler(Vertx vertx, DoorContext door, Producer producer, PublishHandler publisher) {
        this.vertx = vertx;
        this.door = door;
        this.producer = producer;
        this.publisher = publisher;
    }

    void handle(HttpServerRequest request) {
        QueryParameters.of(request);
        if (!request.canUpgradeToWebSocket()) {
            request.response().putHeader("Upgrade", "websocket");
            throw new HttpProblem(426, ErrorCode.INVALID_REQUEST, "this route speaks WebSocket");
        }
        if (door.draining()) {
            throw HttpProblem.pushedBack("the node is stopping");
        }
        request.toWebSocket()
                .onComplete(this::onSocket, failure -> door.answers().problem(request, failure));
    }

    private void onSocket(ServerWebSocket socket) {
        open.add(new StreamSocket(vertx, door, socket, producer, publisher, open::remove));
    }

    void closeAll() {
        List.copyOf(open).forEach(StreamSocket::goAway);
    }
}
