package io.thalweg.broker.peer;

import io.thalweg.environment.Environment;
import io.thalweg.replication.node.PeerLink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/** This broker's connections to its peers. Life: made, {@link #listen}, {@link #connect} for each peer, {@link #close}. */
public final class PeerTransport implements PeerLink, PeerRpc {

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
            PeerListener listener) {}

    /** Binds the port; completes with it. */
    public Future<Integer> listen() {
        throw new UnsupportedOperationException();
    }

    /** The cluster that this broker belongs to from now on; once, if it was made without one. */
    public void joined(String clusterId) {
        throw new UnsupportedOperationException();
    }

    /** Keeps a connection to a peer from now on. With another address than before: there, and no longer where it was. */
    public void connect(int broker, String host, int port) {
        throw new UnsupportedOperationException();
    }

    /** Keeps none any more. */
    public void disconnect(int broker) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void send(int broker, Buffer frame) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isUp(int broker) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Buffer> call(int broker, short method, Buffer body, Duration deadline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void handle(short method, CallHandler handler) {
        throw new UnsupportedOperationException();
    }

    /** Ends every connection; calls under way fail. Completes when the port is free. */
    public Future<Void> close() {
        throw new UnsupportedOperationException();
    }
}
