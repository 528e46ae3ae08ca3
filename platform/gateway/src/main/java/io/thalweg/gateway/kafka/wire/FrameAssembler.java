package io.thalweg.gateway.kafka.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into frames.
 *
 * <pre>
 *   | length: int32, big endian | length bytes: request header and body |
 * </pre>
 *
 * Frames that arrived whole are slices of the buffer that they were read into. For a frame that did not, a buffer of its
 * own is made, and the socket reads straight into it: see {@link #readBuffer}. That buffer grows with what has arrived,
 * so that announcing a long frame costs the sender more than it costs us.
 */
public final class FrameAssembler {

    /** A request header is api key, version and correlation id at least. */
    static final int FRAME_BYTES_MIN = 8;

    private static final int READ_BYTES_MIN = 2 << 10;
    private static final int READ_BYTES_MAX = 64 << 10;
    private static final int OWN_BUFFER_BYTES_MIN = 64 << 10;

    /** How far a frame's own buffer may be ahead of what has arrived. */
    private static final int GROWTH_FACTOR = 16;

    private static final int NO_LENGTH = -1;

    private final int frameBytesMax;
    private final RequestBudget budget;
    private final FrameSink sink;

    /** What was read and not cut yet; only while the sink wants no more. */
    private @Nullable ByteBuf unread;

    /** The frame under way, in a buffer of its own, or null. */
    private @Nullable ByteBuf own;

    private int length = NO_LENGTH;
    private int lengthBytesSeen;
    private int lengthSoFar;

    private int readBytes = READ_BYTES_MIN;
    private boolean waitsForRoom;
    private boolean closed;

    /** Takes frames. */
    public interface FrameSink {

        /** Whether {@link #onFrame} may be called now. */
        boolean wantsFrame();

        /**
         * A frame without its length.
         *
         * @param frame the sink's own now: to be released once
         * @param heldBytes taken from the budget for it: to be given back with it
         */
        void onFrame(ByteBuf frame, int heldBytes);
    }

    public FrameAssembler(int frameBytesMax, RequestBudget budget, FrameSink sink) {
        this.frameBytesMax = frameBytesMax;
        this.budget = budget;
        this.sink = sink;
    }

    /** The buffer that the next read of the socket should fill: the frame under way, if it has room. */
    public ByteBuf readBuffer(ByteBufAllocator allocator) {
        ByteBuf target = own;
        if (target != null && target.isWritable()) {
            return target.retain();
        }
        return allocator.directBuffer(readBytes);
    }

    /**
     * Takes bytes that were read, and gives the sink every frame that is whole, as long as it wants some.
     *
     * @param bytes released by this method
     * @throws MalformedRequestException for a length that is not allowed; nothing more may be given
     */
    @SuppressWarnings("ReferenceEquality") // it is that very buffer, or not
    public void onRead(ByteBufAllocator allocator, ByteBuf bytes) {
        if (closed) {
            bytes.release();
            return;
        }
        if (bytes == own) {
            bytes.release();
            onOwnFilled();
            return;
        }
        adaptReadBytes(bytes);
        ByteBuf before = unread;
        if (before == null) {
            unread = bytes;
        } else {
            unread = join(allocator, before, bytes);
        }
        cut(allocator);
    }

    /** Goes on with what is there already, after the sink wants frames again. */
    public void resume(ByteBufAllocator allocator) {
        if (closed) {
            return;
        }
        if (own != null) {
            onOwnFilled();
        }
        cut(allocator);
    }

    /** Whether there are bytes that were read but not cut, because the sink wanted no more. */
    public boolean hasUnread() {
        return unread != null;
    }

    /** Whether a frame may not begin or grow before {@link RequestBudget} has room. */
    public boolean waitsForRoom() {
        return waitsForRoom;
    }

    /** Whether it is a frame that began that waits: half frames of many clients may keep each other waiting. */
    public boolean waitsToGrow() {
        return waitsForRoom && own != null;
    }

    /** Whether a frame began and is not whole. */
    public boolean midFrame() {
        return own != null || lengthBytesSeen > 0 || length != NO_LENGTH;
    }

    /** How much of the frame under way has arrived. */
    public int midFrameBytes() {
        ByteBuf frame = own;
        return frame == null ? lengthBytesSeen : frame.writerIndex();
    }

    public void close() {
        closed = true;
        ByteBuf bytes = unread;
        if (bytes != null) {
            unread = null;
            bytes.release();
        }
        ByteBuf frame = own;
        if (frame != null) {
            own = null;
            budget.giveBack(frame.capacity());
            frame.release();
        }
    }

    private void cut(ByteBufAllocator allocator) {
        ByteBuf bytes;
        while ((bytes = unread) != null) {
            if (!bytes.isReadable()) {
                unread = null;
                bytes.release();
                return;
            }
            ByteBuf frame = own;
            if (!sink.wantsFrame() || (frame != null && !frame.isWritable())) {
                return;
            }
            if (frame != null) {
                bytes.readBytes(frame, Math.min(frame.writableBytes(), bytes.readableBytes()));
                onOwnFilled();
            } else if (length != NO_LENGTH || readLength(bytes)) {
                waitsForRoom = !budget.open();
                if (waitsForRoom) {
                    return;
                }
                beginFrame(allocator, bytes);
            }
        }
    }

    /** @return whether the length is complete */
    private boolean readLength(ByteBuf bytes) {
        while (lengthBytesSeen < Integer.BYTES && bytes.isReadable()) {
            lengthSoFar = lengthSoFar << 8 | bytes.readUnsignedByte();
            lengthBytesSeen++;
        }
        if (lengthBytesSeen < Integer.BYTES) {
            return false;
        }
        int found = lengthSoFar;
        lengthSoFar = 0;
        lengthBytesSeen = 0;
        if (found < FRAME_BYTES_MIN || found > frameBytesMax) {
            throw new MalformedRequestException("frame length is not allowed: length=" + found + " expected "
                    + FRAME_BYTES_MIN + " to " + frameBytesMax);
        }
        length = found;
        return true;
    }

    private void beginFrame(ByteBufAllocator allocator, ByteBuf bytes) {
        int available = bytes.readableBytes();
        if (available >= length) {
            int whole = length;
            length = NO_LENGTH;
            budget.take(whole);
            sink.onFrame(bytes.readRetainedSlice(whole), whole);
            return;
        }
        int capacity = (int) Math.min(length, Math.max(OWN_BUFFER_BYTES_MIN, (long) available * GROWTH_FACTOR));
        ByteBuf frame = allocator.directBuffer(capacity, length);
        budget.take(frame.capacity());
        frame.writeBytes(bytes);
        own = frame;
    }

    /** The frame's own buffer took bytes: it is whole, or full and must grow, or waits for more. */
    private void onOwnFilled() {
        ByteBuf frame = own;
        if (frame == null) {
            return;
        }
        if (frame.writerIndex() == length) {
            if (!sink.wantsFrame()) {
                return;
            }
            own = null;
            length = NO_LENGTH;
            waitsForRoom = false;
            sink.onFrame(frame, frame.capacity());
            return;
        }
        if (frame.isWritable()) {
            return;
        }
        waitsForRoom = !budget.openForGrowth();
        if (!waitsForRoom) {
            int before = frame.capacity();
            frame.capacity((int) Math.min(length, (long) before * GROWTH_FACTOR));
            budget.take((long) frame.capacity() - before);
        }
    }

    /** Small reads take small buffers, because a frame that is a slice keeps the whole buffer. */
    private void adaptReadBytes(ByteBuf bytes) {
        int read = bytes.readableBytes();
        if (read >= readBytes) {
            readBytes = Math.min(READ_BYTES_MAX, readBytes * 4);
        } else if (read < readBytes / 8) {
            readBytes = Math.max(READ_BYTES_MIN, readBytes / 2);
        }
    }

    private static ByteBuf join(ByteBufAllocator allocator, ByteBuf first, ByteBuf second) {
        ByteBuf joined = allocator.directBuffer(first.readableBytes() + second.readableBytes());
        joined.writeBytes(first).writeBytes(second);
        first.release();
        second.release();
        return joined;
    }
}
