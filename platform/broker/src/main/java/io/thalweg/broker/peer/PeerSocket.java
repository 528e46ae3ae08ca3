package io.thalweg.broker.peer;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.thalweg.environment.Clock;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** One connection as a stream of frames, counted. Confined to the transport's context. */
final class PeerSocket {

    private final NetSocketInternal socket;
    private final FrameReader reader;
    private final Clock clock;
    private final Events events;
    private final String address;

    /** Written and not taken by the socket yet. */
    private long queuedBytes;

    /** Of the last byte that arrived. */
    private long heardNanos;

    private boolean heardSinceAsked;
    private boolean closed;
    private @Nullable String reason;

    /** What happens on it. */
    interface Events extends FrameReader.Sink {
        /**
         * Once, and nothing after it.
         *
         * @param reason null if the other side ended it, or the network did
         * @param foul whether what arrived was not of the protocol
         */
        void onClosed(@Nullable String reason, boolean foul);
    }

    PeerSocket(NetSocket accepted, int frameBytesMax, Clock clock, Events events) {
        this.socket = (NetSocketInternal) accepted;
        this.clock = clock;
        this.events = events;
        this.reader = new FrameReader(frameBytesMax, events);
        this.heardNanos = clock.monotonicNanos();
        SocketAddress remote = accepted.remoteAddress();
        this.address = remote == null ? "unknown" : remote.toString();
        socket.messageHandler(this::onMessage);
        socket.exceptionHandler(failure -> close(failure.getClass().getSimpleName() + ": " + failure.getMessage()));
        socket.closeHandler(ended -> onClosed(reason, false));
    }

    String address() {
        return address;
    }

    /** For the frames that follow the one that is handled now. */
    void frameBytesMax(int bytes) {
        reader.bytesMax(bytes);
    }

    long queuedBytes() {
        return queuedBytes;
    }

    long silentNanos() {
        return clock.monotonicNanos() - heardNanos;
    }

    /** Whether bytes arrived since this was asked before. */
    boolean heardSinceAsked() {
        boolean heard = heardSinceAsked;
        heardSinceAsked = false;
        return heard;
    }

    /** Forgets how long the other side was silent: this process itself may have stood still. */
    void forgiveSilence() {
        heardNanos = clock.monotonicNanos();
    }

    void write(ByteBuf frame) {
        if (closed) {
            frame.release();
            return;
        }
        int bytes = frame.readableBytes();
        queuedBytes += bytes;
        socket.writeMessage(frame).onComplete(written -> {
            queuedBytes -= bytes;
            if (written.failed()) {
                close("not sent: " + written.cause().getMessage());
            }
        });
    }

    void write(byte type) {
        write(PeerFrames.frame(type, Buffer.buffer()));
    }

    /** Ends the connection now; what waits to be sent is dropped. */
    void close(String why) {
        if (!closed) {
            reason = why;
            closeNow();
            onClosed(why, false);
        }
    }

    /** Says why, as far as that can be sent at once, and ends the connection. */
    void refuse(ByteBuf lastFrame, String why) {
        if (!closed) {
            write(lastFrame);
            socket.channelHandlerContext().flush();
            close(why);
        }
    }

    private void onMessage(Object message) {
        try {
            if (closed || !(message instanceof ByteBuf bytes)) {
                return;
            }
            heardNanos = clock.monotonicNanos();
            heardSinceAsked = true;
            reader.onBytes(bytes);
        } catch (PeerProtocolException foul) {
            if (!closed) {
                closeNow();
                onClosed(foul.getMessage(), true);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    /** Vert.x' own close waits until everything is written, for ever if the other side does not read. */
    private void closeNow() {
        var unused = socket.channelHandlerContext().close(); // nobody waits for it
    }

    private void onClosed(@Nullable String why, boolean foul) {
        if (!closed) {
            closed = true;
            reader.stop();
            events.onClosed(why, foul);
        }
    }
}
