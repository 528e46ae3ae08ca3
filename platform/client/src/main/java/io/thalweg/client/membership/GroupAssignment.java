package io.thalweg.client.membership;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.coordination.group.api.GroupsApi.JoinedMember;
import io.thalweg.coordination.group.api.GroupsApi.Protocol;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.types.SchemaException;

/** Kafka's ConsumerProtocol bytes, and its assignors run over our view of the cluster. */
final class GroupAssignment {

    /**
     * As Kafka's own default: with the first, members revoke all before they join (so do we with either); the second
     * is offered to share a group with members that know only it.
     */
    static final List<ConsumerPartitionAssignor> ASSIGNORS =
            List.of(new RangeAssignor(), new CooperativeStickyAssignor());

    private GroupAssignment() {}

    static String protocolType() {
        return ConsumerProtocol.PROTOCOL_TYPE;
    }

    /** What this member can do, in order of preference. It owns nothing while it joins. */
    static List<Protocol> protocols(Set<String> topics, List<ConsumerPartitionAssignor> assignors) {
        List<String> sorted = new ArrayList<>(new TreeSet<>(topics));
        return assignors.stream()
                .map(assignor -> new Protocol(
                        assignor.name(),
                        bytes(ConsumerProtocol.serializeSubscription(new Subscription(
                                sorted,
                                assignor.subscriptionUserData(Set.copyOf(sorted)),
                                List.of(),
                                -1,
                                Optional.empty())))))
                .toList();
    }

    /**
     * Runs the assignor that the group chose.
     *
     * @return each member's assignment; topics that do not exist yet are left out
     */
    static Map<String, byte[]> assign(
            String protocolName,
            List<JoinedMember> members,
            ClusterView view,
            List<ConsumerPartitionAssignor> assignors) {
        ConsumerPartitionAssignor assignor = assignors.stream()
                .filter(candidate -> candidate.name().equals(protocolName))
                .findFirst()
                .orElseThrow(() -> new ThalwegException(
                        ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "group chose an unknown protocol: " + protocolName));
        Map<String, Subscription> subscriptions = new TreeMap<>();
        for (JoinedMember member : members) {
            Subscription subscription = subscription(member);
            subscription.setGroupInstanceId(Optional.ofNullable(member.groupInstanceId()));
            subscriptions.put(member.memberId(), subscription);
        }
        Cluster cluster = cluster(view, topicsOf(members));
        Map<String, byte[]> assignments = new HashMap<>();
        assignor.assign(cluster, new GroupSubscription(subscriptions))
                .groupAssignment()
                .forEach((memberId, assignment) ->
                        assignments.put(memberId, bytes(ConsumerProtocol.serializeAssignment(assignment))));
        return assignments;
    }

    /** All topics that members subscribe to. */
    static Set<String> topicsOf(List<JoinedMember> members) {
        Set<String> topics = new HashSet<>();
        for (JoinedMember member : members) {
            topics.addAll(subscription(member).topics());
        }
        return topics;
    }

    /** How many partitions each of {@code topics} has; 0 for one that does not exist. */
    static Map<String, Integer> partitionCounts(Set<String> topics, ClusterView view) {
        Map<String, Integer> counts = new HashMap<>();
        for (String topic : topics) {
            TopicView described = view.topic(topic);
            counts.put(topic, described == null ? 0 : described.partitions().size());
        }
        return counts;
    }

    static Set<TopicPartition> partitions(byte[] assignment) {
        if (assignment.length == 0) {
            return Set.of();
        }
        try {
            Assignment decoded = ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(assignment));
            return Set.copyOf(decoded.partitions());
        } catch (SchemaException malformed) {
            throw malformed("assignment", malformed);
        }
    }

    private static Subscription subscription(JoinedMember member) {
        try {
            return ConsumerProtocol.deserializeSubscription(ByteBuffer.wrap(member.metadata()));
        } catch (SchemaException malformed) {
            throw malformed("subscription of memberId=" + member.memberId(), malformed);
        }
    }

    private static ThalwegException malformed(String what, KafkaException cause) {
        return new ThalwegException(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "not a consumer's " + what, cause);
    }

    private static Cluster cluster(ClusterView view, Set<String> topics) {
        List<PartitionInfo> partitions = new ArrayList<>();
        for (String name : topics) {
            TopicView topic = view.topic(name);
            if (topic == null) {
                continue;
            }
            for (PartitionView partition : topic.partitions()) {
                partitions.add(new PartitionInfo(name, partition.index(), Node.noNode(), new Node[0], new Node[0]));
            }
        }
        return new Cluster(view.clusterId(), List.of(), partitions, Set.of(), Set.of());
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
