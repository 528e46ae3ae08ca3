package io.thalweg.log.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as a reader sees it. Keys, values and headers are views of memory that is valid only during the visit; copy
 * what is kept.
 *
 * @param timestamp milliseconds since the epoch, -1 for none
 * @param key null for none
 * @param value null for a tombstone
 */
public record DecodedRecord(
        long offset,
        long timestamp,
        @Nullable ByteBuffer key,
        @Nullable ByteBuffer value,
        List<Header> headers) {

    /**
     * A header.
     *
     * @param key UTF-8
     */
    public record Header(ByteBuffer key, @Nullable ByteBuffer value) {

        public String name() {
            return StandardCharsets.UTF_8.decode(key.duplicate()).toString();
        }
    }
}
