package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.broker.api.BrokerApi.ListedOffset;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Turns {@code from} into an offset for each partition: an offset, earliest, latest, an ISO instant or a cursor. */
public final class StartPositions {
    private final BrokerApi broker;

    public StartPositions(BrokerApi broker) {
        this.broker = broker;
    }

    /**
     * Positions for these partitions of the topic. Partitions that a cursor does not know were added after it was given,
     * and begin at their earliest record. Fails with 400 for what {@code from} cannot mean.
     */
    public Future<NavigableMap<Integer, Long>> of(TopicView topic, List<Integer> partitions, String from) {
        try {
            if (PositionCursor.looksLikeOne(from)) {
                return ofCursor(topic, partitions, PositionCursor.decode(topic, from));
            }
            if (isInteger(from)) {
                return ofOffset(partitions, from);
            }
            return listed(topic, partitions, timestampOf(from));
        } catch (HttpProblem invalid) {
            return Future.failedFuture(invalid);
        }
    }

    /** What {@code from} asks of ListOffsets. */
    static long timestampOf(String from) {
        if (from.equals("earliest")) {
            return ListOffsetRequest.EARLIEST;
        }
        if (from.equals("latest")) {
            return ListOffsetRequest.LATEST;
        }
        try {
            long millis = Instant.parse(from).toEpochMilli();
            if (millis >= 0) {
                return millis;
            }
        } catch (DateTimeException | ArithmeticException notAnInstant) {
            // The same answer as for an instant before 1970.
        }
        throw HttpProblem.invalid("from=" + HttpProblem.shown(from)
                + " found; an offset, earliest, latest, an ISO instant or a cursor expected");
    }

    /** A partition whose records before {@code resumedAt} are gone, though a reader still wanted those from {@code expected}. */
    record PositionGap(int partition, long expected, long resumedAt) {}

    /**
     * Moves positions whose records were deleted meanwhile to the earliest there is, in place, and tells which. Fails with
     * OFFSET_OUT_OF_RANGE for one beyond the end.
     */
    Future<List<PositionGap>> keepWithin(TopicView topic, NavigableMap<Integer, Long> positions) {
        List<Integer> partitions = List.copyOf(positions.keySet());
        Future<NavigableMap<Integer, Long>> earliest = listed(topic, partitions, ListOffsetRequest.EARLIEST);
        Future<NavigableMap<Integer, Long>> latest = listed(topic, partitions, ListOffsetRequest.LATEST);
        return Future.all(earliest, latest).map(both -> {
            List<PositionGap> gaps = new ArrayList<>();
            for (Map.Entry<Integer, Long> position : positions.entrySet()) {
                int partition = position.getKey();
                long wanted = position.getValue();
                long first = earliest.result().getOrDefault(partition, 0L);
                long end = latest.result().getOrDefault(partition, 0L);
                if (wanted > end) {
                    throw new HttpProblem(
                            400,
                            ErrorCode.OFFSET_OUT_OF_RANGE,
                            "position is beyond the end: partition=" + partition + " offset=" + wanted + " latest="
                                    + end);
                }
                if (wanted < first) {
                    gaps.add(new PositionGap(partition, wanted, first));
                    position.setValue(first);
                }
            }
            return gaps;
        });
    }

    /** One ListOffsets for each partition; an instant after the last record gives the end. */
    Future<NavigableMap<Integer, Long>> listed(TopicView topic, List<Integer> partitions, long timestamp) {
        List<Future<Long>> lookups = new ArrayList<>(partitions.size());
        for (int partition : partitions) {
            lookups.add(offsetAt(new TopicPartition(topic.name(), partition), timestamp));
        }
        return Future.all(lookups).map(all -> {
            NavigableMap<Integer, Long> positions = new TreeMap<>();
            for (int i = 0; i < partitions.size(); i++) {
                positions.put(partitions.get(i), all.resultAt(i));
            }
            return positions;
        });
    }

    /** The first offset at or after the time, or the end if there is none. */
    Future<Long> offsetAt(TopicPartition partition, long timestamp) {
        return list(partition, timestamp)
                .compose(listed -> listed.offset() >= 0
                        ? Future.succeededFuture(listed.offset())
                        : list(partition, ListOffsetRequest.LATEST).map(ListedOffset::offset));
    }

    private Future<ListedOffset> list(TopicPartition partition, long timestamp) {
        return broker.listOffset(new ListOffsetRequest(partition, timestamp, IsolationLevel.READ_COMMITTED, -1));
    }

    private Future<NavigableMap<Integer, Long>> ofCursor(
            TopicView topic, List<Integer> partitions, NavigableMap<Integer, Long> known) {
        List<Integer> added = new ArrayList<>();
        NavigableMap<Integer, Long> positions = new TreeMap<>();
        for (int partition : partitions) {
            Long position = known.get(partition);
            if (position == null) {
                added.add(partition);
            } else {
                positions.put(partition, position);
            }
        }
        return listed(topic, added, ListOffsetRequest.EARLIEST).map(earliest -> {
            positions.putAll(earliest);
            return positions;
        });
    }

    private static Future<NavigableMap<Integer, Long>> ofOffset(List<Integer> partitions, String from) {
        if (partitions.size() != 1) {
            throw HttpProblem.invalid("from=" + HttpProblem.shown(from)
                    + " is an offset, which needs partition; the topic has " + partitions.size());
        }
        try {
            NavigableMap<Integer, Long> positions = new TreeMap<>();
            positions.put(partitions.get(0), Long.parseLong(from));
            return Future.succeededFuture(positions);
        } catch (NumberFormatException tooLarge) {
            throw HttpProblem.invalid("from=" + HttpProblem.shown(from) + " is not an offset");
        }
    }

    private static boolean isInteger(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
