package io.thalweg.gateway.json;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks over JSON text (RFC 8259) in place: skips values, takes strings and integers out. Allocates nothing for what is
 * skipped and needs no stack for nesting, which is refused beyond {@link #DEPTH_MAX}. UTF-8 is not checked here.
 */
final class JsonScanner {
    /** Levels of objects and arrays within one value. */
    static final int DEPTH_MAX = 512;

    /** Digits, sign, point and exponent of one number. */
    static final int NUMBER_CHARS_MAX = 1_000;

    private final byte[] json;
    private final int to;
    private int at;
    /** For each open level one bit: 1 for an object. */
    private final long[] objects = new long[DEPTH_MAX / 64];

    JsonScanner(byte[] json, int from, int to) {
        this.json = json;
        this.at = from;
        this.to = to;
    }

    /** Whether the bytes are one JSON value from the first to the last, within the limits. */
    static boolean isOneValue(byte[] bytes) {
        JsonScanner scanner = new JsonScanner(bytes, 0, bytes.length);
        try {
            return scanner.skipValue() == 0 && scanner.at == bytes.length;
        } catch (ThalwegException malformed) {
            return false;
        }
    }

    int position() {
        return at;
    }

    /** Skips white space; the next byte, or 0 at the end. */
    byte peek() {
        while (at < to) {
            byte b = json[at];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b;
            }
            at++;
        }
        return 0;
    }

    void expect(char wanted) {
        if (peek() != wanted) {
            throw malformed("expected " + wanted);
        }
        at++;
    }

    /** Takes the byte if it comes next. */
    boolean take(char wanted) {
        if (peek() == wanted && at < to) {
            at++;
            return true;
        }
        return false;
    }

    void expectEnd() {
        peek();
        if (at != to) {
            throw malformed("expected the end");
        }
    }

    /** Skips one value of any kind; the position of its first byte. {@link #position} is then behind its last. */
    int skipValue() {
        byte first = peek();
        int start = at;
        if (first != '{' && first != '[') {
            skipScalar(first);
            return start;
        }
        int depth = 0;
        while (true) {
            byte b = peek();
            if (b == '{' || b == '[') {
                at++;
                depth = open(depth, b == '{');
                if (peek() == (b == '{' ? '}' : ']')) {
                    at++;
                    depth--;
                } else {
                    beginMember(depth);
                    continue;
                }
            } else {
                skipScalar(b);
            }
            depth = closeLevels(depth);
            if (depth == 0) {
                return start;
            }
        }
    }

    /** Takes one value's text, as it is written. */
    byte[] valueBytes() {
        int start = skipValue();
        return Arrays.copyOfRange(json, start, at);
    }

    /** Takes what stands before the next white space or the end; empty if nothing does. Not JSON. */
    String word() {
        peek();
        int start = at;
        while (at < to && (json[at] & 0xff) > ' ') {
            at++;
        }
        return new String(json, start, at - start, StandardCharsets.UTF_8);
    }

    private int open(int depth, boolean object) {
        if (depth == DEPTH_MAX) {
            throw malformed("nested deeper than " + DEPTH_MAX);
        }
        long bit = 1L << (depth & 63);
        if (object) {
            objects[depth >> 6] |= bit;
        } else {
            objects[depth >> 6] &= ~bit;
        }
        return depth + 1;
    }

    private boolean inObject(int depth) {
        int level = depth - 1;
        return (objects[level >> 6] & (1L << (level & 63))) != 0;
    }

    /** Steps over a member's name and colon, if an object is open. */
    private void beginMember(int depth) {
        if (inObject(depth)) {
            if (peek() != '"') {
                throw malformed("expected a member's name");
            }
            skipString();
            expect(':');
        }
    }

    /** Behind a value: over the comma to the next one, or out of the levels that end here. */
    private int closeLevels(int depth) {
        int open = depth;
        while (open > 0) {
            byte b = peek();
            boolean object = inObject(open);
            if (b == ',') {
                at++;
                beginMember(open);
                return open;
            }
            if (b != (object ? '}' : ']')) {
                throw malformed(object ? "expected , or }" : "expected , or ]");
            }
            at++;
            open--;
        }
        return 0;
    }

    private void skipScalar(byte first) {
        switch (first) {
            case '"' -> skipString();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> skipNumber();
        }
    }

    private void literal(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= to || json[at + i] != word.charAt(i)) {
                throw malformed("expected " + word);
            }
        }
        at += word.length();
    }

    private void skipNumber() {
        int start = at;
        if (at < to && json[at] == '-') {
            at++;
        }
        if (at < to && json[at] == '0') {
            at++;
        } else {
            digits();
        }
        if (at < to && json[at] == '.') {
            at++;
            digits();
        }
        if (at < to && (json[at] == 'e' || json[at] == 'E')) {
            at++;
            if (at < to && (json[at] == '+' || json[at] == '-')) {
                at++;
            }
            digits();
        }
        if (at - start > NUMBER_CHARS_MAX) {
            throw malformed("number longer than " + NUMBER_CHARS_MAX);
        }
    }

    private void digits() {
        int start = at;
        while (at < to && json[at] >= '0' && json[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw malformed("expected a value");
        }
    }

    private void skipString() {
        at++;
        while (at < to) {
            byte b = json[at++];
            if (b == '"') {
                return;
            }
            if (b == '\\') {
                skipEscape();
            } else if (b >= 0 && b < 0x20) {
                at--;
                throw malformed("control character in a string");
            }
        }
        throw malformed("string without an end");
    }

    private void skipEscape() {
        if (at == to) {
            throw malformed("string without an end");
        }
        byte escaped = json[at++];
        switch (escaped) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                // One character, which was stepped over.
            }
            case 'u' -> codeUnit();
            default -> {
                at--;
                throw malformed("unknown escape");
            }
        }
    }

    /** The four hexadecimal digits that come next. */
    private int codeUnit() {
        if (to - at < 4) {
            throw malformed("expected four hexadecimal digits");
        }
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(json[at + i] & 0xff, 16);
            if (digit < 0) {
                throw malformed("expected four hexadecimal digits");
            }
            unit = (unit << 4) | digit;
        }
        at += 4;
        return unit;
    }

    /** Takes a string out, unescaped, as UTF-8. An escape for half a surrogate pair is refused: UTF-8 has none. */
    byte[] stringBytes() {
        if (peek() != '"') {
            throw malformed("expected a string");
        }
        int start = at + 1;
        skipString();
        int end = at - 1;
        for (int i = start; i < end; i++) {
            if (json[i] == '\\') {
                return unescape(start, end);
            }
        }
        byte[] bytes = new byte[end - start];
        System.arraycopy(json, start, bytes, 0, bytes.length);
        return bytes;
    }

    String string() {
        return new String(stringBytes(), StandardCharsets.UTF_8);
    }

    private byte[] unescape(int start, int end) {
        // No escape is longer as UTF-8 than as it is written.
        byte[] out = new byte[end - start];
        int length = 0;
        int after = at;
        at = start;
        while (at < end) {
            byte b = json[at++];
            if (b != '\\') {
                out[length++] = b;
                continue;
            }
            byte escaped = json[at++];
            if (escaped == 'u') {
                length = putCodePoint(out, length, codePoint());
            } else {
                out[length++] = plain(escaped);
            }
        }
        at = after;
        byte[] exact = new byte[length];
        System.arraycopy(out, 0, exact, 0, length);
        return exact;
    }

    private int codePoint() {
        int unit = codeUnit();
        if (unit < 0xd800 || unit > 0xdfff) {
            return unit;
        }
        if (unit <= 0xdbff && at + 6 <= to && json[at] == '\\' && json[at + 1] == 'u') {
            at += 2;
            int low = codeUnit();
            if (low >= 0xdc00 && low <= 0xdfff) {
                return Character.toCodePoint((char) unit, (char) low);
            }
        }
        throw malformed("half of a surrogate pair");
    }

    private static byte plain(byte escaped) {
        return switch (escaped) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> escaped;
        };
    }

    private static int putCodePoint(byte[] out, int at, int code) {
        int length = at;
        if (code < 0x80) {
            out[length++] = (byte) code;
        } else if (code < 0x800) {
            out[length++] = (byte) (0xc0 | (code >> 6));
            out[length++] = (byte) (0x80 | (code & 0x3f));
        } else if (code < 0x10000) {
            out[length++] = (byte) (0xe0 | (code >> 12));
            out[length++] = (byte) (0x80 | ((code >> 6) & 0x3f));
            out[length++] = (byte) (0x80 | (code & 0x3f));
        } else {
            out[length++] = (byte) (0xf0 | (code >> 18));
            out[length++] = (byte) (0x80 | ((code >> 12) & 0x3f));
            out[length++] = (byte) (0x80 | ((code >> 6) & 0x3f));
            out[length++] = (byte) (0x80 | (code & 0x3f));
        }
        return length;
    }

    /** Takes an integer out; a fraction or an exponent is refused. */
    long integer() {
        byte first = peek();
        if (first != '-' && (first < '0' || first > '9')) {
            throw malformed("expected an integer");
        }
        int start = at;
        skipNumber();
        try {
            return Long.parseLong(new String(json, start, at - start, StandardCharsets.US_ASCII));
        } catch (NumberFormatException notInteger) {
            throw malformed("expected an integer of 64 bits");
        }
    }

    ThalwegException malformed(String what) {
        return new ThalwegException(ErrorCode.INVALID_REQUEST, "malformed JSON: byte=" + at + ": " + what);
    }
}
