package io.thalweg.streams.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The bytes of a key that somebody typed. */
final class QueryKeys {

    private QueryKeys() {}

    /**
     * @param serde the name of the key's serde; numbers are read as numbers, bytes as base64, anything else as text
     * @throws IllegalArgumentException if the text is no such key
     */
    static byte[] bytes(@Nullable String serde, String text) {
        try {
            if ("int64".equals(serde)) {
                return ByteBuffer.allocate(Long.BYTES)
                        .putLong(Long.parseLong(text))
                        .array();
            }
            if ("int32".equals(serde)) {
                return ByteBuffer.allocate(Integer.BYTES)
                        .putInt(Integer.parseInt(text))
                        .array();
            }
            if ("bytes".equals(serde)) {
                return Base64.getDecoder().decode(text);
            }
            return text.getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "key=" + text + " is no " + serde + " key; expected a number, or base64 for bytes", malformed);
        }
    }
}
