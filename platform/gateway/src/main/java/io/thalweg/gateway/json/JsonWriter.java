package io.thalweg.gateway.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON text into a growing array. Commas come by themselves; names and values must alternate as JSON wants it,
 * which is not checked. {@link #clear} keeps the array for the next text.
 */
public final class JsonWriter {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int size;
    /** Whether a comma must come before the next member or element. */
    private boolean comma;

    public JsonWriter() {
        this(256);
    }

    public JsonWriter(int capacity) {
        bytes = new byte[capacity];
    }

    public JsonWriter beginObject() {
        separate();
        put('{');
        comma = false;
        return this;
    }

    public JsonWriter endObject() {
        put('}');
        comma = true;
        return this;
    }

    public JsonWriter beginArray() {
        separate();
        put('[');
        comma = false;
        return this;
    }

    public JsonWriter endArray() {
        put(']');
        comma = true;
        return this;
    }

    public JsonWriter name(String name) {
        separate();
        quote(name);
        put(':');
        comma = false;
        return this;
    }

    public JsonWriter value(@Nullable String text) {
        if (text == null) {
            return nullValue();
        }
        separate();
        quote(text);
        comma = true;
        return this;
    }

    public JsonWriter value(boolean value) {
        return ascii(value ? "true" : "false");
    }

    public JsonWriter nullValue() {
        return ascii("null");
    }

    public JsonWriter value(long number) {
        if (number < 0) {
            return ascii(Long.toString(number));
        }
        separate();
        comma = true;
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        ensure(digits);
        long rest = number;
        for (int i = size + digits - 1; i >= size; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        return this;
    }

    public JsonWriter value(double number) {
        return Double.isFinite(number) ? ascii(Double.toString(number)) : nullValue();
    }

    public JsonWriter field(String name, @Nullable String value) {
        return name(name).value(value);
    }

    public JsonWriter field(String name, long value) {
        return name(name).value(value);
    }

    public JsonWriter field(String name, boolean value) {
        return name(name).value(value);
    }

    /** Bytes that are JSON already. */
    public JsonWriter raw(byte[] json) {
        return raw(json, 0, json.length);
    }

    public JsonWriter raw(byte[] json, int from, int length) {
        separate();
        ensure(length);
        System.arraycopy(json, from, bytes, size, length);
        size += length;
        comma = true;
        return this;
    }

    /** A string whose UTF-8 is given. */
    public JsonWriter utf8(byte[] text) {
        separate();
        ensure(text.length + 2);
        bytes[size++] = '"';
        for (int i = 0; i < text.length; i++) {
            byte b = text[i];
            if ((b >= 0x20 && b != '"' && b != '\\') || b < 0) {
                bytes[size++] = b;
            } else {
                escape(b);
                ensure(text.length - i + 1);
            }
        }
        bytes[size++] = '"';
        comma = true;
        return this;
    }

    public JsonWriter base64(byte[] data) {
        separate();
        byte[] text = Base64.getEncoder().encode(data);
        ensure(text.length + 2);
        bytes[size++] = '"';
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
        bytes[size++] = '"';
        comma = true;
        return this;
    }

    public int size() {
        return size;
    }

    /** A copy of the text as UTF-8. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    public JsonWriter clear() {
        size = 0;
        comma = false;
        return this;
    }

    private void separate() {
        if (comma) {
            put(',');
        }
    }

    private JsonWriter ascii(String text) {
        separate();
        ensure(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
        comma = true;
        return this;
    }

    private void quote(String text) {
        int length = text.length();
        ensure(length + 2);
        bytes[size++] = '"';
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                quoteRest(text.substring(i));
                return;
            }
            if (c >= 0x20 && c != '"' && c != '\\') {
                bytes[size++] = (byte) c;
            } else {
                escape((byte) c);
                ensure(length - i + 1);
            }
        }
        bytes[size++] = '"';
    }

    /** From the first character that is not ASCII on. */
    private void quoteRest(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ensure(utf8.length * 6 + 1);
        for (byte b : utf8) {
            if ((b >= 0x20 && b != '"' && b != '\\') || b < 0) {
                bytes[size++] = b;
            } else {
                escape(b);
            }
        }
        put('"');
    }

    private void escape(byte b) {
        ensure(6);
        bytes[size++] = '\\';
        switch (b) {
            case '"', '\\' -> bytes[size++] = b;
            case '\n' -> bytes[size++] = 'n';
            case '\r' -> bytes[size++] = 'r';
            case '\t' -> bytes[size++] = 't';
            default -> {
                bytes[size++] = 'u';
                bytes[size++] = '0';
                bytes[size++] = '0';
                bytes[size++] = HEX[b >> 4];
                bytes[size++] = HEX[b & 15];
            }
        }
    }

    private void put(char c) {
        ensure(1);
        bytes[size++] = (byte) c;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), Math.min(bytes.length, 1 << 30) * 2));
        }
    }
}
