package io.thalweg.broker.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * Types and heads of frames.
 *
 * <pre>
 *   frame     | length: int32 | type: int8 | body: length - 1 bytes |
 *   REQUEST   body = | correlation: int64 | method: int16 | the caller's bytes |
 *   RESPONSE  body = | correlation: int64 | error: int16, 0 for none | the answer, or the error's message in UTF-8 |
 *   FRAME     body = what replication says
 *   PING, PONG, empty
 * </pre>
 *
 * Those of the handshake: {@link Handshake}.
 */
final class PeerFrames {

    /** What a stranger may send in one frame. */
    static final int UNAUTHENTICATED_BYTES_MAX = 1024;

    static final byte HELLO = 1;
    static final byte CHALLENGE = 2;
    static final byte PROOF = 3;
    static final byte ACCEPTED = 4;
    static final byte REFUSED = 5;
    static final byte FRAME = 16;
    static final byte REQUEST = 17;
    static final byte RESPONSE = 18;
    static final byte PING = 19;
    static final byte PONG = 20;

    static final int LENGTH_BYTES = Integer.BYTES;
    static final int TYPE_BYTES = 1;
    static final int REQUEST_HEAD_BYTES = Long.BYTES + Short.BYTES;
    static final int RESPONSE_HEAD_BYTES = Long.BYTES + Short.BYTES;

    private PeerFrames() {}

    /** A frame of this body. The body's bytes are not copied. */
    static ByteBuf frame(byte type, Buffer body) {
        return join(head(type, 0, body), body);
    }

    static ByteBuf request(long correlation, short method, Buffer body) {
        ByteBuf head = head(REQUEST, REQUEST_HEAD_BYTES, body);
        head.writeLong(correlation).writeShort(method);
        return join(head, body);
    }

    static ByteBuf response(long correlation, short error, Buffer body) {
        ByteBuf head = head(RESPONSE, RESPONSE_HEAD_BYTES, body);
        head.writeLong(correlation).writeShort(error);
        return join(head, body);
    }

    private static ByteBuf head(byte type, int moreBytes, Buffer body) {
        int headBytes = LENGTH_BYTES + TYPE_BYTES + moreBytes;
        return Unpooled.buffer(headBytes, headBytes)
                .writeInt(TYPE_BYTES + moreBytes + body.length())
                .writeByte(type);
    }

    private static ByteBuf join(ByteBuf head, Buffer body) {
        return body.length() == 0 ? head : Unpooled.wrappedBuffer(head, ((BufferInternal) body).getByteBuf());
    }
}
