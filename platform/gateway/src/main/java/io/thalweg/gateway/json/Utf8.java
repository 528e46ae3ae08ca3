package io.thalweg.gateway.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Checks UTF-8 strictly: no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    static boolean isValid(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            while (at + 8 <= to && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
                at += 8;
            }
            if (at == to) {
                return true;
            }
            if (bytes[at] >= 0) {
                at++;
                continue;
            }
            int length = sequenceLength(bytes, at, to);
            if (length == 0) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /** 2, 3 or 4 for a well-formed sequence that starts here, else 0 (Unicode 15, table 3-7). */
    private static int sequenceLength(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xff;
        int left = to - at;
        if (first >= 0xc2 && first <= 0xdf) {
            return left >= 2 && continues(bytes[at + 1]) ? 2 : 0;
        }
        if (first >= 0xe0 && first <= 0xef) {
            if (left < 3 || !continues(bytes[at + 1]) || !continues(bytes[at + 2])) {
                return 0;
            }
            int second = bytes[at + 1] & 0xff;
            boolean overlong = first == 0xe0 && second < 0xa0;
            boolean surrogate = first == 0xed && second > 0x9f;
            return overlong || surrogate ? 0 : 3;
        }
        if (first >= 0xf0 && first <= 0xf4) {
            if (left < 4 || !continues(bytes[at + 1]) || !continues(bytes[at + 2]) || !continues(bytes[at + 3])) {
                return 0;
            }
            int second = bytes[at + 1] & 0xff;
            boolean overlong = first == 0xf0 && second < 0x90;
            boolean tooLarge = first == 0xf4 && second > 0x8f;
            return overlong || tooLarge ? 0 : 4;
        }
        return 0;
    }

    private static boolean continues(byte b) {
        return (b & 0xc0) == 0x80;
    }
}
