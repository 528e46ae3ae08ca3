package io.thalweg.log.record;

import io.thalweg.log.record.RecordCursor.MalformedException;
import io.thalweg.log.record.RecordCursor.TooLargeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.BufferSupplier;

/**
 * Opens compressed records as a stream and keeps, for each thread, the buffers that this needs. The streams of gzip, lz4
 * and zstd hold a bounded block or window; snappy's trusts the sizes in its input and allocates them, so those are
 * checked first, and so is gzip's header.
 */
final class Inflation {

    private static final int WINDOW_BYTES = 16 << 10;
    private static final ThreadLocal<Inflation> OF_THREAD = ThreadLocal.withInitial(Inflation::new);

    private static final long SNAPPY_MAGIC = 0x82534e4150505900L;
    private static final int SNAPPY_HEADER_BYTES = 16;

    private final BufferSupplier buffers = BufferSupplier.create();
    private final byte[] window = new byte[WINDOW_BYTES];

    private Inflation() {}

    static Inflation ofThread() {
        return OF_THREAD.get();
    }

    /** To be lent to one {@link StreamCursor} at a time. */
    byte[] window() {
        return window;
    }

    /** Opens {@code [begin, end)} of {@code buffer}; the caller closes the stream. */
    InputStream open(CompressionCodec codec, ByteBuffer buffer, int begin, int end, int inflatedBytesMax) {
        ByteBuffer compressed = buffer.slice(begin, end - begin);
        if (codec == CompressionCodec.SNAPPY) {
            checkSnappy(compressed, inflatedBytesMax);
        } else if (codec == CompressionCodec.GZIP) {
            GzipHeader.check(compressed);
        }
        try {
            return codec.compression().wrapForInput(compressed, BatchHeader.CURRENT_MAGIC, buffers);
        } catch (RuntimeException failure) {
            throw new MalformedException("the batch does not decompress: " + failure.getMessage());
        }
    }

    static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException | RuntimeException ignored) {
            // Everything that was wanted has been read; a decoder that cannot close has nothing to lose.
        }
    }

    /** Walks the chunks and sums the sizes that they state, without inflating. */
    private static void checkSnappy(ByteBuffer bytes, int inflatedBytesMax) {
        int at = 0;
        int end = bytes.limit();
        if (end - at < Long.BYTES || bytes.getLong(at) != SNAPPY_MAGIC) {
            statedSize(bytes, at, end, inflatedBytesMax);
            return;
        }
        long total = 0;
        while (at < end) {
            if (end - at >= SNAPPY_HEADER_BYTES && bytes.getLong(at) == SNAPPY_MAGIC) {
                at += SNAPPY_HEADER_BYTES;
                continue;
            }
            if (end - at < Integer.BYTES) {
                throw new MalformedException("a snappy chunk is cut");
            }
            int chunkBytes = bytes.getInt(at);
            at += Integer.BYTES;
            if (chunkBytes <= 0 || chunkBytes > end - at) {
                throw new MalformedException("a snappy chunk passes the end of the batch: chunkBytes=" + chunkBytes);
            }
            total += statedSize(bytes, at, at + chunkBytes, inflatedBytesMax);
            if (total > inflatedBytesMax) {
                throw new TooLargeException("the batch inflates beyond " + inflatedBytesMax + " bytes");
            }
            at += chunkBytes;
        }
    }

    /** The size that a raw snappy block states in front, an unsigned varint. */
    private static long statedSize(ByteBuffer bytes, int begin, int end, int inflatedBytesMax) {
        long size = 0;
        for (int shift = 0, at = begin; shift < 35 && at < end; shift += 7, at++) {
            byte b = bytes.get(at);
            size |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                if (size > inflatedBytesMax) {
                    throw new TooLargeException("the batch inflates beyond " + inflatedBytesMax + " bytes");
                }
                return size;
            }
        }
        throw new MalformedException("a snappy block states no size");
    }
}
