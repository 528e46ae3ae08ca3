package io.thalweg.gateway.http;

import io.vertx.core.Vertx;
import io.vertx.core.streams.WriteStream;

/**
 * Stands between what a stream has to say and a client that may not read: shut while the connection's queue is full, and
 * giving the client up when that lasts for {@link HttpLimits#slowReaderMillis}. Confined to the connection's event loop.
 */
final class WriteGate {
    private final Vertx vertx;
    private final DoorContext door;
    private final Runnable onShut;
    private final Runnable onOpen;
    private final Runnable onGivenUp;
    private boolean shut;
    private boolean closed;
    private long timer = -1;

    /**
     * @param onShut stops what would write
     * @param onOpen lets it go on
     * @param onGivenUp ends the connection, without waiting for the client; runs at most once
     */
    WriteGate(Vertx vertx, DoorContext door, Runnable onShut, Runnable onOpen, Runnable onGivenUp) {
        this.vertx = vertx;
        this.door = door;
        this.onShut = onShut;
        this.onOpen = onOpen;
        this.onGivenUp = onGivenUp;
    }

    /** To be called after each write; takes over {@code out}'s drain handler. */
    void afterWrite(WriteStream<?> out) {
        if (closed || shut || !out.writeQueueFull()) {
            return;
        }
        shut = true;
        timer = vertx.setTimer(door.config().limits().slowReaderMillis(), expired -> giveUp());
        out.drainHandler(drained -> open());
        onShut.run();
    }

    /** Whether the client has not yet taken what was written. */
    boolean isShut() {
        return shut;
    }

    private void open() {
        if (shut && !closed) {
            shut = false;
            vertx.cancelTimer(timer);
            onOpen.run();
        }
    }

    private void giveUp() {
        if (!closed) {
            close();
            onGivenUp.run();
            door.metrics().slowReadersCut.increment();
        }
    }

    /** Nothing runs any more. */
    void close() {
        closed = true;
        vertx.cancelTimer(timer);
    }
}
