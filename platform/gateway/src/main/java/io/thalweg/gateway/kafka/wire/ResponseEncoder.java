package io.thalweg.gateway.kafka.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import io.thalweg.environment.FileHandle;
import io.thalweg.log.RecordSlices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Writes one response frame. Everything but records goes into one buffer of exactly the right size, which is then cut
 * where records come between; records stay where they are.
 */
public final class ResponseEncoder implements Writable {

    private final ByteBuf buffer;
    private final List<ReferenceCounted> parts = new ArrayList<>(1);
    private int cutAt;
    private int recordBytes;

    private ResponseEncoder(ByteBuf buffer) {
        this.buffer = buffer;
    }

    /** Encodes {@code body} with its header. The records in it must stay open until the parts were written. */
    public static EncodedResponse encode(
            ByteBufAllocator allocator, ApiKeys key, short version, int correlationId, ApiMessage body) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        body.addSize(size, cache, version);
        boolean flexibleHeader = key.messageType.responseHeaderVersion(version) >= 1;
        int headerBytes = flexibleHeader ? Integer.BYTES + 1 : Integer.BYTES;
        int frameBytes = headerBytes + size.totalSize();
        ByteBuf buffer = allocator.directBuffer(Integer.BYTES + headerBytes + size.sizeExcludingZeroCopy());
        ResponseEncoder encoder = new ResponseEncoder(buffer);
        try {
            buffer.writeInt(frameBytes);
            buffer.writeInt(correlationId);
            if (flexibleHeader) {
                buffer.writeByte(0);
            }
            body.write(encoder, cache, version);
            return encoder.finish(Integer.BYTES + frameBytes);
        } catch (RuntimeException defect) {
            encoder.parts.forEach(ReferenceCountUtil::release);
            buffer.release();
            throw defect;
        }
    }

    @Override
    public void writeByte(byte value) {
        buffer.writeByte(value);
    }

    @Override
    public void writeShort(short value) {
        buffer.writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        buffer.writeInt(value);
    }

    @Override
    public void writeLong(long value) {
        buffer.writeLong(value);
    }

    @Override
    public void writeDouble(double value) {
        buffer.writeDouble(value);
    }

    @Override
    public void writeByteArray(byte[] bytes) {
        buffer.writeBytes(bytes);
    }

    @Override
    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            buffer.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        buffer.writeByte(rest);
    }

    @Override
    public void writeByteBuffer(ByteBuffer bytes) {
        buffer.writeBytes(bytes.duplicate());
    }

    @Override
    public void writeVarint(int value) {
        writeUnsignedVarint((value << 1) ^ (value >> 31));
    }

    @Override
    public void writeVarlong(long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            buffer.writeByte((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        buffer.writeByte((int) rest);
    }

    @Override
    public void writeRecords(BaseRecords records) {
        if (records instanceof SliceRecords carried) {
            RecordSlices slices = carried.slices();
            if (slices.sizeInBytes() > 0) {
                cut();
                slices.parts().forEach(this::writePart);
            }
        } else if (records instanceof MemoryRecords memory) {
            writeByteBuffer(memory.buffer());
        } else {
            throw new IllegalArgumentException("records of an unknown kind: " + records.getClass());
        }
    }

    private void writePart(RecordSlices.Part part) {
        recordBytes += part.length();
        if (part instanceof RecordSlices.Memory memory) {
            parts.add(Unpooled.wrappedBuffer(memory.bytes()));
        } else if (part instanceof RecordSlices.Region region) {
            Optional<FileChannel> channel = region.file().channel();
            if (channel.isPresent()) {
                parts.add(new SegmentRegion(channel.get(), region.position(), region.length()));
            } else {
                parts.add(copyOf(region));
            }
        }
    }

    /** For files that are no real ones, in tests: there is nothing that the system could send from. */
    private ByteBuf copyOf(RecordSlices.Region region) {
        FileHandle file = region.file();
        ByteBuf copy = buffer.alloc().directBuffer(region.length());
        try {
            ByteBuffer target = copy.internalNioBuffer(0, region.length());
            int read = file.read(target, region.position());
            if (read < region.length()) {
                throw new IOException("segment ends too early: position=" + region.position() + " found=" + read
                        + " bytes, expected " + region.length());
            }
            return copy.writerIndex(region.length());
        } catch (IOException failure) {
            copy.release();
            throw new UncheckedIOException(failure);
        }
    }

    /** Makes a part of what was written since the last cut. */
    private void cut() {
        int end = buffer.writerIndex();
        if (end > cutAt) {
            parts.add(buffer.retainedSlice(cutAt, end - cutAt));
            cutAt = end;
        }
    }

    private EncodedResponse finish(int expectedBytes) {
        int sizeInBytes = buffer.writerIndex() + recordBytes;
        if (sizeInBytes != expectedBytes) {
            throw new IllegalStateException(
                    "response has another size than stated: found=" + sizeInBytes + " expected=" + expectedBytes);
        }
        if (parts.isEmpty()) {
            parts.add(buffer);
        } else {
            cut();
            buffer.release();
        }
        return new EncodedResponse(parts, sizeInBytes);
    }
}
