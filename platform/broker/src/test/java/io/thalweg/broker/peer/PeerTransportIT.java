package io.thalweg.broker.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.Futures;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two or three brokers over real sockets of loopback. */
class PeerTransportIT {

    private static final String SECRET = "a secret that is long enough";
    private static final String CLUSTER = "cluster-1";
    private static final short ECHO = 1;
    private static final short NEVER = 2;
    private static final Duration LONG = Duration.ofSeconds(30);

    private Vertx vertx;
    private final List<TestPeer> peers = new ArrayList<>();

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void close() {
        peers.forEach(TestPeer::close);
        Futures.await(vertx.close());
    }

    @Test
    void framesArriveWholeAndInOrderWhateverTheirSize() {
        TestPeer one = peer(1, 1);
        TestPeer two = peer(2, 1);
        one.dial(two);
        one.awaitUp(two);

        List<Buffer> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Buffer frame = Buffer.buffer(new byte[i * i * 25]).appendInt(i);
            sent.add(frame);
            one.transport.send(2, frame);
        }

        for (Buffer frame : sent) {
            assertThat(two.nextFrame()).isEqualTo(frame);
        }
    }

    @Test
    void callsAreAnsweredBothWaysAndByThisBrokerItself() {
        TestPeer one = peer(1, 1);
        TestPeer two = peer(2, 1);
        join(one, two);
        two.transport.handle(
                ECHO,
                (from, body) -> Future.succeededFuture(
                        Buffer.buffer("from " + from + ": ").appendBuffer(body)));
        one.transport.handle(ECHO, (from, body) -> Future.succeededFuture(body));

        assertThat(Futures.await(one.transport.call(2, ECHO, Buffer.buffer("hello"), LONG)))
                .hasToString("from 1: hello");
        assertThat(Futures.await(two.transport.call(1, ECHO, Buffer.buffer(), LONG)))
                .isEqualTo(Buffer.buffer());
        assertThat(Futures.await(one.transport.call(1, ECHO, Buffer.buffer("self"), LONG)))
                .hasToString("self");
    }

    @Test
    void failuresComeBackAsWhatTheyAre() {
        TestPeer one = peer(1, 1);
        TestPeer two = peer(2, 1);
        join(one, two);
        two.transport.handle(
                ECHO,
                (from, body) -> Future.failedFuture(
                        new ThalwegException(ErrorCode.NOT_LEADER_OR_FOLLOWER, "not the leader: leader=3")));
        two.transport.handle(NEVER, (from, body) -> {
            throw new IllegalStateException("a bug");
        });

        assertFails(one.transport.call(2, ECHO, Buffer.buffer(), LONG), ErrorCode.NOT_LEADER_OR_FOLLOWER, "leader=3");
        assertFails(one.transport.call(2, NEVER, Buffer.buffer(), LONG), ErrorCode.UNKNOWN_SERVER_ERROR, "a bug");
        assertFails(one.transport.call(2, (short) 9, Buffer.buffer(), LONG), ErrorCode.UNSUPPORTED_VERSION, "method=9");
        assertFails(one.transport.call(7, ECHO, Buffer.buffer(), LONG), ErrorCode.NETWORK_EXCEPTION, "broker=7");
    }

    @Test
    void aCallThatIsNotAnsweredEndsAtItsDeadline() {
        TestPeer one = peer(1, 1);
        TestPeer two = peer(2, 1);
        join(one, two);
        two.transport.handle(NEVER, (from, body) -> Promise.<Buffer>promise().future());

        assertFails(
                one.transport.call(2, NEVER, Buffer.buffer(), Duration.ofMillis(50)),
                ErrorCode.REQUEST_TIMED_OUT,
                "within 50 ms");
    }

    @Test
    void moreCallsThanAllowedFailAtOnce() {
        PeerConfig config = config(SECRET, 1 << 20, 1 << 20, 2, 16, Duration.ofSeconds(5));
        TestPeer one = peer(1, 1, CLUSTER, config);
        TestPeer two = peer(2, 1, CLUSTER, config);
        join(one, two);
        two.transport.handle(NEVER, (from, body) -> Promise.<Buffer>promise().future());
        one.transport.call(2, NEVER, Buffer.buffer(), LONG);
        one.transport.call(2, NEVER, Buffer.buffer(), LONG);

        assertFails(
                one.transport.call(2, NEVER, Buffer.buffer(), LONG),
                ErrorCode.THROTTLING_QUOTA_EXCEEDED,
                "callsUnderWay=2");
        assertFails(
                one.transport.call(2, NEVER, Buffer.buffer(new byte[1 << 20]), LONG),
                ErrorCode.RECORD_LIST_TOO_LARGE,
                "at most");
    }

    @Test
    void callsUnderWayFailWhenThePeerGoes() {
        TestPeer one = peer(1, 1);
        TestPeer two = peer(2, 1);
        join(one, two);
        two.transport.handle(NEVER, (from, body) -> Promise.<Buffer>promise().future());
        Future<Buffer> call = one.transport.call(2, NEVER, Buffer.buffer(), LONG);

        two.close();
        peers.remove(two);

        assertFails(call, ErrorCode.NETWORK_EXCEPTION, "broker=2 is not connected");
        assertThat(one.nextEvent()).isEqualTo("down 2");
        assertThat(one.transport.isUp(2)).isFalse();
    }

    @Test
    void callsUnderWayFailWhenThisBrokerCloses() {
        TestPeer one = peer(1, 1);
        TestPeer two = peer(2, 1);
        join(one, two);
        two.transport.handle(NEVER, (from, body) -> Promise.<Buffer>promise().future());
        Future<Buffer> call = one.transport.call(2, NEVER, Buffer.buffer(), LONG);

        one.close();
        peers.remove(one);

        assertFails(call, ErrorCode.NETWORK_EXCEPTION, "broker=2 is not connected");
        assertThat(two.nextEvent()).isEqualTo("down 1");
    }

    @Test
    void aPeerThatComesBackIsConnectedAgain() {
        TestPeer one = peer(1, 1);
        TestPeer two = peer(2, 1);
        one.dial(two);
        one.awaitUp(two);
        two.close();
        peers.remove(two);
        assertThat(one.nextEvent()).isEqualTo("down 2");

        TestPeer again = peer(2, 2);
        one.dial(again);

        assertThat(one.nextEvent()).isEqualTo("up 2/2");
    }

    @Test
    void aLaterStartOfAPeerTakesThePlaceOfTheEarlier() {
        TestPeer one = peer(1, 1);
        TestPeer zombie = peer(2, 1);
        join(one, zombie);

        TestPeer restarted = peer(2, 2);
        restarted.dial(one);
        restarted.awaitUp(one);

        // The later start dialled: what is connected to the earlier one is of no use any more, nor is it served.
        assertThat(one.nextEvent()).isEqualTo("down 2");
        assertThat(zombie.nextEvent()).isEqualTo("down 1");
        one.dial(restarted);
        assertThat(one.nextEvent()).isEqualTo("up 2/2");
        one.transport.handle(ECHO, (from, body) -> Future.succeededFuture(body));
        assertFails(zombie.transport.call(1, ECHO, Buffer.buffer(), LONG), ErrorCode.NETWORK_EXCEPTION, "broker=1");
        assertThat(zombie.events).isEmpty();
    }

    @Test
    void anotherSecretIsRefusedOnBothSides() {
        TestPeer one = peer(1, 1);
        TestPeer other = peer(2, 1, CLUSTER, PeerConfig.of("127.0.0.1", 0, "another secret, also long", null));
        TestPeer without = peer(3, 1, CLUSTER, PeerConfig.of("127.0.0.1", 0, null, null));
        TestPeer right = peer(4, 1);
        other.dial(one);
        one.dial(other);
        without.dial(one);
        one.dial(without);
        right.dial(one);

        right.awaitUp(one);
        one.dial(right);
        one.awaitUp(right);

        assertThat(one.events).isEmpty();
        assertThat(other.events).isEmpty();
        assertThat(without.events).isEmpty();
        assertFails(one.transport.call(2, ECHO, Buffer.buffer(), LONG), ErrorCode.NETWORK_EXCEPTION, "broker=2");
    }

    @Test
    void theRefusalSaysWhy() throws Exception {
        TestPeer one = peer(1, 1);
        try (RawPeer stranger = new RawPeer(one.port)) {
            stranger.sendFrame(PeerFrames.HELLO, hello(2, 1, CLUSTER, 1));
            assertThat(stranger.frame()[0]).isEqualTo(PeerFrames.CHALLENGE);
            stranger.sendFrame(PeerFrames.PROOF);
            byte[] refused = stranger.frame();
            assertThat(refused[0]).isEqualTo(PeerFrames.REFUSED);
            assertThat(new String(refused, 3, refused.length - 3, StandardCharsets.UTF_8))
                    .contains("a secret is needed");
            assertThat(stranger.frame()).isNull();
        }
        try (RawPeer stranger = new RawPeer(one.port)) {
            stranger.sendFrame(PeerFrames.HELLO, hello(2, 1, CLUSTER, 1));
            assertThat(stranger.frame()[0]).isEqualTo(PeerFrames.CHALLENGE);
            stranger.sendFrame(PeerFrames.PROOF, new byte[32]);
            byte[] refused = stranger.frame();
            assertThat(new String(refused, 3, refused.length - 3, StandardCharsets.UTF_8))
                    .contains("the secret is another");
        }
    }

    @Test
    void brokersOfTwoClustersAndOfOneIdRefuseEachOther() {
        TestPeer one = peer(1, 1);
        TestPeer foreign = peer(2, 1, "cluster-2", config(SECRET));
        TestPeer namesake = peer(1, 5, CLUSTER, config(SECRET));
        TestPeer right = peer(3, 1);
        foreign.dial(one);
        one.dial(foreign);
        right.transport.connect(2, "127.0.0.1", namesake.port); // it is another broker than is expected there
        right.dial(one);

        right.awaitUp(one);
        assertThat(one.events).isEmpty();
        assertThat(foreign.events).isEmpty();
        assertThat(right.events).isEmpty();
    }

    @Test
    void aNewcomerMayOnlyAskToBeLetIn() {
        TestPeer one = peer(1, 1);
        TestPeer newcomer = peer(2, 1, null, config(SECRET));
        one.transport.handle(NEVER, (from, body) -> Future.succeededFuture(body));
        one.transport.handleNewcomers(ECHO, (from, body) -> Future.succeededFuture(Buffer.buffer(CLUSTER)));
        newcomer.dial(one);
        newcomer.awaitUp(one);
        newcomer.transport.send(1, Buffer.buffer("not of the cluster"));

        assertFails(
                newcomer.transport.call(1, NEVER, Buffer.buffer(), LONG),
                ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
                "belongs to no cluster yet");
        Buffer cluster = Futures.await(newcomer.transport.call(1, ECHO, Buffer.buffer(), LONG));
        newcomer.transport.joined(cluster.toString());

        assertThat(newcomer.nextEvent()).isEqualTo("down 1");
        newcomer.awaitUp(one);
        newcomer.transport.send(1, Buffer.buffer("of the cluster"));
        assertThat(one.nextFrame()).hasToString("of the cluster");
        assertThat(Futures.await(newcomer.transport.call(1, NEVER, Buffer.buffer("now"), LONG)))
                .hasToString("now");
    }

    @Test
    void garbageEndsTheConnectionAndHarmsNobody() throws Exception {
        TestPeer one = peer(1, 1);
        List<byte[]> garbage = List.of(
                "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                new byte[] {0, 0, 0, 0},
                new byte[] {-1, -1, -1, -1, 0},
                new byte[] {0, 0, 4, 1, PeerFrames.HELLO}, // 1,025 bytes: too large for a stranger
                frame(PeerFrames.HELLO, new byte[20]),
                frame(PeerFrames.FRAME, new byte[20]),
                frame(PeerFrames.REQUEST, new byte[20]),
                frame(PeerFrames.PROOF, new byte[32]),
                frame(99, new byte[0]));
        for (byte[] bytes : garbage) {
            try (RawPeer stranger = new RawPeer(one.port)) {
                stranger.send(bytes);
                stranger.awaitEnd();
            }
        }
        TestPeer two = peer(2, 1);
        two.dial(one);
        two.awaitUp(one);
    }

    @Test
    void aStrangerWhoSaysNothingOrHalfIsCutOff() throws Exception {
        TestPeer one = peer(1, 1, CLUSTER, config(SECRET, 1 << 20, 1 << 20, 8, 16, Duration.ofMillis(200)));
        try (RawPeer silent = new RawPeer(one.port);
                RawPeer half = new RawPeer(one.port)) {
            half.send((byte) 0, (byte) 0);
            silent.awaitEnd();
            half.awaitEnd();
        }
    }

    @Test
    void strangersCannotKeepPeersOut() throws Exception {
        TestPeer one = peer(1, 1, CLUSTER, config(SECRET, 1 << 20, 1 << 20, 8, 4, Duration.ofSeconds(30)));
        List<RawPeer> strangers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            strangers.add(new RawPeer(one.port));
        }
        TestPeer two = peer(2, 1);
        two.dial(one);
        two.awaitUp(one);

        // The first ones made room for the later ones.
        strangers.get(0).awaitEnd();
        strangers.get(3).awaitEnd();
        for (RawPeer stranger : strangers) {
            stranger.close();
        }
    }

    @Test
    void aWireThatWentDeadIsNoticedAndMended() {
        TestPeer one = peer(1, 1, CLUSTER, impatient());
        TestPeer two = peer(2, 1, CLUSTER, impatient());
        Relay relay = new Relay(vertx, two.port);
        one.transport.connect(2, "127.0.0.1", relay.port);
        assertThat(one.nextEvent()).isEqualTo("up 2/1");

        relay.stop();
        assertThat(one.nextEvent()).isEqualTo("down 2");

        relay.resume();
        assertThat(one.nextEvent()).isEqualTo("up 2/1");
        one.transport.send(2, Buffer.buffer("after"));
        assertThat(two.nextFrame()).hasToString("after");
    }

    @Test
    void framesForASlowPeerAreDroppedAndWhatIsQueuedIsBounded() throws Exception {
        PeerConfig config = config(SECRET, 64 << 10, 256 << 10, 8, 16, Duration.ofSeconds(5));
        TestPeer one = peer(1, 1, CLUSTER, config);
        TestPeer two = peer(2, 1, CLUSTER, config);
        Relay relay = new Relay(vertx, two.port);
        one.transport.connect(2, "127.0.0.1", relay.port);
        assertThat(one.nextEvent()).isEqualTo("up 2/1");
        relay.stop();

        // Until the sockets' own buffers are full, and then the queue.
        int frames = 0;
        ErrorCode refused = ErrorCode.NONE;
        while (refused != ErrorCode.THROTTLING_QUOTA_EXCEEDED && frames < 40_000) {
            frames += sendInOneTurn(one, frames);
            refused = errorOf(one.transport.call(2, ECHO, Buffer.buffer(new byte[48 << 10]), Duration.ofMillis(20)));
        }
        assertThat(refused).isEqualTo(ErrorCode.THROTTLING_QUOTA_EXCEEDED);
        frames += sendInOneTurn(one, frames);

        relay.resume();
        int last = -1;
        int received = 0;
        int after = frames;
        while (last < after) {
            frames += sendInOneTurn(one, frames);
            for (Buffer frame = two.frames.poll(); frame != null; frame = two.frames.poll()) {
                int number = frame.getInt(16 << 10);
                assertThat(number).isGreaterThan(last);
                last = number;
                received++;
            }
        }
        assertThat(received).isLessThan(frames);
    }

    /** @return how many */
    private static int sendInOneTurn(TestPeer from, int number) throws InterruptedException {
        int frames = 20;
        CountDownLatch sent = new CountDownLatch(1);
        from.context.runOnContext(run -> {
            for (int i = 0; i < frames; i++) {
                from.transport.send(2, Buffer.buffer(new byte[16 << 10]).appendInt(number + i));
            }
            sent.countDown();
        });
        assertThat(sent.await(30, TimeUnit.SECONDS)).isTrue();
        return frames;
    }

    private static ErrorCode errorOf(Future<Buffer> call) {
        try {
            Futures.await(call);
            return ErrorCode.NONE;
        } catch (ThalwegException failure) {
            return failure.error();
        }
    }

    private void join(TestPeer one, TestPeer two) {
        one.dial(two);
        two.dial(one);
        one.awaitUp(two);
        two.awaitUp(one);
    }

    private TestPeer peer(int broker, int incarnation) {
        return peer(broker, incarnation, CLUSTER, config(SECRET));
    }

    private TestPeer peer(int broker, int incarnation, @Nullable String clusterId, PeerConfig config) {
        TestPeer peer = new TestPeer(vertx, broker, incarnation, clusterId, config);
        peers.add(peer);
        return peer;
    }

    private static PeerConfig config(String secret) {
        return PeerConfig.of("127.0.0.1", 0, secret, null);
    }

    private static PeerConfig impatient() {
        return new PeerConfig(
                "127.0.0.1",
                0,
                SECRET,
                null,
                1 << 20,
                1 << 20,
                8,
                16,
                Duration.ofSeconds(2),
                Duration.ofMinutes(1),
                Duration.ofMillis(100),
                Duration.ofMillis(20),
                Duration.ofMillis(100));
    }

    private static PeerConfig config(
            String secret, int frameBytesMax, int queueBytesMax, int callsMax, int connectionsMax, Duration handshake) {
        return new PeerConfig(
                "127.0.0.1",
                0,
                secret,
                null,
                frameBytesMax,
                queueBytesMax,
                callsMax,
                connectionsMax,
                handshake,
                Duration.ofMinutes(1),
                Duration.ofSeconds(20),
                Duration.ofMillis(20),
                Duration.ofMillis(200));
    }

    private static byte[] hello(int broker, int incarnation, String clusterId, int target) {
        return Handshake.encode(new Handshake.Hello(
                        1, 1, new PeerIdentity(clusterId, broker, incarnation), target, Buffer.buffer(new byte[32])))
                .getBytes();
    }

    private static byte[] frame(int type, byte[] body) {
        return Buffer.buffer()
                .appendInt(1 + body.length)
                .appendByte((byte) type)
                .appendBytes(body)
                .getBytes();
    }

    private static void assertFails(Future<Buffer> call, ErrorCode error, String message) {
        assertThatThrownBy(() -> Futures.await(call))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        failure -> assertThat(failure.error()).isEqualTo(error))
                .hasMessageContaining(message);
    }
}
