package io.thalweg.broker.peer;

import io.thalweg.environment.Timers;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection that somebody dialled: a stranger until the proof is right, then a peer whose frames and calls are served.
 * Confined to the transport's context.
 */
final class Accepted implements PeerSocket.Events, PeerNode.Watch {

    private final PeerNode node;
    private final PeerSocket socket;
    private final Owner owner;
    private Timers.@Nullable Timer timer;
    private @Nullable PeerIdentity claimed;
    private @Nullable PeerIdentity peer;
    private Buffer hello = Buffer.buffer();
    private Buffer challenge = Buffer.buffer();
    private int callsUnderWay;
    private boolean closed;

    /** Keeps the connections. */
    interface Owner {
        /** @return why the peer, which proved itself, may not have the connection; null if it may */
        @Nullable
        String onProved(Accepted connection, PeerIdentity peer);

        void onClosed(Accepted connection);
    }

    Accepted(PeerNode node, NetSocket connection, Owner owner) {
        this.node = node;
        this.owner = owner;
        this.socket = new PeerSocket(connection, PeerFrames.UNAUTHENTICATED_BYTES_MAX, node.clock(), this);
        this.timer = node.later(
                node.config.handshakeMax().toMillis(),
                () -> warnAndClose(
                        "no handshake within " + node.config.handshakeMax().toMillis() + " ms"));
    }

    /** Null while it is a stranger. */
    @Nullable
    PeerIdentity peer() {
        return peer;
    }

    void close(String why) {
        socket.close(why);
    }

    void warnAndClose(String why) {
        if (!closed) {
            node.warn("peer connection closed", socket.address(), why);
            socket.close(why);
        }
    }

    @Override
    public void onFrame(byte type, Buffer body) {
        try {
            PeerIdentity from = peer;
            if (from == null) {
                onStrangersFrame(type, body);
                return;
            }
            switch (type) {
                case PeerFrames.FRAME -> onReplication(from, body);
                case PeerFrames.REQUEST -> onRequest(from, body);
                case PeerFrames.PING -> {} // answered at the next interval, as is everything else
                default -> throw new PeerProtocolException("frame type is not allowed: type=" + type);
            }
        } catch (PeerProtocolException foul) {
            warnAndClose(String.valueOf(foul.getMessage()));
        }
    }

    private void onStrangersFrame(byte type, Buffer body) throws PeerProtocolException {
        if (type == PeerFrames.HELLO && claimed == null) {
            onHello(body);
        } else if (type == PeerFrames.PROOF && claimed != null) {
            onProof(claimed, body);
        } else {
            throw new PeerProtocolException("frame type is not allowed of a stranger: type=" + type);
        }
    }

    private void onHello(Buffer body) throws PeerProtocolException {
        Handshake.Hello said = Handshake.hello(body);
        if (said.versionMin() > Handshake.VERSION || said.versionMax() < Handshake.VERSION) {
            refuse(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "protocol version=" + Handshake.VERSION + " is not in " + said.versionMin() + " to "
                            + said.versionMax());
            return;
        }
        hello = body;
        claimed = said.from();
        challenge = Handshake.encode(new Handshake.Challenge(Handshake.VERSION, node.self(), node.secret.nonce()));
        socket.write(PeerFrames.frame(PeerFrames.CHALLENGE, challenge));
    }

    private void onProof(PeerIdentity from, Buffer proof) throws PeerProtocolException {
        String wrong = node.secret.check(SharedSecret.Role.DIALLER, hello, challenge, proof);
        if (wrong != null) {
            refuse(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, wrong);
            return;
        }
        int target = Handshake.hello(hello).target();
        if (target != node.self().brokerId()) {
            refuse(
                    ErrorCode.BROKER_ID_NOT_REGISTERED,
                    "this is brokerId=" + node.self().brokerId() + " and not " + target);
            return;
        }
        ThalwegException objection = node.objection(from);
        if (objection != null) {
            refuse(objection.error(), String.valueOf(objection.getMessage()));
            return;
        }
        String refused = owner.onProved(this, from);
        if (refused != null) {
            refuse(ErrorCode.STALE_BROKER_EPOCH, refused);
            return;
        }
        peer = from;
        cancelTimer();
        timer = node.watch(socket, this);
        socket.frameBytesMax(node.config.frameBytesMax());
        Buffer own = node.secret.proof(SharedSecret.Role.ACCEPTOR, hello, challenge);
        socket.write(PeerFrames.frame(PeerFrames.ACCEPTED, own));
    }

    private void onReplication(PeerIdentity from, Buffer body) {
        if (isMember(from)) {
            node.listener.onFrame(from.brokerId(), body);
        }
    }

    private void onRequest(PeerIdentity from, Buffer body) throws PeerProtocolException {
        if (body.length() < PeerFrames.REQUEST_HEAD_BYTES) {
            throw new PeerProtocolException("request is too short: bytes=" + body.length());
        }
        long correlation = body.getLong(0);
        short method = body.getShort(Long.BYTES);
        Future<Buffer> answer;
        if (callsUnderWay >= node.config.callsMax()) {
            answer = Future.failedFuture(new ThalwegException(
                    ErrorCode.THROTTLING_QUOTA_EXCEEDED,
                    "broker " + node.self().brokerId() + " serves callsUnderWay=" + callsUnderWay + " of broker "
                            + from.brokerId() + " already; retry later"));
        } else {
            answer = node.methods.call(
                    from.brokerId(), isMember(from), method, body.slice(PeerFrames.REQUEST_HEAD_BYTES, body.length()));
        }
        callsUnderWay++;
        answer.onComplete(done -> node.context.emit(done, outcome -> {
            callsUnderWay--;
            if (outcome.succeeded()) {
                respond(correlation, method, outcome.result());
            } else {
                respond(correlation, method, outcome.cause());
            }
        }));
    }

    private void respond(long correlation, short method, Buffer body) {
        int bytesMax = node.config.frameBytesMax() - PeerFrames.TYPE_BYTES - PeerFrames.RESPONSE_HEAD_BYTES;
        if (body.length() > bytesMax) {
            respond(
                    correlation,
                    method,
                    new ThalwegException(
                            ErrorCode.UNKNOWN_SERVER_ERROR,
                            "answer is too large: method=" + method + " bytes=" + body.length() + " at most "
                                    + bytesMax));
            return;
        }
        if (socket.queuedBytes() + body.length() > node.config.queueBytesMax()) {
            warnAndClose("it does not take its answers: queuedBytes=" + socket.queuedBytes());
            return;
        }
        socket.write(PeerFrames.response(correlation, ErrorCode.NONE.code(), body));
    }

    private void respond(long correlation, short method, Throwable failure) {
        ErrorCode error = ThalwegException.codeOf(failure);
        if (!(failure instanceof ThalwegException)) {
            PeerNode.LOGGER
                    .atError()
                    .setCause(failure)
                    .addKeyValue("method", method)
                    .log("a peer's call failed because of a defect of the platform");
        }
        socket.write(
                PeerFrames.response(correlation, error.code(), Buffer.buffer(String.valueOf(failure.getMessage()))));
    }

    /** Whether both belong to the same cluster; the one that belongs to none may only ask to be let in. */
    private boolean isMember(PeerIdentity from) {
        return from.clusterId() != null || node.self().clusterId() == null;
    }

    private void refuse(ErrorCode error, String why) {
        node.warn("peer refused", socket.address(), why);
        socket.refuse(
                PeerFrames.frame(
                        PeerFrames.REFUSED,
                        Buffer.buffer().appendShort(error.code()).appendString(why)),
                why);
    }

    /** Says that the peer is heard: its pings may be far behind in what it sends. */
    @Override
    public void onInterval() {
        if (socket.heardSinceAsked()) {
            socket.write(PeerFrames.PONG);
        }
    }

    @Override
    public void onDead(String why) {
        close(why);
    }

    @Override
    public void onClosed(@Nullable String reason, boolean foul) {
        closed = true;
        cancelTimer();
        if (foul) {
            node.warn("peer connection closed", socket.address(), String.valueOf(reason));
        }
        owner.onClosed(this);
    }

    private void cancelTimer() {
        Timers.Timer running = timer;
        timer = null;
        if (running != null) {
            running.cancel();
        }
    }
}
