package io.thalweg.broker.peer;

import io.thalweg.environment.Timers;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one peer that this broker dials, again and again, until it is stopped: it carries this broker's frames and
 * calls. Confined to the transport's context.
 *
 * <pre>
 *   WAITING --timer--> DIALLING --connected--> PROVING --ACCEPTED--> UP
 *      ^------------------- lost, refused, too slow -------------------'
 * </pre>
 */
final class Dial {

    /** Where the connection is. */
    private enum State {
        /** For the time of the next attempt. */
        WAITING,
        /** For TCP and TLS. */
        DIALLING,
        /** For the peer's part of the handshake. */
        PROVING,
        /** Frames and calls go. */
        UP,
        /** Nothing will happen any more. */
        STOPPED
    }

    private final PeerNode node;
    private final NetClient client;
    private final int broker;
    private final PendingCalls calls;
    private final Upness upness;

    private String host;
    private int port;
    private State state = State.WAITING;
    private @Nullable Attempt attempt;
    private Timers.@Nullable Timer redial;

    /** Attempts that failed since the last connection. */
    private int failures;

    /** Of the peer, as far as this broker heard from it; -1 for never. A connection to an earlier one is of no use. */
    private int incarnationMin = -1;

    private long framesDropped;

    /** Tells other threads whether the peer is up. */
    interface Upness {
        void changed(int broker, boolean up);
    }

    Dial(PeerNode node, NetClient client, int broker, String host, int port, Upness upness) {
        this.node = node;
        this.client = client;
        this.broker = broker;
        this.host = host;
        this.port = port;
        this.upness = upness;
        this.calls = new PendingCalls(node, broker);
    }

    void start() {
        dial();
    }

    boolean goesTo(String otherHost, int otherPort) {
        return port == otherPort && host.equals(otherHost);
    }

    void redirect(String newHost, int newPort) {
        host = newHost;
        port = newPort;
        again("its address changed");
    }

    /** The peer dialled this broker with this incarnation: what is connected to an earlier one is dead. */
    void onIncarnation(int incarnation) {
        if (incarnation <= incarnationMin) {
            return;
        }
        incarnationMin = incarnation;
        Attempt current = attempt;
        if (state == State.UP && current != null && current.incarnation < incarnation) {
            again("it restarted");
        } else if (state == State.WAITING) {
            // It is there: no need to wait.
            failures = 0;
            cancelRedial();
            dial();
        }
    }

    /** Ends what there is and begins anew, at once. */
    void again(String why) {
        if (state == State.STOPPED) {
            return;
        }
        failures = 0;
        Attempt current = attempt;
        if (current != null) {
            current.end(why);
        }
        if (state == State.WAITING) {
            cancelRedial();
            dial();
        }
    }

    void stop() {
        Attempt current = attempt;
        boolean wasUp = state == State.UP;
        state = State.STOPPED;
        attempt = null;
        cancelRedial();
        if (current != null) {
            current.abandon("this broker does not need it any more");
        }
        if (wasUp) {
            down(null);
        }
        calls.failAll("it was given up");
    }

    void send(Buffer frame) {
        Attempt current = attempt;
        PeerSocket socket = current == null ? null : current.socket;
        if (state != State.UP || socket == null) {
            return;
        }
        if (socket.queuedBytes() + frame.length() > node.config.queueBytesMax()) {
            if (framesDropped++ == 0) {
                PeerNode.LOGGER
                        .atWarn()
                        .addKeyValue("peer", broker)
                        .addKeyValue("queuedBytes", socket.queuedBytes())
                        .log("the peer is too slow: frames are dropped until it catches up");
            }
            return;
        }
        if (framesDropped > 0) {
            PeerNode.LOGGER
                    .atInfo()
                    .addKeyValue("peer", broker)
                    .addKeyValue("dropped", framesDropped)
                    .log("the peer takes frames again");
            framesDropped = 0;
        }
        socket.write(PeerFrames.frame(PeerFrames.FRAME, frame));
    }

    void call(short method, Buffer body, Duration deadline, Promise<Buffer> promise) {
        Attempt current = attempt;
        PeerSocket socket = current == null ? null : current.socket;
        if (state != State.UP || socket == null) {
            promise.fail(PendingCalls.disconnected(broker, null));
            return;
        }
        if (calls.size() >= node.config.callsMax()
                || socket.queuedBytes() + body.length() > node.config.queueBytesMax()) {
            promise.fail(new ThalwegException(
                    ErrorCode.THROTTLING_QUOTA_EXCEEDED,
                    "call not sent: broker=" + broker + " method=" + method + " callsUnderWay=" + calls.size()
                            + " queuedBytes=" + socket.queuedBytes() + "; retry later"));
            return;
        }
        long correlation = calls.add(method, deadline, promise);
        socket.write(PeerFrames.request(correlation, method, body));
    }

    private void dial() {
        Attempt begun = new Attempt();
        attempt = begun;
        state = State.DIALLING;
        begun.begin();
    }

    private void cancelRedial() {
        Timers.Timer waiting = redial;
        redial = null;
        if (waiting != null) {
            waiting.cancel();
        }
    }

    /** The attempt is over, for whatever reason. */
    private void onLost(@Nullable String why) {
        boolean wasUp = state == State.UP;
        attempt = null;
        state = State.WAITING;
        long delay = wasUp || failures == 0 ? node.config.redialMin().toMillis() : backoffMillis();
        failures++;
        redial = node.later(Math.max(1, delay), () -> {
            redial = null;
            if (state == State.WAITING) {
                dial();
            }
        });
        if (wasUp) {
            down(why);
        }
    }

    private void down(@Nullable String why) {
        framesDropped = 0;
        upness.changed(broker, false);
        PeerNode.LOGGER
                .atInfo()
                .addKeyValue("peer", broker)
                .addKeyValue("reason", why == null ? "the other side ended it" : why)
                .log("peer disconnected");
        calls.failAll(why);
        node.listener.onDown(broker);
    }

    /** Doubles, up to a bound, each time somewhere between half and all of it, so that peers do not dial in step. */
    private long backoffMillis() {
        long min = Math.max(1, node.config.redialMin().toMillis());
        long max = Math.max(min, node.config.redialMax().toMillis());
        long full = Math.min(max, min << Math.min(failures, 20));
        return full / 2 + node.environment.random().nextLong(full / 2 + 1);
    }

    /** One connection, from its first packet to its end. */
    private final class Attempt implements PeerSocket.Events, PeerNode.Watch {

        private @Nullable PeerSocket socket;
        private Timers.@Nullable Timer timer;
        private Buffer hello = Buffer.buffer();
        private Buffer challenge = Buffer.buffer();
        private int incarnation = -1;
        private boolean ended;

        void begin() {
            timer = node.later(
                    node.config.handshakeMax().toMillis(),
                    () -> end(
                            "no handshake within " + node.config.handshakeMax().toMillis() + " ms"));
            client.connect(port, host).onComplete(connected -> {
                if (connected.failed()) {
                    end(connected.cause().getMessage());
                } else if (ended) {
                    closeQuietly(connected.result());
                } else {
                    onConnected(connected.result());
                }
            });
        }

        private void onConnected(NetSocket connection) {
            state = State.PROVING;
            PeerSocket opened = new PeerSocket(connection, PeerFrames.UNAUTHENTICATED_BYTES_MAX, node.clock(), this);
            socket = opened;
            hello = Handshake.encode(new Handshake.Hello(
                    Handshake.VERSION, Handshake.VERSION, node.self(), broker, node.secret.nonce()));
            opened.write(PeerFrames.frame(PeerFrames.HELLO, hello));
        }

        @Override
        public void onFrame(byte type, Buffer body) {
            try {
                switch (type) {
                    case PeerFrames.CHALLENGE -> onChallenge(body);
                    case PeerFrames.ACCEPTED -> onAccepted(body);
                    case PeerFrames.REFUSED -> onRefused(body);
                    case PeerFrames.RESPONSE -> {
                        requireState(State.UP, type);
                        calls.onResponse(body);
                    }
                    case PeerFrames.PONG -> requireState(State.UP, type);
                    default -> throw new PeerProtocolException("frame type is not allowed: type=" + type);
                }
            } catch (PeerProtocolException foul) {
                warnAndEnd(String.valueOf(foul.getMessage()));
            }
        }

        private void onChallenge(Buffer body) throws PeerProtocolException {
            requireState(State.PROVING, PeerFrames.CHALLENGE);
            if (challenge.length() > 0) {
                throw new PeerProtocolException("a second challenge");
            }
            Handshake.Challenge said = Handshake.challenge(body);
            if (said.version() != Handshake.VERSION) {
                warnAndEnd("protocol version=" + said.version() + " expected " + Handshake.VERSION);
                return;
            }
            if (said.from().brokerId() != broker) {
                warnAndEnd("it is brokerId=" + said.from().brokerId() + " expected " + broker);
                return;
            }
            ThalwegException objection = node.objection(said.from());
            if (objection != null) {
                refusedWith(objection.error(), String.valueOf(objection.getMessage()));
                return;
            }
            if (said.from().incarnation() < incarnationMin) {
                end("it is of an earlier start: incarnation=" + said.from().incarnation() + " seen=" + incarnationMin);
                return;
            }
            challenge = body;
            incarnation = said.from().incarnation();
            Buffer proof = node.secret.proof(SharedSecret.Role.DIALLER, hello, challenge);
            currentSocket().write(PeerFrames.frame(PeerFrames.PROOF, proof));
        }

        private void onAccepted(Buffer proof) throws PeerProtocolException {
            requireState(State.PROVING, PeerFrames.ACCEPTED);
            if (challenge.length() == 0) {
                throw new PeerProtocolException("accepted before a challenge");
            }
            String wrong = node.secret.check(SharedSecret.Role.ACCEPTOR, hello, challenge, proof);
            if (wrong != null) {
                warnAndEnd(wrong);
                return;
            }
            PeerSocket proved = currentSocket();
            proved.frameBytesMax(node.config.frameBytesMax());
            cancelTimer();
            timer = node.watch(proved, this);
            state = State.UP;
            failures = 0;
            incarnationMin = incarnation;
            upness.changed(broker, true);
            PeerNode.LOGGER
                    .atInfo()
                    .addKeyValue("peer", broker)
                    .addKeyValue("incarnation", incarnation)
                    .addKeyValue("address", proved.address())
                    .log("peer connected");
            node.listener.onUp(broker, incarnation);
        }

        private void onRefused(Buffer body) throws PeerProtocolException {
            if (body.length() < Short.BYTES) {
                throw new PeerProtocolException("refusal is too short");
            }
            ErrorCode error = ErrorCode.of(body.getShort(0));
            refusedWith(error, "refused with " + error + ": " + body.getString(Short.BYTES, body.length()));
        }

        private void refusedWith(ErrorCode error, String why) {
            if (error == ErrorCode.INCONSISTENT_CLUSTER_ID) {
                node.foreign(broker, why);
                end(why);
            } else {
                warnAndEnd(why);
            }
        }

        /** Something is always on its way, so that the silence of a peer means something. */
        @Override
        public void onInterval() {
            currentSocket().write(PeerFrames.PING);
        }

        @Override
        public void onDead(String why) {
            end(why);
        }

        @Override
        public void onClosed(@Nullable String reason, boolean foul) {
            if (foul) {
                node.warn("peer connection closed", where(), String.valueOf(reason));
            }
            finish(reason);
        }

        /** Ends it and lets the dial go on. */
        void end(@Nullable String why) {
            PeerSocket opened = socket;
            if (opened != null) {
                opened.close(String.valueOf(why)); // comes back as onClosed
            }
            finish(why);
        }

        /** Ends it, and nobody hears of it. */
        void abandon(String why) {
            ended = true;
            cancelTimer();
            PeerSocket opened = socket;
            if (opened != null) {
                opened.close(why);
            }
        }

        private void finish(@Nullable String why) {
            if (!ended) {
                ended = true;
                cancelTimer();
                onLost(why);
            }
        }

        private void warnAndEnd(String why) {
            node.warn("peer connection failed", where(), why);
            end(why);
        }

        private String where() {
            return "broker " + broker + " at " + host + ":" + port;
        }

        private void cancelTimer() {
            Timers.Timer running = timer;
            timer = null;
            if (running != null) {
                running.cancel();
            }
        }

        private PeerSocket currentSocket() {
            PeerSocket opened = socket;
            if (opened == null) {
                throw new IllegalStateException("not connected: broker=" + broker);
            }
            return opened;
        }

        private void requireState(State expected, byte type) throws PeerProtocolException {
            if (state != expected) {
                throw new PeerProtocolException("frame type=" + type + " came while " + state);
            }
        }
    }

    private static void closeQuietly(NetSocket socket) {
        var unused = socket.close(); // its attempt is over
    }
}
