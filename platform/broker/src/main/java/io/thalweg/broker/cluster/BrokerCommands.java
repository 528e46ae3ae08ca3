package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.Controller.Command;
import io.thalweg.broker.metadata.Controller.Decision;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataRecord;
import io.thalweg.broker.metadata.MetadataRecord.BalanceRecord;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.MetadataRecord.ClusterRecord;
import io.thalweg.broker.metadata.TopicCommands;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/** Decides about brokers. Confined to the controller's context. */
final class BrokerCommands {

    private final String clusterId;
    /** Brokers that have nothing left of a deleted topic; those of a controller before this one say it again. */
    private final Map<Uuid, Set<Integer>> gone = new HashMap<>();

    BrokerCommands(String clusterId) {
        this.clusterId = clusterId;
    }

    /** A broker has started, or its doors have moved. */
    Command<Void> register(int broker, JsonObject json) {
        long brokerEpoch = json.getLong("brokerEpoch");
        Uuid directoryId = Uuid.fromString(json.getString("directoryId"));
        return state -> {
            BrokerRecord before = state.broker(broker);
            if (before != null && before.brokerEpoch() > brokerEpoch && before.directoryId() != null) {
                throw new ThalwegException(
                        ErrorCode.STALE_BROKER_EPOCH,
                        "a later start of this broker is registered: broker=" + broker + " epoch=" + brokerEpoch
                                + " registered=" + before.brokerEpoch() + "; stop the older process");
            }
            boolean sameDirectory =
                    before == null || before.directoryId() == null || directoryId.equals(before.directoryId());
            int generation = before == null ? 0 : before.directoryGeneration() + (sameDirectory ? 0 : 1);
            BrokerRecord now = new BrokerRecord(
                    broker,
                    brokerEpoch,
                    json.getString("rack"),
                    directoryId,
                    generation,
                    CommandCodec.endpoints(json.getJsonObject("endpoints")),
                    before != null && before.draining());
            List<MetadataRecord> records = state.clusterId() == null
                    ? List.of(new ClusterRecord(clusterId), now)
                    : now.equals(before) ? List.of() : List.of(now);
            return nothing(records);
        };
    }

    Command<Void> drain(int broker, boolean away) {
        return state -> {
            BrokerRecord before = state.broker(broker);
            if (before == null) {
                throw new ThalwegException(ErrorCode.BROKER_ID_NOT_REGISTERED, "no such broker: broker=" + broker);
            }
            return nothing(before.draining() == away ? List.of() : List.of(before.draining(away)));
        };
    }

    Command<Void> pause(boolean paused) {
        return state -> nothing(List.of(new BalanceRecord(paused)));
    }

    /** A broker has nothing left of a deleted topic; when none that held it has, it is forgotten. */
    Command<Void> dataGone(int broker, Uuid topicId, TopicCommands topics) {
        return state -> {
            TopicView topic = state.deletedTopic(topicId);
            if (topic == null) {
                gone.remove(topicId);
                return nothing(List.of());
            }
            Set<Integer> brokers = gone.computeIfAbsent(topicId, id -> new HashSet<>());
            brokers.add(broker);
            if (!brokers.containsAll(holders(topic, state))) {
                return nothing(List.of());
            }
            gone.remove(topicId);
            return topics.forget(topicId).decide(state);
        };
    }

    private static Set<Integer> holders(TopicView topic, MetadataImage.Draft state) {
        Set<Integer> holders = new HashSet<>();
        for (PartitionView partition : topic.partitions()) {
            holders.addAll(partition.replicas());
            holders.addAll(partition.target());
        }
        holders.removeIf(broker -> state.broker(broker) == null);
        return holders;
    }

    @SuppressWarnings("NullAway") // Void has no value but null.
    private static Decision<Void> nothing(List<MetadataRecord> records) {
        return new Decision<>(records, image -> null);
    }
}
