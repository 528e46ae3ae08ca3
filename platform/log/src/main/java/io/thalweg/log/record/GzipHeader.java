package io.thalweg.log.record;

import io.thalweg.log.record.RecordCursor.MalformedException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The header of a gzip member (RFC 1952). The decoder of the JDK takes native memory before it looks at the header, and does
 * not give it back when it refuses it; so it is looked at first.
 *
 * <pre>
 * magic u16 | method u8 = 8 | flags u8 | time u32 | extra flags u8 | system u8
 * [extra: length u16, bytes] [name: bytes, 0] [comment: bytes, 0] [CRC-16 of what precedes it]
 * </pre>
 */
final class GzipHeader {

    private static final int FIXED_BYTES = 10;
    private static final int MAGIC = 0x8b1f;
    private static final int DEFLATE = 8;
    private static final int CHECKED = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private GzipHeader() {}

    /** @throws MalformedException if {@code bytes} do not begin with one that the decoder takes */
    static void check(ByteBuffer bytes) {
        int begin = bytes.position();
        if (bytes.remaining() < FIXED_BYTES) {
            throw malformed("it is cut off");
        }
        if (u16(bytes, begin) != MAGIC) {
            throw malformed("it has another magic number");
        }
        if (bytes.get(begin + 2) != DEFLATE) {
            throw malformed("it names another method than deflate");
        }
        int flags = bytes.get(begin + 3);
        int at = begin + FIXED_BYTES;
        if ((flags & EXTRA) != 0) {
            int content = skip(bytes, at, Short.BYTES);
            at = skip(bytes, content, u16(bytes, at));
        }
        if ((flags & NAME) != 0) {
            at = behindZero(bytes, at);
        }
        if ((flags & COMMENT) != 0) {
            at = behindZero(bytes, at);
        }
        if ((flags & CHECKED) != 0) {
            skip(bytes, at, Short.BYTES);
            CRC32 crc = new CRC32();
            crc.update(bytes.slice(begin, at - begin));
            if (u16(bytes, at) != (crc.getValue() & 0xffff)) {
                throw malformed("its checksum is wrong");
            }
        }
    }

    private static int skip(ByteBuffer bytes, int at, int count) {
        if (count > bytes.limit() - at) {
            throw malformed("it is cut off");
        }
        return at + count;
    }

    private static int behindZero(ByteBuffer bytes, int from) {
        for (int at = from; at < bytes.limit(); at++) {
            if (bytes.get(at) == 0) {
                return at + 1;
            }
        }
        throw malformed("it is cut off");
    }

    private static int u16(ByteBuffer bytes, int at) {
        return (bytes.get(at) & 0xff) | ((bytes.get(at + 1) & 0xff) << 8);
    }

    private static MalformedException malformed(String why) {
        return new MalformedException("the batch does not decompress: gzip header: " + why);
    }
}
