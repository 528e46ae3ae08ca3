package io.thalweg.streams.runtime;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.client.ThalwegClient;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.streams.topology.GlobalTableSpec;
import io.thalweg.streams.topology.InternalTopic;
import io.thalweg.streams.topology.PartitionPlan;
import io.thalweg.streams.topology.SubTopology;
import io.thalweg.streams.topology.Topology;
import io.thalweg.streams.topology.TopologyException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds the topics that an application reads, checks that their partitions fit, and creates those that are its own. */
final class InternalTopics {

    private static final short DEFAULT_REPLICATION = -1;
    private static final String COMPACTION_LAG_MILLIS = "600000";

    /** What is done with is deleted by segments, so that they had better not be large. */
    private static final String SEGMENT_BYTES = Integer.toString(64 << 20);

    private InternalTopics() {}

    /**
     * Prepares all topics. Source topics are created only where the node creates topics by itself. Fails with
     * {@link TopologyException} if one is missing or does not fit; nothing is created then.
     */
    static Future<PartitionPlan> prepare(ThalwegClient client, Topology topology) {
        try {
            checkOneReaderPerTopic(topology);
        } catch (TopologyException refused) {
            return Future.failedFuture(refused);
        }
        Set<String> needed = new TreeSet<>(topology.outsideTopics());
        topology.globalTables().stream().map(GlobalTableSpec::topic).forEach(needed::add);
        List<Future<TopicView>> found = new ArrayList<>();
        for (String topic : needed) {
            found.add(client.topics().getOrAutoCreate(topic).recover(failure -> missing(topology, topic, failure)));
        }
        return Future.all(found).compose(all -> create(client, topology));
    }

    /** Two tasks that read one partition would commit two offsets for it in one group. */
    private static void checkOneReaderPerTopic(Topology topology) {
        Map<String, Integer> readers = new HashMap<>();
        for (SubTopology sub : topology.subTopologies()) {
            for (String topic : sub.sourceTopics()) {
                Integer other = readers.put(topic, sub.id());
                if (other != null) {
                    throw new TopologyException("application=" + topology.application() + " topic=" + topic
                            + " is read by sub-topologies " + other + " and " + sub.id()
                            + "; read it once and derive both from that stream, or make two applications");
                }
            }
        }
    }

    private static Future<TopicView> missing(Topology topology, String topic, Throwable failure) {
        String subject = "application=" + topology.application() + " source topic=" + topic;
        return switch (ThalwegException.codeOf(failure)) {
            case UNKNOWN_TOPIC_OR_PARTITION ->
                Future.failedFuture(new TopologyException(subject + " does not exist; create it"));
            case INVALID_TOPIC_EXCEPTION ->
                Future.failedFuture(new TopologyException(subject + " cannot exist: " + failure.getMessage()));
            default -> Future.failedFuture(failure);
        };
    }

    private static Future<PartitionPlan> create(ThalwegClient client, Topology topology) {
        PartitionPlan plan;
        try {
            plan = PartitionPlan.of(topology, existing(client));
        } catch (TopologyException refused) {
            return Future.failedFuture(refused);
        }
        List<Future<Void>> created = new ArrayList<>();
        for (InternalTopic topic : topology.internalTopics()) {
            if (client.cluster().topic(topic.name()) == null) {
                created.add(create(client, topic, plan.partitions().getOrDefault(topic.name(), topic.partitions())));
            }
        }
        // Once more with what is there now: another instance may have created it first, by another version of the
        // topology.
        return Future.all(created).map(all -> PartitionPlan.of(topology, existing(client)));
    }

    private static Future<Void> create(ThalwegClient client, InternalTopic topic, int partitions) {
        Map<String, String> configs = new HashMap<>();
        configs.put("cleanup.policy", topic.cleanupPolicy());
        configs.put("retention.ms", Long.toString(topic.retentionMillis()));
        configs.put("retention.bytes", "-1");
        configs.put("segment.bytes", SEGMENT_BYTES);
        configs.put("message.timestamp.type", "CreateTime");
        if (topic.kind() == InternalTopic.Kind.CHANGELOG) {
            // What was changed after the last commit is undone after a crash (TaskRestore): until then the value before
            // must stay.
            configs.put("min.compaction.lag.ms", COMPACTION_LAG_MILLIS);
        }
        NewTopic created = new NewTopic(topic.name(), partitions, DEFAULT_REPLICATION, Map.of(), configs);
        return client.topics()
                .create(created, false)
                .<Void>mapEmpty()
                .recover(failure -> ThalwegException.codeOf(failure) == ErrorCode.TOPIC_ALREADY_EXISTS
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure));
    }

    private static Map<String, Integer> existing(ThalwegClient client) {
        Map<String, Integer> partitions = new HashMap<>();
        client.cluster()
                .topics()
                .forEach(
                        (name, topic) -> partitions.put(name, topic.partitions().size()));
        return partitions;
    }
}
