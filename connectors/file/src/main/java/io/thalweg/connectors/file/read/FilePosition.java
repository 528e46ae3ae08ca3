package io.thalweg.connectors.file.read;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Where a file source stands in a file: after this many bytes (decompressed) and lines of the file that has this
 * fingerprint and inode. Stored as {@code {"position", "line", "fingerprint", "inode"}}; {@code position} alone, as Kafka
 * Connect's FileStreamSource stores it, is read too.
 */
record FilePosition(long offset, long line, Fingerprint fingerprint, String inode) {

    FilePosition {
        if (offset < 0 || line < 0) {
            throw new IllegalArgumentException(
                    "position of a file: position=" + offset + " line=" + line + "; neither may be below 0");
        }
    }

    static FilePosition start(Fingerprint fingerprint, String inode) {
        return new FilePosition(0, 0, fingerprint, inode);
    }

    /** @throws IllegalArgumentException says what is wrong with it */
    static @Nullable FilePosition of(@Nullable JsonObject stored) {
        if (stored == null || stored.isEmpty()) {
            return null;
        }
        try {
            Long position = stored.getLong("position");
            if (position == null) {
                throw new IllegalArgumentException("offset of a file source has no position: found=" + stored.encode());
            }
            return new FilePosition(
                    position,
                    stored.getLong("line", 0L),
                    Fingerprint.parse(stored.getString("fingerprint", Fingerprint.NONE.toString())),
                    stored.getString("inode", ""));
        } catch (ClassCastException e) {
            throw new IllegalArgumentException(
                    "offset of a file source: found=" + stored.encode()
                            + " expected={\"position\": bytes, \"line\": number, \"fingerprint\": text, \"inode\": text}",
                    e);
        }
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("position", offset)
                .put("line", line)
                .put("fingerprint", fingerprint.toString())
                .put("inode", inode);
    }

    FilePosition advanced(long bytes, long lines) {
        return new FilePosition(offset + bytes, line + lines, fingerprint, inode);
    }

    FilePosition withFingerprint(Fingerprint longer) {
        return new FilePosition(offset, line, longer, inode);
    }
}
