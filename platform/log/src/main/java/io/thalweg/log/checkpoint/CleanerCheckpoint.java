package io.thalweg.log.checkpoint;

import io.thalweg.log.LogId;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The {@code cleaner-offset-checkpoint} file: how far each log was compacted. Only a cache: without it the next run over
 * a log begins at its beginning.
 *
 * <pre>
 * &lt;log&gt; &lt;first dirty offset&gt;
 * #crc=&lt;of the lines above&gt;
 * </pre>
 */
public record CleanerCheckpoint(Map<LogId, Long> firstDirtyOffsets) {

    public static final String FILE = "cleaner-offset-checkpoint";

    public CleanerCheckpoint {
        firstDirtyOffsets = Map.copyOf(firstDirtyOffsets);
    }

    public ByteBuffer encode() {
        StringBuilder text = new StringBuilder(48 * firstDirtyOffsets.size());
        firstDirtyOffsets.forEach((id, offset) ->
                text.append(id.directoryName()).append(' ').append(offset).append('\n'));
        return ChecksummedText.seal(text);
    }

    /** Empty if the bytes are damaged. */
    public static CleanerCheckpoint decode(ByteBuffer bytes) {
        Map<LogId, Long> offsets = new HashMap<>();
        String text = ChecksummedText.open(bytes);
        if (text != null) {
            text.lines().forEach(line -> {
                int space = line.indexOf(' ');
                LogId id = space < 0 ? null : LogId.parse(line.substring(0, space));
                if (id != null) {
                    offsets.put(id, Long.parseLong(line.substring(space + 1)));
                }
            });
        }
        return new CleanerCheckpoint(offsets);
    }
}
