package io.thalweg.broker.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into frames. Each frame gets memory of its own, into which its bytes are copied once, so that it
 * lives as long as its receiver wants.
 */
final class FrameReader {

    private static final int HEAD_BYTES = PeerFrames.LENGTH_BYTES + PeerFrames.TYPE_BYTES;

    private final Sink sink;
    private int bytesMax;
    private boolean stopped;

    /** The head of the frame under way, as far as it arrived. */
    private final ByteBuf head = Unpooled.buffer(HEAD_BYTES, HEAD_BYTES);

    private byte type;

    /** Once the head is whole. */
    private @Nullable ByteBuf body;

    /** Takes frames. */
    interface Sink {
        /** @param body the sink's own */
        void onFrame(byte type, Buffer body);
    }

    /** @param bytesMax of one frame, without its length */
    FrameReader(int bytesMax, Sink sink) {
        this.bytesMax = bytesMax;
        this.sink = sink;
    }

    /** For the frames after the one that is being given to the sink now. */
    void bytesMax(int changed) {
        bytesMax = changed;
    }

    /** Gives the sink nothing any more. */
    void stop() {
        stopped = true;
        body = null;
    }

    /**
     * Gives the sink every frame that is whole now.
     *
     * @param bytes remain the caller's
     * @throws PeerProtocolException for a length that is not allowed; nothing more may be given
     */
    void onBytes(ByteBuf bytes) throws PeerProtocolException {
        while (!stopped) {
            ByteBuf filling = body;
            if (filling == null) {
                if (!readHead(bytes)) {
                    return;
                }
                continue;
            }
            int arrived = Math.min(filling.writableBytes(), bytes.readableBytes());
            if (arrived > 0) {
                bytes.readBytes(filling, arrived);
            }
            if (filling.isWritable()) {
                return;
            }
            body = null;
            head.clear();
            sink.onFrame(type, BufferInternal.buffer(filling));
        }
    }

    private boolean readHead(ByteBuf bytes) throws PeerProtocolException {
        bytes.readBytes(head, Math.min(head.writableBytes(), bytes.readableBytes()));
        if (head.readableBytes() >= PeerFrames.LENGTH_BYTES) {
            int length = head.getInt(0);
            if (length < PeerFrames.TYPE_BYTES || length > bytesMax) {
                throw new PeerProtocolException("frame length is not allowed: length=" + length + " expected "
                        + PeerFrames.TYPE_BYTES + " to " + bytesMax);
            }
        }
        if (head.isWritable()) {
            return false;
        }
        int bodyBytes = head.getInt(0) - PeerFrames.TYPE_BYTES;
        type = head.getByte(PeerFrames.LENGTH_BYTES);
        body = Unpooled.buffer(bodyBytes, bodyBytes);
        return true;
    }
}
