package io.thalweg.connectors.file.read;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The first bytes of a file, so that it is known again under another name, and a new file under the old name is not
 * mistaken for it. Written as {@code length:hex}.
 *
 * @param length how many bytes were looked at, 0 to {@link #BYTES_MAX}; those of length 0 match every file
 * @param hash of those bytes, 16 hexadecimal digits
 */
record Fingerprint(int length, String hash) {

    static final int BYTES_MAX = 256;
    static final Fingerprint NONE = new Fingerprint(0, "");

    static Fingerprint of(byte[] head) {
        if (head.length == 0) {
            return NONE;
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(head);
            return new Fingerprint(head.length, HexFormat.of().formatHex(digest, 0, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }

    static Fingerprint of(ByteInput input) throws IOException {
        return of(input.head(BYTES_MAX));
    }

    /** Whether the file begins with the bytes that this was taken of. */
    boolean matches(ByteInput input) throws IOException {
        return length == 0 || equals(of(input.head(length)));
    }

    /** @throws IllegalArgumentException if it was not written by {@link #toString} */
    static Fingerprint parse(String text) {
        int colon = text.indexOf(':');
        try {
            int length = Integer.parseInt(text.substring(0, Math.max(0, colon)));
            if (length >= 0 && length <= BYTES_MAX) {
                return length == 0 ? NONE : new Fingerprint(length, text.substring(colon + 1));
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("fingerprint of a position: found=" + text + " expected=length:hex");
    }

    @Override
    public String toString() {
        return length + ":" + hash;
    }
}
