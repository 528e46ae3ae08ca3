package io.thalweg.replication.node;

import io.vertx.core.buffer.Buffer;

/** How replicas of two nodes talk. Frames may be lost, and are never damaged or reordered within one connection. */
public interface PeerLink {

    /** Sends a frame, or drops it if the peer is not connected or too much is waiting for it. Never blocks. */
    void send(int broker, Buffer frame);

    /** Whether a connection to the peer stands now. */
    boolean isUp(int broker);
}
