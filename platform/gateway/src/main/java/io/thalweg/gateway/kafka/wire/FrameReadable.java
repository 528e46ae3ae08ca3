package io.thalweg.gateway.kafka.wire;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * A frame as the generated parsers read it. They make an {@code ArrayList} of whatever count a frame states, as long as
 * the count is not above {@link #remaining()}: a hundred million in a frame of as many bytes. So {@code remaining()} says
 * less than the truth where an array of that many references would be larger than the frame itself and
 * {@value #ALLOWANCE_BYTES} bytes; no real array comes near, because its elements take more than a reference each.
 */
public final class FrameReadable implements Readable {

    private static final int ALLOWANCE_BYTES = 64 << 10;
    private static final int REFERENCE_BYTES = 4;

    private final ByteBuffer bytes;
    private final int countMax;

    /** @param bytes read from its position to its limit; positions of the given buffer move */
    public FrameReadable(ByteBuffer bytes) {
        this(bytes, (bytes.remaining() + ALLOWANCE_BYTES) / REFERENCE_BYTES);
    }

    private FrameReadable(ByteBuffer bytes, int countMax) {
        this.bytes = bytes;
        this.countMax = countMax;
    }

    @Override
    public byte readByte() {
        need(Byte.BYTES);
        return bytes.get();
    }

    @Override
    public short readShort() {
        need(Short.BYTES);
        return bytes.getShort();
    }

    @Override
    public int readInt() {
        need(Integer.BYTES);
        return bytes.getInt();
    }

    @Override
    public long readLong() {
        need(Long.BYTES);
        return bytes.getLong();
    }

    @Override
    public double readDouble() {
        need(Double.BYTES);
        return bytes.getDouble();
    }

    @Override
    public byte[] readArray(int length) {
        need(length);
        byte[] array = new byte[length];
        bytes.get(array);
        return array;
    }

    @Override
    public int readUnsignedVarint() {
        need(1);
        return ByteUtils.readUnsignedVarint(bytes);
    }

    /** A view of the frame: valid as long as the frame is. */
    @Override
    public ByteBuffer readByteBuffer(int length) {
        need(length);
        ByteBuffer view = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        return view;
    }

    @Override
    public int readVarint() {
        need(1);
        return ByteUtils.readVarint(bytes);
    }

    @Override
    public long readVarlong() {
        need(1);
        return ByteUtils.readVarlong(bytes);
    }

    /** An upper bound for counts; see the class. */
    @Override
    public int remaining() {
        return Math.min(bytes.remaining(), countMax);
    }

    @Override
    public Readable slice() {
        return new FrameReadable(bytes.slice(), countMax);
    }

    /** Passes over the tagged fields of a header (KIP-482): none is known. */
    void skipTaggedFields() {
        int count = readUnsignedVarint();
        for (int i = 0; i < count; i++) {
            readUnsignedVarint();
            int size = readUnsignedVarint();
            need(size);
            bytes.position(bytes.position() + size);
        }
    }

    private void need(int length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new MalformedRequestException(
                    "request ends too early: need=" + length + " bytes, remaining=" + bytes.remaining());
        }
    }
}
