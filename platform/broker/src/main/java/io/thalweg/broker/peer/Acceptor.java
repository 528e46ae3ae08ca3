package io.thalweg.broker.peer;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The connections that others dialled: one for each peer, and a bounded number of strangers. Confined like the transport. */
final class Acceptor implements Accepted.Owner {

    private static final int BACKLOG = 128;

    private final PeerNode node;
    private final Consumer<PeerIdentity> onPeer;
    private final NetServer server;

    /** Oldest first. */
    private final Set<Accepted> strangers = new LinkedHashSet<>();

    private final Map<Integer, Accepted> peers = new HashMap<>();
    private boolean closed;

    /** @param onPeer told of every peer that proved itself */
    Acceptor(Vertx vertx, PeerNode node, Consumer<PeerIdentity> onPeer) {
        this.node = node;
        this.onPeer = onPeer;
        this.server = vertx.createNetServer(PeerTlsOptions.server(node.config, new NetServerOptions())
                        .setAcceptBacklog(BACKLOG)
                        .setTcpNoDelay(true))
                .connectHandler(this::accept)
                .exceptionHandler(failure -> node.context.emit(ignored ->
                        node.warn("peer connection refused", "unknown", String.valueOf(failure.getMessage()))));
    }

    Future<Integer> listen() {
        return server.listen(node.config.port(), node.config.host()).map(NetServer::actualPort);
    }

    private void accept(NetSocket socket) {
        if (closed) {
            closeQuietly(socket);
            return;
        }
        if (strangers.size() + peers.size() >= node.config.connectionsMax()) {
            if (strangers.isEmpty()) {
                node.warn(
                        "peer connection refused",
                        String.valueOf(socket.remoteAddress()),
                        "too many connections: " + peers.size());
                closeQuietly(socket);
                return;
            }
            // A peer proves itself at once: who has taken longest is none.
            strangers.iterator().next().warnAndClose("too many connections: it has not proved itself for longest");
        }
        strangers.add(new Accepted(node, socket, this));
    }

    @Override
    public @Nullable String onProved(Accepted connection, PeerIdentity peer) {
        Accepted earlier = peers.get(peer.brokerId());
        if (earlier != null) {
            PeerIdentity before = earlier.peer();
            if (before != null && before.incarnation() > peer.incarnation()) {
                return "broker " + peer.brokerId() + " is here with a later start: incarnation=" + peer.incarnation()
                        + " connected=" + before.incarnation();
            }
        }
        strangers.remove(connection);
        peers.put(peer.brokerId(), connection);
        if (earlier != null) {
            earlier.close("the peer dialled again");
        }
        onPeer.accept(peer);
        return null;
    }

    @Override
    public void onClosed(Accepted connection) {
        strangers.remove(connection);
        PeerIdentity peer = connection.peer();
        if (peer != null) {
            peers.remove(peer.brokerId(), connection);
        }
    }

    /** Ends what there is; peers dial again. */
    void closeConnections(String why) {
        for (Accepted connection : new ArrayList<>(strangers)) {
            connection.close(why);
        }
        for (Accepted connection : new ArrayList<>(peers.values())) {
            connection.close(why);
        }
    }

    Future<Void> close() {
        closed = true;
        closeConnections("this broker stops");
        return server.close();
    }

    private static void closeQuietly(NetSocket socket) {
        var unused = socket.close(); // nobody waits for it
    }
}
