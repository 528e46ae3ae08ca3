package io.thalweg.log.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.record.RecordCursor.MalformedException;
import io.thalweg.testkit.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The check takes what the decoder takes, and refuses what it refuses. */
class GzipHeaderPropertyTest {

    @Seeds(count = 300)
    void agreesWithTheDecoder(long seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = random.nextInt(4) == 0 ? plain() : withOptions(random);
        for (int change = random.nextInt(3); change > 0; change--) {
            bytes[random.nextInt(Math.min(bytes.length, 24))] ^= (byte) (1 << random.nextInt(8));
        }
        byte[] cut = Arrays.copyOf(bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length);

        assertThat(checked(cut)).isEqualTo(decoded(cut));
    }

    private static boolean checked(byte[] bytes) {
        try {
            GzipHeader.check(ByteBuffer.wrap(bytes));
            return true;
        } catch (MalformedException refused) {
            return false;
        }
    }

    private static boolean decoded(byte[] bytes) {
        try (GZIPInputStream stream = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return stream.available() >= 0;
        } catch (IOException refused) {
            return false;
        }
    }

    private static byte[] plain() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(new byte[50]);
        }
        return bytes.toByteArray();
    }

    /** A header with what few writers put into it; no content. */
    private static byte[] withOptions(Random random) {
        int flags = random.nextInt(32);
        ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort((short) 0x8b1f)
                .put((byte) 8)
                .put((byte) flags)
                .putInt(random.nextInt())
                .putShort((short) 0);
        if ((flags & 4) != 0) {
            int length = random.nextInt(9);
            bytes.putShort((short) length).put(new byte[length]);
        }
        for (int flag : new int[] {8, 16}) {
            if ((flags & flag) != 0) {
                bytes.put("name".getBytes(StandardCharsets.UTF_8)).put((byte) 0);
            }
        }
        if ((flags & 2) != 0) {
            CRC32 crc = new CRC32();
            crc.update(bytes.duplicate().flip());
            bytes.putShort((short) crc.getValue());
        }
        return bytes.array();
    }
}
