package io.thalweg.streams.runtime;

import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.streams.topology.TaskId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * What a task begins with.
 *
 * @param offsets next offset of each of its partitions; 0, and so the beginning, where nothing was committed
 * @param streamTimeMillis that it had reached by then, -1 for none
 * @param producerId under which its changelogs are written, -1 if none is committed
 * @param changelogEnds by store, where its changelog ended for that commit: what follows belongs to records that will be
 *     processed again. A store is absent if that is not known
 */
record TaskStart(
        TaskId id,
        Map<TopicPartition, Long> offsets,
        long streamTimeMillis,
        long producerId,
        Map<String, Long> changelogEnds) {

    private static final String STREAM_TIME = "streamTimeMillis=";
    private static final String PRODUCER = " producer=";
    private static final String CHANGELOGS = " changelogs=";

    /** The broker's default limit for the text beside an offset is 4,096 characters. */
    private static final int TEXT_CHARS_MAX = 4_000;

    TaskStart {
        offsets = Map.copyOf(offsets);
        changelogEnds = Map.copyOf(changelogEnds);
    }

    static TaskStart of(TaskId id, Set<TopicPartition> partitions, Map<TopicPartition, CommittedOffset> committed) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Map<String, Long> ends = new HashMap<>();
        long streamTime = -1;
        long producer = -1;
        for (TopicPartition partition : partitions) {
            CommittedOffset found = committed.get(partition);
            offsets.put(partition, found == null ? 0 : found.offset());
            if (found != null && found.metadata().startsWith(STREAM_TIME)) {
                streamTime = Math.max(streamTime, word(found.metadata(), STREAM_TIME));
                producer = Math.max(producer, word(found.metadata(), PRODUCER));
                changelogEnds(found.metadata()).forEach((store, end) -> ends.merge(store, end, Math::max));
            }
        }
        return new TaskStart(id, offsets, streamTime, producer, ends);
    }

    /**
     * An offset with what belongs to it, in the text that Kafka keeps beside an offset:
     * {@code streamTimeMillis=N producer=N changelogs=STORE:OFFSET,STORE:OFFSET}.
     */
    static OffsetToCommit commit(long offset, long streamTimeMillis, long producerId, Map<String, Long> changelogEnds) {
        StringBuilder text = new StringBuilder(STREAM_TIME).append(streamTimeMillis);
        if (producerId >= 0) {
            text.append(PRODUCER).append(producerId);
        }
        if (!changelogEnds.isEmpty()) {
            StringBuilder ends = new StringBuilder();
            new TreeMap<>(changelogEnds).forEach((store, end) -> {
                if (end != AckBarrier.UNKNOWN) {
                    ends.append(ends.length() == 0 ? "" : ",")
                            .append(store)
                            .append(':')
                            .append(end);
                }
            });
            if (text.length() + ends.length() < TEXT_CHARS_MAX) {
                text.append(CHANGELOGS).append(ends);
            }
        }
        return new OffsetToCommit(offset, -1, text.toString());
    }

    /** The number behind a name, in front of the changelogs; -1 if it is not there. */
    private static long word(String text, String name) {
        int changelogs = text.indexOf(CHANGELOGS);
        String words = changelogs < 0 ? text : text.substring(0, changelogs);
        int at = words.indexOf(name);
        if (at < 0) {
            return -1;
        }
        int begin = at + name.length();
        int end = words.indexOf(' ', begin);
        return number(words.substring(begin, end < 0 ? words.length() : end));
    }

    private static Map<String, Long> changelogEnds(String text) {
        Map<String, Long> ends = new HashMap<>();
        int at = text.indexOf(CHANGELOGS);
        if (at >= 0) {
            for (String entry : text.substring(at + CHANGELOGS.length()).split(",", -1)) {
                int colon = entry.lastIndexOf(':');
                long end = colon < 0 ? -1 : number(entry.substring(colon + 1));
                if (end >= 0) {
                    ends.put(entry.substring(0, colon), end);
                }
            }
        }
        return ends;
    }

    /** -1 for what is no number: somebody else wrote the text. */
    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException malformed) {
            return -1;
        }
    }
}
