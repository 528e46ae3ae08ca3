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
 * @param storeTimes by store whose rows expire, up to where its time had come by then; absent if that is not known
 */
record TaskStart(
        TaskId id,
        Map<TopicPartition, Long> offsets,
        long streamTimeMillis,
        long producerId,
        Map<String, Long> changelogEnds,
        Map<String, Long> storeTimes) {

    private static final String STREAM_TIME = "streamTimeMillis=";
    private static final String PRODUCER = " producer=";
    private static final String TIMES = " times=";
    private static final String CHANGELOGS = " changelogs=";

    /** The broker's default limit for the text beside an offset is 4,096 characters. */
    private static final int TEXT_CHARS_MAX = 4_000;

    TaskStart {
        offsets = Map.copyOf(offsets);
        changelogEnds = Map.copyOf(changelogEnds);
        storeTimes = Map.copyOf(storeTimes);
    }

    static TaskStart of(TaskId id, Set<TopicPartition> partitions, Map<TopicPartition, CommittedOffset> committed) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Map<String, Long> ends = new HashMap<>();
        Map<String, Long> times = new HashMap<>();
        long streamTime = -1;
        long producer = -1;
        for (TopicPartition partition : partitions) {
            CommittedOffset found = committed.get(partition);
            offsets.put(partition, found == null ? 0 : found.offset());
            if (found != null && found.metadata().startsWith(STREAM_TIME)) {
                streamTime = Math.max(streamTime, word(found.metadata(), STREAM_TIME));
                producer = Math.max(producer, word(found.metadata(), PRODUCER));
                numbers(found.metadata(), CHANGELOGS).forEach((store, end) -> ends.merge(store, end, Math::max));
                numbers(found.metadata(), TIMES).forEach((store, time) -> times.merge(store, time, Math::max));
            }
        }
        return new TaskStart(id, offsets, streamTime, producer, ends, times);
    }

    /**
     * An offset with what belongs to it, in the text that Kafka keeps beside an offset:
     * {@code streamTimeMillis=N producer=N times=STORE:TIME,STORE:TIME changelogs=STORE:OFFSET,STORE:OFFSET}.
     */
    static OffsetToCommit commit(
            long offset,
            long streamTimeMillis,
            long producerId,
            Map<String, Long> changelogEnds,
            Map<String, Long> storeTimes) {
        StringBuilder text = new StringBuilder(STREAM_TIME).append(streamTimeMillis);
        if (producerId >= 0) {
            text.append(PRODUCER).append(producerId);
        }
        String ends = text(changelogEnds);
        String times = text(storeTimes);
        // The ends matter more, but the times are of no use without them.
        boolean withEnds = !ends.isEmpty() && text.length() + ends.length() < TEXT_CHARS_MAX;
        if (withEnds && !times.isEmpty() && text.length() + ends.length() + times.length() < TEXT_CHARS_MAX) {
            text.append(TIMES).append(times);
        }
        if (withEnds) {
            text.append(CHANGELOGS).append(ends);
        }
        return new OffsetToCommit(offset, -1, text.toString());
    }

    private static String text(Map<String, Long> byStore) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(byStore).forEach((store, number) -> {
            if (number != AckBarrier.UNKNOWN) {
                text.append(text.length() == 0 ? "" : ",")
                        .append(store)
                        .append(':')
                        .append(number);
            }
        });
        return text.toString();
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

    /** The numbers of stores behind a name; no store's name has a blank. */
    private static Map<String, Long> numbers(String text, String name) {
        Map<String, Long> numbers = new HashMap<>();
        int at = text.indexOf(name);
        if (at >= 0) {
            int begin = at + name.length();
            int end = text.indexOf(' ', begin);
            for (String entry :
                    text.substring(begin, end < 0 ? text.length() : end).split(",", -1)) {
                int colon = entry.lastIndexOf(':');
                long number = colon < 0 ? -1 : number(entry.substring(colon + 1));
                if (number >= 0) {
                    numbers.put(entry.substring(0, colon), number);
                }
            }
        }
        return numbers;
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
