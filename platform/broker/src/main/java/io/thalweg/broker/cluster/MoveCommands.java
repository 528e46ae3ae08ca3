package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.Controller.Command;
import io.thalweg.broker.metadata.Controller.Decision;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataRecord;
import io.thalweg.broker.metadata.MetadataRecord.TopicRecord;
import io.thalweg.broker.metadata.TopicPlacement;
import io.thalweg.broker.metadata.TopicPlacement.Placed;
import io.thalweg.cluster.PartitionId;
import io.thalweg.cluster.balance.PartitionState;
import io.thalweg.log.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Decides how partitions' places change in the metadata, step by step. Pure; each may be decided again and changes nothing then. */
final class MoveCommands {

    private MoveCommands() {}

    /** A partition and what the metadata knows of its place. */
    record Place(PartitionView partition, Placed placed) {}

    private interface Change {
        Place apply(MetadataImage.Draft state, Place now);
    }

    /** A replica is to be made on a broker: it begins to follow. */
    static Command<Void> begin(PartitionId id, int broker) {
        return change(id, (state, now) -> {
            PartitionView partition = now.partition();
            if (partition.replicas().contains(broker) || partition.target().contains(broker)) {
                return now;
            }
            List<Integer> target =
                    new ArrayList<>(partition.target().isEmpty() ? partition.replicas() : partition.target());
            target.add(broker);
            return new Place(with(partition, partition.replicas(), target), replicated(now));
        });
    }

    /** The first voter of a partition that stood alone is the broker that holds it, if it still has that disk. */
    private static Placed replicated(Place now) {
        return now.placed().replicatedFrom(now.partition().replicas().get(0));
    }

    /** The replica on a broker has a vote. */
    static Command<Void> added(PartitionId id, int broker) {
        return change(id, (state, now) -> {
            PartitionView partition = now.partition();
            List<Integer> replicas = new ArrayList<>(partition.replicas());
            if (!replicas.contains(broker)) {
                replicas.add(broker);
            }
            return new Place(with(partition, replicas, rest(now, replicas)), now.placed());
        });
    }

    /** Nobody goes on to make replicas where there are none yet; what an operator has ordered meanwhile stays. */
    static Command<Void> cancelled(PartitionId id) {
        return change(
                id,
                (state, now) -> now.placed().ordered()
                        ? now
                        : new Place(with(now.partition(), now.partition().replicas(), List.of()), now.placed()));
    }

    /** The replica on a broker has no vote any more. */
    static Command<Void> removed(PartitionId id, int broker) {
        return change(id, (state, now) -> {
            List<Integer> replicas = new ArrayList<>(now.partition().replicas());
            if (replicas.size() > 1) {
                replicas.remove((Integer) broker);
            }
            return new Place(
                    with(now.partition(), replicas, rest(now, replicas)),
                    now.placed().without(broker));
        });
    }

    /** The target of the balance is reached when nobody is missing; an operator's stays until its order is right, too. */
    private static List<Integer> rest(Place now, List<Integer> replicas) {
        List<Integer> target = now.partition().target();
        return now.placed().ordered() || !replicas.containsAll(target) ? target : List.of();
    }

    /** A broker leads, and is to from now on. */
    static Command<Void> preferred(PartitionId id, int broker) {
        return change(id, (state, now) -> {
            List<Integer> replicas = new ArrayList<>(now.partition().replicas());
            if (!replicas.remove((Integer) broker)) {
                return now;
            }
            replicas.add(0, broker);
            return new Place(with(now.partition(), replicas, now.partition().target()), now.placed());
        });
    }

    /**
     * A broker decides alone from {@code epoch} on, by an operator's order, and what others hold counts for nothing: they give it
     * up, and the balance makes replicas anew.
     */
    static Command<Void> unclean(PartitionId id, int broker, int epoch) {
        return change(id, (state, now) -> {
            List<Integer> only = List.of(broker);
            Placed placed = now.placed();
            PartitionView partition = now.partition();
            PartitionView alone = new PartitionView(
                    partition.index(),
                    placed.replicated() ? partition.leader() : broker,
                    placed.replicated() ? partition.leaderEpoch() : partition.leaderEpoch() + 1,
                    only,
                    only,
                    List.of());
            return new Place(
                    alone,
                    new Placed(
                            placed.replicated(),
                            only,
                            ClusterPlacer.generations(state, only),
                            false,
                            placed.wanted(),
                            placed.replicated() ? epoch : 0));
        });
    }

    /** What was ordered is so. */
    static Command<Void> finished(PartitionId id) {
        return change(id, (state, now) -> {
            PartitionView partition = now.partition();
            boolean done = now.placed().ordered()
                    && new HashSet<>(partition.replicas()).equals(new HashSet<>(partition.target()));
            return done
                    ? new Place(
                            with(partition, partition.target(), List.of()),
                            now.placed().ordered(false))
                    : now;
        });
    }

    /** An operator's orders; see {@link io.thalweg.broker.api.ClusterAdmin#reassign}. */
    static Command<Map<TopicPartition, ErrorCode>> order(Map<TopicPartition, List<Integer>> targets) {
        return state -> {
            Map<TopicPartition, ErrorCode> errors = new LinkedHashMap<>();
            Map<String, Draft> changed = new HashMap<>();
            targets.forEach((name, target) -> errors.put(name, order(state, changed, name, target)));
            List<MetadataRecord> records = new ArrayList<>();
            changed.values().forEach(draft -> records.add(draft.record()));
            return new Decision<>(records, image -> errors);
        };
    }

    private static ErrorCode order(
            MetadataImage.Draft state, Map<String, Draft> changed, TopicPartition name, List<Integer> target) {
        TopicView topic = state.topic(name.topic());
        if (topic == null
                || name.partition() < 0
                || name.partition() >= topic.partitions().size()) {
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }
        Draft draft = changed.computeIfAbsent(name.topic(), any -> new Draft(topic, state.placement(topic.id())));
        Place now = draft.place(name.partition());
        if (target.isEmpty()) {
            if (now.partition().target().isEmpty()) {
                return ErrorCode.NO_REASSIGNMENT_IN_PROGRESS;
            }
            List<Integer> replicas = now.partition().replicas();
            draft.put(new Place(
                    with(now.partition(), replicas, List.of()),
                    now.placed().ordered(false).wanting(draft.wanted(replicas.size()))));
            return ErrorCode.NONE;
        }
        if (new HashSet<>(target).size() != target.size()
                || target.stream().anyMatch(broker -> state.broker(broker) == null)) {
            return ErrorCode.INVALID_REPLICA_ASSIGNMENT;
        }
        draft.put(new Place(
                with(now.partition(), now.partition().replicas(), target),
                replicated(now).ordered(true).wanting(draft.wanted(target.size()))));
        return ErrorCode.NONE;
    }

    private static Command<Void> change(PartitionId id, Change change) {
        return state -> {
            TopicView topic = state.topic(PartitionIds.topicId(id));
            if (topic == null || id.partition() >= topic.partitions().size()) {
                return nothing(List.of());
            }
            Draft draft = new Draft(topic, state.placement(topic.id()));
            Place now = draft.place(id.partition());
            Place next = change.apply(state, now);
            if (next.equals(now)) {
                return nothing(List.of());
            }
            draft.put(next);
            return nothing(List.of(draft.record()));
        };
    }

    private static PartitionView with(PartitionView partition, List<Integer> replicas, List<Integer> target) {
        int leader = replicas.size() == 1 && partition.leader() >= 0 ? replicas.get(0) : partition.leader();
        return new PartitionView(
                partition.index(),
                leader,
                partition.leaderEpoch(),
                List.copyOf(replicas),
                List.copyOf(replicas),
                List.copyOf(target));
    }

    /** A topic that is being changed. */
    private static final class Draft {
        private final TopicView topic;
        private final List<PartitionView> partitions;
        private TopicPlacement placement;

        Draft(TopicView topic, TopicPlacement placement) {
            this.topic = topic;
            this.partitions = new ArrayList<>(topic.partitions());
            this.placement = placement;
        }

        Place place(int index) {
            return new Place(partitions.get(index), placement.partition(index));
        }

        void put(Place place) {
            int index = place.partition().index();
            partitions.set(index, place.partition());
            placement = placement.with(index, partitions.size(), place.placed());
        }

        /** What to note of a partition that is given so many replicas, so that the balance does not undo it. */
        int wanted(int replicas) {
            int topic = placement.replicationFactor();
            return replicas == (topic == TopicPlacement.AUTO ? PartitionState.AUTO_MAX : topic) ? 0 : replicas;
        }

        TopicRecord record() {
            return new TopicRecord(
                    new TopicView(topic.name(), topic.id(), topic.internal(), List.copyOf(partitions), topic.configs()),
                    false,
                    placement);
        }
    }

    @SuppressWarnings("NullAway") // Void has no value but null.
    private static Decision<Void> nothing(List<MetadataRecord> records) {
        return new Decision<>(records, image -> null);
    }
}
