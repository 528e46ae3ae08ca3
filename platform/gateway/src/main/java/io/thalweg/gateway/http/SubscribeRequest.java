package io.thalweg.gateway.http;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.gateway.json.JsonMembers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What a WebSocket client subscribes to.
 *
 * @param from where partitions begin that are not in {@code positions}: earliest, latest, an instant; in a group:
 *     earliest or latest, for partitions without a commit
 * @param positions next offsets; empty in a group
 */
record SubscribeRequest(
        List<TopicView> topics, @Nullable String group, String from, Map<TopicPartition, Long> positions, int credits) {
    private static final int TOPICS_MAX = 100;

    SubscribeRequest {
        topics = List.copyOf(topics);
        positions = Map.copyOf(positions);
    }

    static SubscribeRequest of(DoorContext door, JsonMembers message) {
        List<String> names = message.strings("topics");
        if (names == null || names.isEmpty() || names.size() > TOPICS_MAX) {
            throw HttpProblem.invalid("topics must name 1 to " + TOPICS_MAX + " topics");
        }
        List<TopicView> topics = new ArrayList<>();
        for (String name : new LinkedHashSet<>(names)) {
            topics.add(ReadHandler.existing(door, name));
        }
        String group = message.string("group");
        String from = message.string("from");
        List<JsonMembers> positions = message.objects("positions");
        if (group != null
                && (positions != null || (from != null && !from.equals("earliest") && !from.equals("latest")))) {
            throw HttpProblem.invalid("with group, the commits are the position; from may be earliest or latest");
        }
        String start = from != null ? from : group != null ? "earliest" : "latest";
        if (group == null) {
            StartPositions.timestampOf(start);
        }
        Map<TopicPartition, Long> known = positions == null ? Map.of() : positions(positions);
        for (TopicPartition partition : known.keySet()) {
            checkExists(topics, partition);
        }
        return new SubscribeRequest(topics, group, start, known, message.integer("credits", 0, 0, Integer.MAX_VALUE));
    }

    private static void checkExists(List<TopicView> topics, TopicPartition partition) {
        for (TopicView topic : topics) {
            if (topic.name().equals(partition.topic())
                    && partition.partition() < topic.partitions().size()) {
                return;
            }
        }
        throw HttpProblem.invalid("positions names partition=" + HttpProblem.shown(partition.toString())
                + ", which is not of the topics subscribed to");
    }

    /** {@code [{"topic","partition","offset"}]}. */
    static Map<TopicPartition, Long> positions(List<JsonMembers> elements) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (JsonMembers element : elements) {
            element.allowOnly("topic", "partition", "offset");
            if (!element.has("partition") || !element.has("offset")) {
                throw HttpProblem.invalid("an offset needs topic, partition and offset");
            }
            long offset = element.integer("offset", 0L);
            if (offset < 0) {
                throw HttpProblem.invalid("offset=" + offset + " found; 0 or more expected");
            }
            positions.put(
                    new TopicPartition(
                            TopicNames.checked(element.requiredString("topic")),
                            element.integer("partition", 0, 0, Integer.MAX_VALUE)),
                    offset);
        }
        return positions;
    }
}
