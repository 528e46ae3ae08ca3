package io.thalweg.broker.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.Futures;
import io.thalweg.broker.VertxTimers;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A broker that is nothing but its peer transport, and notes what it is told. */
final class TestPeer implements PeerListener {

    private static final int SECONDS_MAX = 30;

    final int broker;
    final Context context;
    final PeerTransport transport;
    final int port;

    /** "up 2/1" for broker 2, incarnation 1; "down 2". */
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    final BlockingQueue<Buffer> frames = new LinkedBlockingQueue<>();

    TestPeer(Vertx vertx, int broker, int incarnation, @Nullable String clusterId, PeerConfig config) {
        this.broker = broker;
        context = ((VertxInternal) vertx).createEventLoopContext();
        transport = new PeerTransport(
                vertx,
                context,
                VertxTimers.environment(vertx),
                config,
                new PeerIdentity(clusterId, broker, incarnation),
                this);
        port = Futures.await(transport.listen());
    }

    void dial(TestPeer other) {
        transport.connect(other.broker, "127.0.0.1", other.port);
    }

    String nextEvent() {
        return next(events);
    }

    Buffer nextFrame() {
        return next(frames);
    }

    void awaitUp(TestPeer other) {
        assertThat(nextEvent()).startsWith("up " + other.broker + "/");
        assertThat(transport.isUp(other.broker)).isTrue();
    }

    void close() {
        Futures.await(transport.close());
    }

    @Override
    public void onUp(int peer, int incarnation) {
        assertThat(((io.vertx.core.internal.ContextInternal) context).inThread())
                .isTrue();
        events.add("up " + peer + "/" + incarnation);
    }

    @Override
    public void onDown(int peer) {
        events.add("down " + peer);
    }

    @Override
    public void onFrame(int peer, Buffer frame) {
        frames.add(frame);
    }

    static <T> T next(BlockingQueue<T> queue) {
        try {
            T next = queue.poll(SECONDS_MAX, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing within " + SECONDS_MAX + " s");
            }
            return next;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
