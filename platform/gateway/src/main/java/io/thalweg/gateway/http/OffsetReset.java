package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.GroupDescription;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.gateway.json.JsonMembers;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Moves a group's committed offsets, or shows what it would move:
 * {@code {"resets":[{"topic", "partitions"?, "to": "earliest" | "latest" | offset | instant}]}}, or {@code "shift": n} in
 * place of {@code to}. Targets are kept within what the partition holds. Only a group without members is changed.
 */
final class OffsetReset {
    /** @param from null if nothing was committed */
    record OffsetChange(TopicPartition partition, @Nullable Long from, long to, long earliest, long latest) {
        void write(JsonWriter json) {
            json.beginObject()
                    .field("topic", partition.topic())
                    .field("partition", partition.partition())
                    .name("from");
            if (from == null) {
                json.nullValue();
            } else {
                json.value(from.longValue());
            }
            json.field("to", to)
                    .field("earliest", earliest)
                    .field("latest", latest)
                    .endObject();
        }
    }

    /** What one element of {@code resets} says. Exactly one of timestamp, offset and shift is set. */
    private record Target(
            TopicView topic,
            List<Integer> partitions,
            @Nullable Long timestamp,
            @Nullable Long offset,
            @Nullable Long shift) {}

    private final BrokerApi broker;
    private final StartPositions starts;

    OffsetReset(BrokerApi broker) {
        this.broker = broker;
        this.starts = new StartPositions(broker);
    }

    Future<List<OffsetChange>> run(String groupId, JsonMembers body, boolean dryRun) {
        List<Target> targets = targets(body);
        return broker.groups()
                .describe(groupId)
                .compose(group -> checkEmpty(group, dryRun))
                .compose(empty -> broker.groups().fetchOffsets(groupId, null, false))
                .compose(committed -> changes(targets, committed))
                .compose(changes -> dryRun ? Future.succeededFuture(changes) : commit(groupId, changes));
    }

    private static Future<Void> checkEmpty(GroupDescription group, boolean dryRun) {
        if (!dryRun && !group.members().isEmpty()) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.NON_EMPTY_GROUP,
                    "group has members=" + group.members().size() + "; stop them first, or preview with dryRun"));
        }
        return Future.succeededFuture();
    }

    private List<Target> targets(JsonMembers body) {
        List<JsonMembers> resets = body.allowOnly("resets").objects("resets");
        if (resets == null || resets.isEmpty()) {
            throw HttpProblem.invalid("resets is missing or empty");
        }
        List<Target> targets = new ArrayList<>();
        Set<TopicPartition> seen = new HashSet<>();
        for (JsonMembers reset : resets) {
            Target target = target(reset);
            for (int partition : target.partitions()) {
                if (!seen.add(new TopicPartition(target.topic().name(), partition))) {
                    throw HttpProblem.invalid("partition=" + partition + " of topic="
                            + target.topic().name() + " comes twice");
                }
            }
            targets.add(target);
        }
        return targets;
    }

    private Target target(JsonMembers reset) {
        reset.allowOnly("topic", "partitions", "to", "shift");
        String name = reset.requiredString("topic");
        TopicView topic = broker.cluster().topic(name);
        if (topic == null) {
            throw HttpProblem.unknownTopic(TopicNames.checked(name));
        }
        if (reset.has("to") == reset.has("shift")) {
            throw HttpProblem.invalid("give either to or shift");
        }
        List<Integer> partitions = partitions(topic, reset.integers("partitions"));
        if (reset.has("shift")) {
            return new Target(topic, partitions, null, null, reset.integer("shift", 0L));
        }
        if (reset.isString("to")) {
            return new Target(topic, partitions, StartPositions.timestampOf(reset.requiredString("to")), null, null);
        }
        return new Target(topic, partitions, null, reset.integer("to", 0L), null);
    }

    private static List<Integer> partitions(TopicView topic, @Nullable List<Long> wanted) {
        int count = topic.partitions().size();
        if (wanted == null) {
            return IntStream.range(0, count).boxed().toList();
        }
        List<Integer> partitions = new ArrayList<>();
        for (long partition : wanted) {
            if (partition < 0 || partition >= count) {
                throw new HttpProblem(
                        404,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        "partition=" + partition + " does not exist; topic=" + topic.name() + " has " + count);
            }
            partitions.add((int) partition);
        }
        return partitions;
    }

    private Future<List<OffsetChange>> changes(List<Target> targets, Map<TopicPartition, CommittedOffset> committed) {
        List<Future<List<OffsetChange>>> all = new ArrayList<>();
        for (Target target : targets) {
            all.add(changes(target, committed));
        }
        return Future.all(all).map(done -> {
            List<OffsetChange> changes = new ArrayList<>();
            for (Future<List<OffsetChange>> one : all) {
                changes.addAll(one.result());
            }
            return changes;
        });
    }

    private Future<List<OffsetChange>> changes(Target target, Map<TopicPartition, CommittedOffset> committed) {
        TopicView topic = target.topic();
        Long timestamp = target.timestamp();
        Future<NavigableMap<Integer, Long>> earliest =
                starts.listed(topic, target.partitions(), ListOffsetRequest.EARLIEST);
        Future<NavigableMap<Integer, Long>> latest =
                starts.listed(topic, target.partitions(), ListOffsetRequest.LATEST);
        Future<NavigableMap<Integer, Long>> timed = timestamp == null
                ? Future.succeededFuture(new TreeMap<>())
                : starts.listed(topic, target.partitions(), timestamp);
        return Future.all(earliest, latest, timed).map(done -> {
            List<OffsetChange> changes = new ArrayList<>();
            for (int index : target.partitions()) {
                TopicPartition partition = new TopicPartition(topic.name(), index);
                CommittedOffset now = committed.get(partition);
                Long from = now == null ? null : now.offset();
                long first = place(earliest, index);
                long end = place(latest, index);
                long wanted = wanted(target, timed.result().get(index), from, first);
                changes.add(new OffsetChange(partition, from, Math.max(first, Math.min(end, wanted)), first, end));
            }
            return changes;
        });
    }

    private static long place(Future<NavigableMap<Integer, Long>> places, int partition) {
        return places.result().getOrDefault(partition, 0L);
    }

    /** Before it is kept within the partition. A shift without a commit counts from the earliest record. */
    private static long wanted(Target target, @Nullable Long timed, @Nullable Long from, long earliest) {
        if (timed != null) {
            return timed;
        }
        Long offset = target.offset();
        if (offset != null) {
            return offset;
        }
        Long shift = target.shift();
        long base = from == null ? earliest : from;
        try {
            return Math.addExact(base, shift == null ? 0 : shift);
        } catch (ArithmeticException tooFar) {
            return shift != null && shift < 0 ? 0 : Long.MAX_VALUE;
        }
    }

    private Future<List<OffsetChange>> commit(String groupId, List<OffsetChange> changes) {
        Map<TopicPartition, OffsetToCommit> offsets = new LinkedHashMap<>();
        for (OffsetChange change : changes) {
            offsets.put(change.partition(), new OffsetToCommit(change.to(), -1, ""));
        }
        return broker.groups()
                .commitOffsets(new CommitOffsets(groupId, -1, "", null, offsets, -1))
                .map(outcomes -> {
                    outcomes.forEach((partition, error) -> {
                        if (error != ErrorCode.NONE) {
                            throw new ThalwegException(
                                    error, "offset was not committed: partition=" + partition + " error=" + error);
                        }
                    });
                    return changes;
                });
    }
}
