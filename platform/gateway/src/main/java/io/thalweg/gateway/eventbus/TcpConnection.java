package io.thalweg.gateway.eventbus;

import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;

/** One TCP client: frames in, frames out, and the clocks that cut a silent or a slow one. */
final class TcpConnection implements BridgeTransport {

    private static final int LAST_WORD_MILLIS = 1_000;

    private final Vertx vertx;
    private final DoorContext door;
    private final NetSocket socket;
    private final FrameDecoder decoder;
    private final BridgeSession session;
    private final Runnable onFirstFrame;
    private boolean heard;
    private boolean paused;
    private boolean handling;
    private boolean closed;

    /** Of the last byte from the client, or the last time that it made room; on the monotonic clock. */
    private long activeMillis;

    /** When the frame that is not whole yet began; -1 if there is none. */
    private long partialSinceMillis = -1;

    TcpConnection(
            Vertx vertx,
            DoorContext door,
            Addresses addresses,
            NetSocket socket,
            String remote,
            Runnable onFirstFrame) {
        this.vertx = vertx;
        this.door = door;
        this.socket = socket;
        this.decoder = new FrameDecoder(door.config().frameBytesMax());
        this.session = new BridgeSession(door, addresses, this, remote);
        this.onFirstFrame = onFirstFrame;
        this.activeMillis = nowMillis();
        socket.setWriteQueueMaxSize(door.config().outboundBytesMax());
        socket.handler(this::onBytes);
        socket.drainHandler(drained -> {
            activeMillis = nowMillis();
            session.onDrain();
        });
        socket.exceptionHandler(failure -> socket.close());
    }

    BridgeSession session() {
        return session;
    }

    private void onBytes(Buffer bytes) {
        activeMillis = nowMillis();
        decoder.add(bytes);
        decode();
    }

    /** Frames that came while reading was held back wait in the decoder. */
    private void decode() {
        if (handling) {
            return;
        }
        handling = true;
        try {
            while (!paused && !closed) {
                byte[] frame = decoder.next();
                if (frame == null) {
                    break;
                }
                partialSinceMillis = -1;
                if (!heard) {
                    heard = true;
                    onFirstFrame.run();
                }
                session.onMessage(frame);
            }
        } catch (ThalwegException malformed) {
            session.refuse(malformed);
        } finally {
            handling = false;
        }
        if (!decoder.partial()) {
            partialSinceMillis = -1;
        } else if (partialSinceMillis < 0) {
            partialSinceMillis = nowMillis();
        }
    }

    /** Cuts the client if it is silent, slow, or does not finish a frame. */
    void checkClocks(long nowMillis) {
        if (closed) {
            return;
        }
        if (!paused
                && partialSinceMillis >= 0
                && nowMillis - partialSinceMillis > door.config().frameMillis()) {
            session.refuse(new ThalwegException(
                    ErrorCode.REQUEST_TIMED_OUT,
                    "a frame was not finished within frameMillis="
                            + door.config().frameMillis()));
        } else if (nowMillis - activeMillis > door.config().idleMillis()
                && (session.inFlight() == 0 || socket.writeQueueFull())) {
            session.refuse(new ThalwegException(
                    ErrorCode.REQUEST_TIMED_OUT,
                    "nothing was heard within idleMillis=" + door.config().idleMillis() + "; send pings"));
        }
    }

    Future<Void> onClosed() {
        closed = true;
        return session.end();
    }

    @Override
    public String messageType() {
        return "message";
    }

    @Override
    public boolean answersPing() {
        return true;
    }

    @Override
    public void send(JsonWriter message) {
        if (!closed) {
            socket.write(frame(message)).onFailure(failure -> socket.close());
        }
    }

    static Buffer frame(JsonWriter message) {
        return Buffer.buffer(4 + message.size()).appendInt(message.size()).appendBytes(message.toBytes());
    }

    @Override
    public boolean full() {
        return socket.writeQueueFull();
    }

    @Override
    public void pauseReading() {
        paused = true;
        socket.pause();
    }

    @Override
    public void resumeReading() {
        paused = false;
        socket.resume();
        decode();
    }

    @Override
    public void close() {
        closed = true;
        if (full()) {
            closeNow(); // it does not read: the last word would not get through
            return;
        }
        long timer = vertx.setTimer(LAST_WORD_MILLIS, late -> closeNow());
        socket.end().onComplete(ended -> {
            vertx.cancelTimer(timer);
            socket.close();
        });
    }

    /** Vert.x' own close waits until everything is written, for ever if the client does not read. */
    private void closeNow() {
        var unused = ((NetSocketInternal) socket).channelHandlerContext().close(); // onClosed tells the outcome
    }

    static long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }
}
