package io.thalweg.broker.peer;

import io.thalweg.environment.Environment;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.replication.node.PeerLink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** This broker's connections to its peers. Life: made, {@link #listen}, {@link #connect} for each peer, {@link #close}. */
public final class PeerTransport implements PeerLink, PeerRpc {

    private final VertxInternal vertx;
    private final ContextInternal context;
    private final PeerNode node;
    private final NetClient client;
    private final Acceptor acceptor;

    /** By broker id; confined to the context. */
    private final Map<Integer, Dial> dials = new HashMap<>();

    /** What {@link #isUp} answers from. */
    private final Set<Integer> up = ConcurrentHashMap.newKeySet();

    private boolean closed;

    /**
     * Makes a transport that does nothing yet.
     *
     * @param context an event loop's; everything happens there
     */
    public PeerTransport(
            Vertx vertx,
            Context context,
            Environment environment,
            PeerConfig config,
            PeerIdentity self,
            PeerListener listener) {
        this.vertx = (VertxInternal) vertx;
        this.context = (ContextInternal) context;
        this.node = new PeerNode(this.context, environment, config, self, listener);
        this.client = vertx.createNetClient(PeerTlsOptions.client(config, new NetClientOptions())
                .setConnectTimeout((int) config.handshakeMax().toMillis())
                .setTcpNoDelay(true));
        this.acceptor = new Acceptor(vertx, node, this::onPeer);
    }

    /** Binds the port; completes with it. */
    public Future<Integer> listen() {
        Promise<Integer> bound = vertx.getOrCreateContext().promise();
        inContext(() -> acceptor.listen().onComplete(bound));
        return bound.future();
    }

    /**
     * The cluster that this broker belongs to from now on; once, if it was made without one. Its connections begin anew, so that
     * every peer hears of it.
     */
    public void joined(String clusterId) {
        inContext(() -> {
            String before = node.self().clusterId();
            if (before != null) {
                if (before.equals(clusterId)) {
                    return;
                }
                throw new IllegalStateException("clusterId=" + clusterId + " but it belongs to " + before);
            }
            node.joined(clusterId);
            acceptor.closeConnections("this broker joined the cluster");
            for (Dial dial : new ArrayList<>(dials.values())) {
                dial.again("this broker joined the cluster");
            }
        });
    }

    /** Keeps a connection to a peer from now on. With another address than before: there, and no longer where it was. */
    public void connect(int broker, String host, int port) {
        inContext(() -> {
            if (closed) {
                return;
            }
            if (broker == node.self().brokerId()) {
                throw new IllegalArgumentException("broker=" + broker + " is this one");
            }
            Dial known = dials.get(broker);
            if (known == null) {
                Dial begun = new Dial(node, client, broker, host, port, this::onUpness);
                dials.put(broker, begun);
                begun.start();
            } else if (!known.goesTo(host, port)) {
                known.redirect(host, port);
            }
        });
    }

    /** Keeps none any more. */
    public void disconnect(int broker) {
        inContext(() -> {
            Dial known = dials.remove(broker);
            if (known != null) {
                known.stop();
            }
        });
    }

    @Override
    public void send(int broker, Buffer frame) {
        inContext(() -> {
            Dial dial = dials.get(broker);
            if (dial != null) {
                dial.send(frame);
            }
        });
    }

    @Override
    public boolean isUp(int broker) {
        return up.contains(broker);
    }

    /** The peers that {@link #isUp} says yes for; a view that changes. Any thread. */
    public Set<Integer> connected() {
        return Collections.unmodifiableSet(up);
    }

    @Override
    public Future<Buffer> call(int broker, short method, Buffer body, Duration deadline) {
        ContextInternal caller = vertx.getOrCreateContext();
        if (deadline.compareTo(node.config.deadlineMax()) > 0 || deadline.toMillis() < 1) {
            return caller.failedFuture(new IllegalArgumentException(
                    "deadline=" + deadline + "; expected 1 ms to " + node.config.deadlineMax()));
        }
        int bytesMax = node.config.frameBytesMax() - PeerFrames.TYPE_BYTES - PeerFrames.REQUEST_HEAD_BYTES;
        if (body.length() > bytesMax) {
            return caller.failedFuture(new ThalwegException(
                    ErrorCode.RECORD_LIST_TOO_LARGE,
                    "call is too large: method=" + method + " bytes=" + body.length() + " at most " + bytesMax));
        }
        Promise<Buffer> answer = caller.promise();
        inContext(() -> {
            if (broker == node.self().brokerId()) {
                node.methods.call(broker, true, method, body).onComplete(answer);
                return;
            }
            Dial dial = dials.get(broker);
            if (dial == null) {
                answer.fail(PendingCalls.disconnected(broker, "its address is not known"));
            } else {
                dial.call(method, body, deadline, answer);
            }
        });
        return answer.future();
    }

    @Override
    public void handle(short method, CallHandler handler) {
        node.methods.add(method, handler, false);
    }

    @Override
    public void handleNewcomers(short method, CallHandler handler) {
        node.methods.add(method, handler, true);
    }

    /** Ends every connection; calls under way fail. Completes when the port is free. */
    public Future<Void> close() {
        Promise<Void> done = vertx.getOrCreateContext().promise();
        inContext(() -> {
            closed = true;
            for (Dial dial : new ArrayList<>(dials.values())) {
                dial.stop();
            }
            dials.clear();
            Future.join(acceptor.close(), client.close()).<Void>mapEmpty().onComplete(done);
        });
        return done.future();
    }

    private void onPeer(PeerIdentity peer) {
        Dial dial = dials.get(peer.brokerId());
        if (dial != null) {
            dial.onIncarnation(peer.incarnation());
        }
    }

    private void onUpness(int broker, boolean isUp) {
        if (isUp) {
            up.add(broker);
        } else {
            up.remove(broker);
        }
    }

    /** At once if this is the context's thread already. */
    private void inContext(Runnable task) {
        context.emit(ignored -> task.run());
    }
}
