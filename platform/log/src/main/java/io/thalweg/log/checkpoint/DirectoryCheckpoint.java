package io.thalweg.log.checkpoint;

import io.thalweg.log.LogId;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The {@code thalweg-checkpoint} file: one line for each log.
 *
 * <pre>
 * thalweg-checkpoint 1 &lt;clean|open&gt; &lt;journal floor&gt; &lt;cluster id&gt; &lt;node id&gt;
 * &lt;log&gt; &lt;log start offset&gt; &lt;recovery point&gt; &lt;log end offset&gt; &lt;high watermark&gt; &lt;leader epoch&gt; &lt;bytes&gt; &lt;first unstable&gt;
 * #crc=&lt;of the lines above&gt;
 * </pre>
 *
 * @param clean written by a shutdown that flushed everything; the next start makes it false before anything else
 * @param journalFloor what the journal holds in groups before this one is durable in segments and is void
 */
public record DirectoryCheckpoint(
        boolean clean, long journalFloor, Uuid clusterId, int nodeId, Map<LogId, Entry> logs) {

    public static final String FILE = "thalweg-checkpoint";

    private static final String HEAD = "thalweg-checkpoint 1 ";
    private static final int LINE_BYTES_EXPECTED = 112;

    public DirectoryCheckpoint {
        logs = Map.copyOf(logs);
    }

    /**
     * @param recoveryPoint everything before it is durable in segments
     * @param firstUnstableOffset of the oldest open transaction, the largest long for none
     */
    public record Entry(
            long logStartOffset,
            long recoveryPoint,
            long logEndOffset,
            long highWatermark,
            int leaderEpoch,
            long sizeBytes,
            long firstUnstableOffset) {}

    public ByteBuffer encode() {
        LineWriter lines = new LineWriter(128 + LINE_BYTES_EXPECTED * logs.size());
        lines.text(HEAD)
                .text(clean ? "clean " : "open ")
                .number(journalFloor)
                .character(' ')
                .text(clusterId.toString())
                .character(' ')
                .number(nodeId)
                .character('\n');
        logs.forEach((id, log) -> lines.log(id)
                .character(' ')
                .number(log.logStartOffset)
                .character(' ')
                .number(log.recoveryPoint)
                .character(' ')
                .number(log.logEndOffset)
                .character(' ')
                .number(log.highWatermark)
                .character(' ')
                .number(log.leaderEpoch)
                .character(' ')
                .number(log.sizeBytes)
                .character(' ')
                .number(log.firstUnstableOffset)
                .character('\n'));
        return ChecksummedText.seal(lines.toByteArray());
    }

    /** Null if the bytes are not a whole checkpoint. */
    public static @Nullable DirectoryCheckpoint decode(ByteBuffer bytes) {
        String text = ChecksummedText.open(bytes);
        if (text == null || !text.startsWith(HEAD)) {
            return null;
        }
        String[] lines = text.split("\n");
        String[] head = lines[0].split(" ");
        Map<LogId, Entry> logs = new HashMap<>(2 * lines.length);
        for (int i = 1; i < lines.length; i++) {
            String[] fields = lines[i].split(" ");
            LogId id = LogId.parse(fields[0]);
            if (id == null || fields.length != 8) {
                return null;
            }
            logs.put(
                    id,
                    new Entry(
                            Long.parseLong(fields[1]),
                            Long.parseLong(fields[2]),
                            Long.parseLong(fields[3]),
                            Long.parseLong(fields[4]),
                            Integer.parseInt(fields[5]),
                            Long.parseLong(fields[6]),
                            Long.parseLong(fields[7])));
        }
        return new DirectoryCheckpoint(
                head[2].equals("clean"),
                Long.parseLong(head[3]),
                Uuid.fromString(head[4]),
                Integer.parseInt(head[5]),
                logs);
    }
}
