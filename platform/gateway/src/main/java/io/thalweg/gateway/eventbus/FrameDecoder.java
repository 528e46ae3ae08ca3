package io.thalweg.gateway.eventbus;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a byte stream into frames: a 4-byte big-endian length, then so many bytes of JSON. Holds no more than one frame
 * and what one read of the socket brought.
 */
final class FrameDecoder {

    private static final int LENGTH_BYTES = 4;

    private final int frameBytesMax;
    private Buffer pending = Buffer.buffer();
    private int at;

    FrameDecoder(int frameBytesMax) {
        this.frameBytesMax = frameBytesMax;
    }

    void add(Buffer bytes) {
        if (at == pending.length()) {
            pending = bytes;
        } else {
            Buffer joined = Buffer.buffer(pending.length() - at + bytes.length());
            pending = joined.appendBuffer(pending, at, pending.length() - at).appendBuffer(bytes);
        }
        at = 0;
    }

    /**
     * The next whole frame, or null.
     *
     * @throws ThalwegException MESSAGE_TOO_LARGE or INVALID_REQUEST; nothing that follows can be understood
     */
    byte @Nullable [] next() {
        int left = pending.length() - at;
        if (left < LENGTH_BYTES) {
            return null;
        }
        int length = pending.getInt(at);
        if (length > frameBytesMax) {
            throw new ThalwegException(
                    ErrorCode.MESSAGE_TOO_LARGE, "frame refused: length=" + length + " frameBytesMax=" + frameBytesMax);
        }
        if (length < 2) { // not even an empty object
            throw new ThalwegException(ErrorCode.INVALID_REQUEST, "frame refused: length=" + length);
        }
        if (left - LENGTH_BYTES < length) {
            return null;
        }
        byte[] frame = pending.getBytes(at + LENGTH_BYTES, at + LENGTH_BYTES + length);
        at += LENGTH_BYTES + length;
        if (at == pending.length()) {
            pending = Buffer.buffer();
            at = 0;
        }
        return frame;
    }

    /** A frame has begun and is not whole. */
    boolean partial() {
        return at < pending.length();
    }
}
