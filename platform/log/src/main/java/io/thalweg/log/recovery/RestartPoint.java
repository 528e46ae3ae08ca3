package io.thalweg.log.recovery;

import io.thalweg.log.EpochOffset;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Where a log is to begin anew, everything before being thrown away. Announced, in the journal or in a file of the log's
 * directory, before anything is deleted, so that a start after a crash can finish what was begun.
 *
 * <pre>
 * offset i64 | epoch i32 | voter count i32 | broker id i32 ... | CRC-32C i32 of what precedes it
 * </pre>
 *
 * @param start the new log start and end offset, and the epoch of the record before it, -1 for none
 * @param voters by broker id; none if they are those at creation
 */
public record RestartPoint(EpochOffset start, SortedSet<Integer> voters) {

    /** The announcement where there is no journal. */
    public static final String FILE = "restart-checkpoint";

    private static final int FIXED_BYTES = 20;

    public RestartPoint {
        voters = Collections.unmodifiableSortedSet(new TreeSet<>(voters));
    }

    public static RestartPoint of(EpochOffset start, Collection<Integer> voters) {
        return new RestartPoint(start, new TreeSet<>(voters));
    }

    public ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + Integer.BYTES * voters.size());
        bytes.putLong(start.offset()).putInt(start.epoch()).putInt(voters.size());
        voters.forEach(bytes::putInt);
        int end = bytes.position();
        return bytes.putInt(checksum(bytes, end)).flip();
    }

    /** Null if the bytes are damaged. */
    public static @Nullable RestartPoint decode(ByteBuffer encoded) {
        ByteBuffer bytes = encoded.slice();
        int end = bytes.limit() - Integer.BYTES;
        if (bytes.limit() < FIXED_BYTES || bytes.getInt(end) != checksum(bytes, end)) {
            return null;
        }
        EpochOffset start = new EpochOffset(bytes.getInt(8), bytes.getLong(0));
        SortedSet<Integer> voters = new TreeSet<>();
        for (int at = FIXED_BYTES - Integer.BYTES; at < end; at += Integer.BYTES) {
            voters.add(bytes.getInt(at));
        }
        return new RestartPoint(start, voters);
    }

    private static int checksum(ByteBuffer bytes, int end) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, end));
        return (int) crc.getValue();
    }
}
