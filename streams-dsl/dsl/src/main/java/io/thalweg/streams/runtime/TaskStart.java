package io.thalweg.streams.runtime;

import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.streams.topology.TaskId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What a task begins with.
 *
 * @param offsets next offset of each of its partitions; 0, and so the beginning, where nothing was committed
 * @param streamTimeMillis that it had reached by then, -1 for none: what came late before comes late again
 */
record TaskStart(TaskId id, Map<TopicPartition, Long> offsets, long streamTimeMillis) {

    private static final String STREAM_TIME = "streamTimeMillis=";

    TaskStart {
        offsets = Map.copyOf(offsets);
    }

    static TaskStart of(TaskId id, Set<TopicPartition> partitions, Map<TopicPartition, CommittedOffset> committed) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        long streamTime = -1;
        for (TopicPartition partition : partitions) {
            CommittedOffset found = committed.get(partition);
            offsets.put(partition, found == null ? 0 : found.offset());
            streamTime = Math.max(streamTime, found == null ? -1 : streamTime(found.metadata()));
        }
        return new TaskStart(id, offsets, streamTime);
    }

    /** An offset with the stream time at it, in the text that Kafka keeps beside an offset. */
    static OffsetToCommit commit(long offset, long streamTimeMillis) {
        return new OffsetToCommit(offset, -1, streamTimeMillis < 0 ? "" : STREAM_TIME + streamTimeMillis);
    }

    /** -1 if the text is somebody else's, who moved the group's offsets. */
    private static long streamTime(@Nullable String metadata) {
        if (metadata == null || !metadata.startsWith(STREAM_TIME)) {
            return -1;
        }
        try {
            return Long.parseLong(metadata.substring(STREAM_TIME.length()));
        } catch (NumberFormatException malformed) {
            return -1;
        }
    }
}
