package io.thalweg.log.checkpoint;

import io.thalweg.log.LogId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.Uuid;

/**
 * Builds lines of ASCII text. By hand, because a checkpoint of ten thousand logs is written each time that a journal file
 * is freed, and formatting it by way of strings costs ten times as much.
 */
final class LineWriter {

    private static final byte[] BASE64 =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);
    private static final int LONG_CHARS_MAX = 20;
    private static final int UUID_CHARS = 22;

    private static final String LONG_MAX = Long.toString(Long.MAX_VALUE);

    private final byte[] digits = new byte[LONG_CHARS_MAX];
    private byte[] bytes;
    private int length;

    LineWriter(int bytesExpected) {
        bytes = new byte[bytesExpected];
    }

    LineWriter text(String ascii) {
        room(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    LineWriter character(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    LineWriter number(long value) {
        if (value < 0 || value == Long.MAX_VALUE) {
            return text(value < 0 ? Long.toString(value) : LONG_MAX);
        }
        int first = LONG_CHARS_MAX;
        long rest = value;
        do {
            long tenth = rest / 10;
            digits[--first] = (byte) ('0' + (rest - 10 * tenth));
            rest = tenth;
        } while (rest > 0);
        room(LONG_CHARS_MAX);
        System.arraycopy(digits, first, bytes, length, LONG_CHARS_MAX - first);
        length += LONG_CHARS_MAX - first;
        return this;
    }

    /** As {@link LogId#directoryName()}. */
    LineWriter log(LogId id) {
        room(UUID_CHARS);
        Uuid topic = id.topicId();
        long high = topic.getMostSignificantBits();
        long low = topic.getLeastSignificantBits();
        // Six bits at a time from the front; the last two bits of the 128 fill a character with zeros.
        for (int bit = 0; bit < 128; bit += 6) {
            int shift = 122 - bit;
            long six = shift >= 64
                    ? high >>> (shift - 64)
                    : shift >= 0 ? (shift == 0 ? 0 : high << (64 - shift)) | (low >>> shift) : low << -shift;
            bytes[length++] = BASE64[(int) (six & 63)];
        }
        return character('-').number(id.partition());
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
