package io.thalweg.gateway.eventbus;

import io.thalweg.gateway.admission.ConnectionAdmission;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;

/** One SockJS client; the same conversation as over TCP, with the names that Vert.x' browser client knows. */
final class SockJsSession implements BridgeTransport {

    private final Vertx vertx;
    private final DoorContext door;
    private final SockJSSocket socket;
    private final BridgeSession session;
    private final long idleTimer;
    private long activeMillis = TcpConnection.nowMillis();
    private boolean closed;

    SockJsSession(
            Vertx vertx,
            DoorContext door,
            Addresses addresses,
            SockJSSocket socket,
            String remote,
            ConnectionAdmission.Seat seat) {
        this.vertx = vertx;
        this.door = door;
        this.socket = socket;
        this.session = new BridgeSession(door, addresses, this, remote);
        socket.setWriteQueueMaxSize(door.config().outboundBytesMax());
        socket.handler(this::onMessage);
        socket.drainHandler(drained -> {
            activeMillis = TcpConnection.nowMillis();
            session.onDrain();
        });
        socket.exceptionHandler(failure -> close());
        socket.endHandler(ended -> {
            door.left(seat);
            onClosed();
        });
        this.idleTimer =
                vertx.setPeriodic(Math.max(10, Math.min(1_000, door.config().idleMillis() / 4)), timer -> checkClock());
    }

    private void onMessage(Buffer message) {
        activeMillis = TcpConnection.nowMillis();
        if (message.length() > door.config().frameBytesMax()) {
            session.refuse(new ThalwegException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "message refused: bytes=" + message.length() + " frameBytesMax="
                            + door.config().frameBytesMax()));
            return;
        }
        session.onMessage(message.getBytes());
    }

    private void checkClock() {
        if (!closed
                && TcpConnection.nowMillis() - activeMillis > door.config().idleMillis()
                && (session.inFlight() == 0 || socket.writeQueueFull())) {
            session.refuse(new ThalwegException(
                    ErrorCode.REQUEST_TIMED_OUT,
                    "nothing was heard within idleMillis=" + door.config().idleMillis() + "; send pings"));
        }
    }

    private void onClosed() {
        closed = true;
        vertx.cancelTimer(idleTimer);
        session.end();
    }

    @Override
    public String messageType() {
        return "rec";
    }

    /** The browser client sends pings to keep the connection open and expects nothing back. */
    @Override
    public boolean answersPing() {
        return false;
    }

    @Override
    public void send(JsonWriter message) {
        if (!closed) {
            socket.write(message.toString()).onFailure(failure -> close());
        }
    }

    @Override
    public boolean full() {
        return socket.writeQueueFull();
    }

    @Override
    public void pauseReading() {
        socket.pause();
    }

    @Override
    public void resumeReading() {
        socket.resume();
    }

    @Override
    public void close() {
        closed = true;
        vertx.cancelTimer(idleTimer);
        socket.close();
    }
}
