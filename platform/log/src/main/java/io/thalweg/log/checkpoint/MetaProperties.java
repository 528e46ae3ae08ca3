package io.thalweg.log.checkpoint;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The {@code meta.properties} file: whom a directory belongs to and in which format it is. Kafka's keys, and the format.
 *
 * @param format of everything in the directory; a larger one than {@link #FORMAT} is of a newer version
 */
public record MetaProperties(int format, Uuid clusterId, int nodeId, Uuid directoryId) {

    public static final String FILE = "meta.properties";

    /** The format that this version writes. */
    public static final int FORMAT = 1;

    private static final int KAFKA_VERSION = 1;

    public ByteBuffer encode() {
        return ChecksummedText.seal(new StringBuilder()
                .append("version=")
                .append(KAFKA_VERSION)
                .append('\n')
                .append("thalweg.format=")
                .append(format)
                .append('\n')
                .append("cluster.id=")
                .append(clusterId)
                .append('\n')
                .append("node.id=")
                .append(nodeId)
                .append('\n')
                .append("directory.id=")
                .append(directoryId)
                .append('\n'));
    }

    /** Null if the bytes are damaged. */
    public static @Nullable MetaProperties decode(ByteBuffer bytes) {
        String text = ChecksummedText.open(bytes);
        if (text == null) {
            return null;
        }
        Map<String, String> values = new HashMap<>();
        for (String line : text.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        try {
            return new MetaProperties(
                    Integer.parseInt(values.getOrDefault("thalweg.format", "")),
                    Uuid.fromString(values.getOrDefault("cluster.id", "")),
                    Integer.parseInt(values.getOrDefault("node.id", "")),
                    Uuid.fromString(values.getOrDefault("directory.id", "")));
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
