package io.thalweg.log.checkpoint;

import io.thalweg.log.VotersAt;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The {@code voters-checkpoint} file of a replicated log: who votes from which record on. Absent while the log has no
 * voters record.
 *
 * <pre>
 * &lt;offset of the record&gt; &lt;broker id&gt; ...
 * #crc=&lt;of the lines above&gt;
 * </pre>
 */
public record VotersCheckpoint(List<VotersAt> entries) {

    public static final String FILE = "voters-checkpoint";

    public VotersCheckpoint {
        entries = List.copyOf(entries);
    }

    public ByteBuffer encode() {
        StringBuilder text = new StringBuilder();
        for (VotersAt entry : entries) {
            text.append(entry.offset());
            entry.ids().forEach(id -> text.append(' ').append(id));
            text.append('\n');
        }
        return ChecksummedText.seal(text);
    }

    /** Null if the bytes are damaged. */
    public static @Nullable VotersCheckpoint decode(ByteBuffer bytes) {
        String text = ChecksummedText.open(bytes);
        if (text == null) {
            return null;
        }
        List<VotersAt> entries = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] fields = line.split(" ");
            TreeSet<Integer> ids = new TreeSet<>();
            for (int i = 1; i < fields.length; i++) {
                ids.add(Integer.valueOf(fields[i]));
            }
            entries.add(new VotersAt(Long.parseLong(fields[0]), ids));
        }
        return new VotersCheckpoint(entries);
    }
}
