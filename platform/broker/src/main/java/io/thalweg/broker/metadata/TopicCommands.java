package io.thalweg.broker.metadata;

import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.broker.metadata.Controller.Command;
import io.thalweg.broker.metadata.Controller.Decision;
import io.thalweg.broker.metadata.MetadataRecord.ProducerIdsRecord;
import io.thalweg.broker.metadata.MetadataRecord.TopicRecord;
import io.thalweg.broker.metadata.MetadataRecord.TopicRemovedRecord;
import io.thalweg.broker.topic.TopicName;
import io.thalweg.broker.topic.TopicSettings;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/** Decides what happens to topics. Pure but for the source of topic ids. */
public final class TopicCommands {

    private final TopicSettings settings;
    private final Placer placer;
    private final int defaultPartitions;
    private final int partitionsMax;
    private final Supplier<Uuid> ids;

    public TopicCommands(
            TopicSettings settings, Placer placer, int defaultPartitions, int partitionsMax, Supplier<Uuid> ids) {
        this.settings = settings;
        this.placer = placer;
        this.defaultPartitions = defaultPartitions;
        this.partitionsMax = partitionsMax;
        this.ids = ids;
    }

    public Command<TopicView> create(NewTopic request, boolean validateOnly) {
        return state -> {
            TopicName.validate(request.name());
            if (state.topic(request.name()) != null) {
                throw refused(ErrorCode.TOPIC_ALREADY_EXISTS, "Topic '" + request.name() + "' already exists.");
            }
            Map<String, String> configs = settings.validate(request.configs());
            boolean free = request.assignments().isEmpty();
            int count = free ? partitionCount(request) : request.assignments().size();
            int wanted = free ? checkFactor(request, state) : TopicPlacement.AUTO;
            checkRoom(state, count);
            Uuid id = ids.get();
            List<List<Integer>> replicas = free ? placer.place(state, id, 0, count, wanted) : assigned(request, state);
            TopicView topic = new TopicView(
                    request.name(),
                    id,
                    TopicName.isInternal(request.name()),
                    placer.partitions(0, replicas),
                    Map.copyOf(configs));
            int factor = free ? wanted : replicas.get(0).size();
            return decide(topic, placer.placement(state, factor, replicas), validateOnly);
        };
    }

    public Command<Void> delete(String name) {
        return state -> {
            TopicView topic = existing(state, name);
            if (topic.internal()) {
                throw refused(ErrorCode.INVALID_REQUEST, "topic is internal and cannot be deleted: topic=" + name);
            }
            return nothing(List.of(new TopicRecord(topic, true, state.placement(topic.id()))));
        };
    }

    /** Forgets a deleted topic, whose data is gone. */
    public Command<Void> forget(Uuid topicId) {
        return state ->
                nothing(state.deletedTopic(topicId) == null ? List.of() : List.of(new TopicRemovedRecord(topicId)));
    }

    /** Takes ids that nobody had; the answer is the first. */
    public Command<Long> takeProducerIds(int count) {
        return state -> {
            long first = state.nextProducerId();
            return new Decision<>(List.of(new ProducerIdsRecord(first + count)), image -> first);
        };
    }

    public Command<TopicView> createPartitions(String name, int totalCount, boolean validateOnly) {
        return state -> {
            TopicView topic = existing(state, name);
            if (topic.internal()) {
                // A group is found by its hash over the number of partitions.
                throw refused(ErrorCode.INVALID_REQUEST, "topic is internal and cannot grow: topic=" + name);
            }
            int count = topic.partitions().size();
            if (totalCount <= count) {
                throw refused(
                        ErrorCode.INVALID_PARTITIONS,
                        "Topic currently has " + count + " partitions, which is not less than the requested "
                                + totalCount + ".");
            }
            checkRoom(state, totalCount - count);
            TopicPlacement placement = state.placement(topic.id());
            List<List<Integer>> replicas =
                    placer.place(state, topic.id(), count, totalCount - count, placement.replicationFactor());
            List<PartitionView> partitions = new ArrayList<>(topic.partitions());
            partitions.addAll(placer.partitions(count, replicas));
            TopicPlacement more = placer.placement(state, placement.replicationFactor(), replicas);
            return decide(
                    new TopicView(name, topic.id(), topic.internal(), List.copyOf(partitions), topic.configs()),
                    more.equals(TopicPlacement.NONE) ? more : placement.with(count, more.partitions()),
                    validateOnly);
        };
    }

    public Command<Void> alterConfigs(String name, List<ConfigChange> changes, boolean validateOnly) {
        return state -> {
            TopicView topic = existing(state, name);
            Map<String, String> configs = Map.copyOf(settings.change(topic.configs(), changes));
            if (validateOnly || configs.equals(topic.configs())) {
                return nothing(List.of());
            }
            return nothing(List.of(new TopicRecord(
                    new TopicView(name, topic.id(), topic.internal(), topic.partitions(), configs),
                    false,
                    state.placement(topic.id()))));
        };
    }

    private int partitionCount(NewTopic request) {
        if (request.partitions() == -1) {
            return defaultPartitions;
        }
        if (request.partitions() < 1) {
            throw refused(
                    ErrorCode.INVALID_PARTITIONS,
                    "Number of partitions was set to an invalid non-positive value: " + request.partitions() + ".");
        }
        return request.partitions();
    }

    /** What is wanted: {@link TopicPlacement#AUTO} unless the request says otherwise. */
    private static int checkFactor(NewTopic request, MetadataImage.Draft state) {
        int replicationFactor = request.replicationFactor();
        if (replicationFactor == -1) {
            return TopicPlacement.AUTO;
        }
        if (replicationFactor < 1) {
            throw refused(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 to use the default value: " + replicationFactor
                            + ".");
        }
        if (replicationFactor > state.brokerCount()) {
            throw refused(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "Unable to replicate the partition " + replicationFactor
                            + " time(s): The target replication factor of "
                            + replicationFactor + " cannot be reached because only " + state.brokerCount()
                            + " broker(s) are registered.");
        }
        return replicationFactor;
    }

    private static List<List<Integer>> assigned(NewTopic request, MetadataImage.Draft state) {
        if (request.partitions() != -1 || request.replicationFactor() != -1) {
            throw refused(
                    ErrorCode.INVALID_REQUEST,
                    "A manual partition assignment was specified, but partitions=" + request.partitions()
                            + " and replicationFactor=" + request.replicationFactor() + " were not -1.");
        }
        Map<Integer, List<Integer>> assignments = request.assignments();
        List<List<Integer>> partitions = new ArrayList<>(assignments.size());
        for (int index = 0; index < assignments.size(); index++) {
            List<Integer> replicas = assignments.get(index);
            if (replicas == null || replicas.isEmpty()) {
                throw refused(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "partitions must be consecutive from 0, each with a replica: partition=" + index + " has none");
            }
            if (new HashSet<>(replicas).size() != replicas.size()) {
                throw refused(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "a broker is named twice: partition=" + index + " replicas=" + replicas);
            }
            for (int replica : replicas) {
                if (state.broker(replica) == null) {
                    throw refused(
                            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                            "no such broker: partition=" + index + " replica=" + replica);
                }
            }
            partitions.add(List.copyOf(replicas));
        }
        return partitions;
    }

    private void checkRoom(MetadataImage.Draft state, int more) {
        if ((long) state.partitionCount() + more > partitionsMax) {
            throw refused(
                    ErrorCode.POLICY_VIOLATION,
                    "too many partitions: existing=" + state.partitionCount() + " more=" + more + " allowed="
                            + partitionsMax + "; delete topics or raise the node's limit");
        }
    }

    private static TopicView existing(MetadataImage.Draft state, String name) {
        TopicView topic = state.topic(name);
        if (topic == null) {
            throw refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "This server does not host this topic: topic=" + name);
        }
        return topic;
    }

    private static Decision<TopicView> decide(TopicView topic, TopicPlacement placement, boolean validateOnly) {
        return new Decision<>(
                validateOnly ? List.of() : List.of(new TopicRecord(topic, false, placement)), image -> topic);
    }

    @SuppressWarnings("NullAway") // Void has no value but null.
    private static Decision<Void> nothing(List<MetadataRecord> records) {
        return new Decision<>(records, image -> null);
    }

    private static ThalwegException refused(ErrorCode error, String message) {
        return new ThalwegException(error, message);
    }
}
