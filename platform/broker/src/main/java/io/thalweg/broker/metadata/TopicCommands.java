package io.thalweg.broker.metadata;

import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.broker.metadata.Controller.Command;
import io.thalweg.broker.metadata.Controller.Decision;
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
    private final int nodeId;
    private final int defaultPartitions;
    private final int partitionsMax;
    private final Supplier<Uuid> ids;

    public TopicCommands(
            TopicSettings settings, int nodeId, int defaultPartitions, int partitionsMax, Supplier<Uuid> ids) {
        this.settings = settings;
        this.nodeId = nodeId;
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
            List<PartitionView> partitions = request.assignments().isEmpty()
                    ? placed(0, partitionCount(request), replicationFactor(request, state))
                    : assigned(request, state);
            checkRoom(state, partitions.size());
            TopicView topic = new TopicView(
                    request.name(),
                    ids.get(),
                    TopicName.isInternal(request.name()),
                    List.copyOf(partitions),
                    Map.copyOf(configs));
            return decide(topic, validateOnly);
        };
    }

    public Command<Void> delete(String name) {
        return state -> {
            TopicView topic = existing(state, name);
            if (topic.internal()) {
                throw refused(ErrorCode.INVALID_REQUEST, "topic is internal and cannot be deleted: topic=" + name);
            }
            return nothing(List.of(new TopicRecord(topic, true)));
        };
    }

    /** Forgets a deleted topic, whose data is gone. */
    public Command<Void> forget(Uuid topicId) {
        return state ->
                nothing(state.deletedTopic(topicId) == null ? List.of() : List.of(new TopicRemovedRecord(topicId)));
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
            int replicationFactor = topic.partitions().get(0).replicas().size();
            List<PartitionView> partitions = new ArrayList<>(topic.partitions());
            partitions.addAll(placed(count, totalCount, replicationFactor));
            return decide(
                    new TopicView(name, topic.id(), topic.internal(), List.copyOf(partitions), topic.configs()),
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
                    new TopicView(name, topic.id(), topic.internal(), topic.partitions(), configs), false)));
        };
    }

    /** Puts every partition that this node leads into a new leader epoch. */
    public Command<Void> bumpLeaderEpochs() {
        return state -> {
            List<MetadataRecord> records = new ArrayList<>();
            for (TopicView topic : state.topics()) {
                List<PartitionView> partitions =
                        new ArrayList<>(topic.partitions().size());
                for (PartitionView partition : topic.partitions()) {
                    partitions.add(new PartitionView(
                            partition.index(),
                            partition.leader(),
                            partition.leaderEpoch() + (partition.leader() == nodeId ? 1 : 0),
                            partition.replicas(),
                            partition.inSyncReplicas()));
                }
                records.add(new TopicRecord(
                        new TopicView(
                                topic.name(), topic.id(), topic.internal(), List.copyOf(partitions), topic.configs()),
                        false));
            }
            return nothing(records);
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

    private static int replicationFactor(NewTopic request, MetadataImage.Draft state) {
        int replicationFactor = request.replicationFactor();
        if (replicationFactor == -1) {
            return 1;
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

    /** On one node every replica is here; placement over many comes with the cluster. */
    private List<PartitionView> placed(int from, int to, int replicationFactor) {
        if (replicationFactor != 1) {
            throw refused(
                    ErrorCode.INVALID_REPLICATION_FACTOR, "replication factor must be 1: found " + replicationFactor);
        }
        List<Integer> replicas = List.of(nodeId);
        List<PartitionView> partitions = new ArrayList<>(to - from);
        for (int index = from; index < to; index++) {
            partitions.add(new PartitionView(index, nodeId, 0, replicas, replicas));
        }
        return partitions;
    }

    private static List<PartitionView> assigned(NewTopic request, MetadataImage.Draft state) {
        if (request.partitions() != -1 || request.replicationFactor() != -1) {
            throw refused(
                    ErrorCode.INVALID_REQUEST,
                    "A manual partition assignment was specified, but partitions=" + request.partitions()
                            + " and replicationFactor=" + request.replicationFactor() + " were not -1.");
        }
        Map<Integer, List<Integer>> assignments = request.assignments();
        List<PartitionView> partitions = new ArrayList<>(assignments.size());
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
            partitions.add(new PartitionView(index, replicas.get(0), 0, List.copyOf(replicas), List.copyOf(replicas)));
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

    private static Decision<TopicView> decide(TopicView topic, boolean validateOnly) {
        return new Decision<>(validateOnly ? List.of() : List.of(new TopicRecord(topic, false)), image -> topic);
    }

    @SuppressWarnings("NullAway") // Void has no value but null.
    private static Decision<Void> nothing(List<MetadataRecord> records) {
        return new Decision<>(records, image -> null);
    }

    private static ThalwegException refused(ErrorCode error, String message) {
        return new ThalwegException(error, message);
    }
}
