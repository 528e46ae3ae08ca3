package io.thalweg.broker.peer;

import io.vertx.core.buffer.Buffer;

/** Told on the transport's context. */
public interface PeerListener {

    /** Frames and calls to this peer can be sent from now on. */
    void onUp(int broker, int incarnation);

    /** They cannot any more. A later incarnation is told as down, then up. */
    void onDown(int broker);

    /** The broker belongs to another cluster. Told with every try. */
    default void onForeign(int broker, String why) {}

    /** A frame that the peer sent; the listener's own. It may come before {@link #onUp}, which is of the other direction. */
    void onFrame(int broker, Buffer frame);
}
