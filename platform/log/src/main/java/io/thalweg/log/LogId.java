package io.thalweg.log;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The identity of one partition's log on disk. Made from the topic's id, never from its name, so that a topic that is
 * deleted and created again under the same name gets another directory.
 *
 * @param partition at least 0
 */
public record LogId(Uuid topicId, int partition) {

    public LogId {
        if (partition < 0) {
            throw new IllegalArgumentException("partition=" + partition + "; must be at least 0");
        }
    }

    /** {@code <topicId>-<partition>}; a topic id may itself contain dashes, so the last one separates. */
    public String directoryName() {
        return topicId + "-" + partition;
    }

    /** The id with this directory name, or null if the name is not of that form. */
    public static @Nullable LogId parse(String directoryName) {
        int dash = directoryName.lastIndexOf('-');
        if (dash != TOPIC_ID_CHARS) {
            return null;
        }
        try {
            LogId id = new LogId(
                    Uuid.fromString(directoryName.substring(0, dash)),
                    Integer.parseInt(directoryName, dash + 1, directoryName.length(), 10));
            return id.directoryName().equals(directoryName) ? id : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static final int TOPIC_ID_CHARS = 22;

    @Override
    public String toString() {
        return directoryName();
    }
}
