package io.thalweg.connectors.http.poll;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/** The last ids that were published, as 64 bits of a hash each. Confined. */
final class SeenIds {

    private final int idsMax;
    private final LinkedHashSet<Long> hashes = new LinkedHashSet<>();

    SeenIds(int idsMax) {
        this.idsMax = idsMax;
    }

    /** Whether it was there already; it is the newest now, and the oldest beyond the window is forgotten. */
    boolean add(String id) {
        long hash = hash(id);
        boolean seen = hashes.remove(hash);
        hashes.add(hash);
        if (hashes.size() > idsMax) {
            Iterator<Long> oldest = hashes.iterator();
            oldest.next();
            oldest.remove();
        }
        return seen;
    }

    private static long hash(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }

    String stored() {
        ByteBuffer bytes = ByteBuffer.allocate(hashes.size() * Long.BYTES);
        hashes.forEach(bytes::putLong);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /** Takes what {@link #stored} gave. Something else is ignored: the window begins empty. */
    void restore(@Nullable String stored) {
        if (stored == null) {
            return;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(stored));
            while (bytes.remaining() >= Long.BYTES && hashes.size() < idsMax) {
                hashes.add(bytes.getLong());
            }
        } catch (IllegalArgumentException e) {
            hashes.clear();
        }
    }
}
