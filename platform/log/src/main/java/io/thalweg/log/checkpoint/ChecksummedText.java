package io.thalweg.log.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Lines of text whose last one is {@code #crc=<8 hex digits>} of those before it. */
final class ChecksummedText {

    private static final String PREFIX = "#crc=";
    private static final int LAST_LINE_BYTES = PREFIX.length() + 9;

    private ChecksummedText() {}

    static ByteBuffer seal(StringBuilder lines) {
        return seal(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    static ByteBuffer seal(byte[] body) {
        byte[] last = (PREFIX + digits(body, body.length) + "\n").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(body.length + last.length)
                .put(body)
                .put(last)
                .flip();
    }

    /** The lines before the last one; null if they are not what was sealed. */
    static @Nullable String open(ByteBuffer bytes) {
        int length = bytes.remaining() - LAST_LINE_BYTES;
        if (length < 0) {
            return null;
        }
        byte[] all = new byte[bytes.remaining()];
        bytes.duplicate().get(all);
        String last = new String(all, length, LAST_LINE_BYTES, StandardCharsets.UTF_8);
        return last.equals(PREFIX + digits(all, length) + "\n")
                ? new String(all, 0, length, StandardCharsets.UTF_8)
                : null;
    }

    private static String digits(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return String.format("%08x", crc.getValue());
    }
}
