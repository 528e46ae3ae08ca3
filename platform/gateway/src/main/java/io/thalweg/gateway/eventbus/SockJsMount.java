package io.thalweg.gateway.eventbus;

import io.thalweg.client.ProducerConfig;
import io.thalweg.gateway.admission.ConnectionAdmission;
import io.thalweg.gateway.http.RouteMount;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;

/** SockJS at {@code /eventbus/*}: what the browser clients of Vert.x speak. */
final class SockJsMount implements RouteMount {

    private final Vertx vertx;
    private final DoorContext door;

    SockJsMount(Vertx vertx, DoorContext door) {
        this.vertx = vertx;
        this.door = door;
    }

    @Override
    public void mount(Router router) {
        Addresses addresses = new Addresses(vertx, door, door.client().producer(ProducerConfig.defaults()));
        SockJSHandlerOptions options = new SockJSHandlerOptions()
                .setMaxBytesStreaming(Math.max(128 << 10, door.config().frameBytesMax()))
                .setRegisterWriteHandler(false);
        router.route("/eventbus/*")
                .subRouter(SockJSHandler.create(vertx, options).socketHandler(socket -> onSocket(socket, addresses)));
    }

    private void onSocket(SockJSSocket socket, Addresses addresses) {
        SocketAddress peer = socket.remoteAddress();
        String host = peer == null || peer.hostAddress() == null ? "" : peer.hostAddress();
        ConnectionAdmission.Seat seat = door.admit(host, socket::close);
        if (seat != null) {
            // Its handshake over HTTP was a whole request.
            seat.heard();
            new SockJsSession(vertx, door, addresses, socket, host, seat);
            return;
        }
        door.log().warn(host, "connection refused: a limit is reached");
        ThalwegException refusal = new ThalwegException(
                ErrorCode.THROTTLING_QUOTA_EXCEEDED, "connection refused: the door's limit is reached; retry later");
        socket.write(BridgeMessages.failure(null, null, refusal).toString()).onComplete(sent -> socket.close());
    }
}
