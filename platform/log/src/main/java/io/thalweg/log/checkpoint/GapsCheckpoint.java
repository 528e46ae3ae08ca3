package io.thalweg.log.checkpoint;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The {@code gaps-checkpoint} file of a log: the offset before which batches need not follow each other, because compaction,
 * here or at the leader that they were fetched from, left some out. From there on a gap is damage. A log
 * without this file has no gaps if it has one segment; if it has more, the file was lost and nothing is known.
 *
 * <pre>
 * &lt;offset&gt;
 * #crc=&lt;of the line above&gt;
 * </pre>
 *
 * @param before durable before the first gap that it explains lies in a segment
 */
public record GapsCheckpoint(long before) {

    public static final String FILE = "gaps-checkpoint";

    public ByteBuffer encode() {
        return ChecksummedText.seal(new StringBuilder().append(before).append('\n'));
    }

    /** Null if the bytes are damaged. */
    public static @Nullable GapsCheckpoint decode(ByteBuffer bytes) {
        String text = ChecksummedText.open(bytes);
        try {
            return text == null ? null : new GapsCheckpoint(Long.parseLong(text.trim()));
        } catch (NumberFormatException damaged) {
            return null;
        }
    }
}
