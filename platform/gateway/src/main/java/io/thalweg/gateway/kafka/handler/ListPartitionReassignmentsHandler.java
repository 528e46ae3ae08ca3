package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Partitions whose replicas are being moved now. */
final class ListPartitionReassignmentsHandler implements ApiHandler<ListPartitionReassignmentsRequestData> {

    private final BrokerApi broker;

    ListPartitionReassignmentsHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_PARTITION_REASSIGNMENTS;
    }

    @Override
    public Future<Reply> handle(ListPartitionReassignmentsRequestData request, RequestContext context) {
        ClusterView view = broker.cluster();
        ListPartitionReassignmentsResponseData response = new ListPartitionReassignmentsResponseData();
        if (request.topics() == null) {
            view.topics().values().forEach(topic -> add(response, topic, null));
        } else {
            for (ListPartitionReassignmentsTopics wanted : request.topics()) {
                add(response, view.topic(wanted.name()), wanted.partitionIndexes());
            }
        }
        return Future.succeededFuture(Reply.of(response));
    }

    /** @param wanted null for all */
    private static void add(
            ListPartitionReassignmentsResponseData response,
            @Nullable TopicView topic,
            @Nullable List<Integer> wanted) {
        if (topic == null) {
            return;
        }
        List<OngoingPartitionReassignment> moving = new ArrayList<>();
        for (PartitionView partition : topic.partitions()) {
            if (!partition.target().isEmpty() && (wanted == null || wanted.contains(partition.index()))) {
                moving.add(move(partition));
            }
        }
        if (!moving.isEmpty()) {
            response.topics()
                    .add(new OngoingTopicReassignment().setName(topic.name()).setPartitions(moving));
        }
    }

    private static OngoingPartitionReassignment move(PartitionView partition) {
        Set<Integer> all = new LinkedHashSet<>(partition.target());
        all.addAll(partition.replicas());
        List<Integer> adding = new ArrayList<>(partition.target());
        adding.removeAll(partition.replicas());
        List<Integer> removing = new ArrayList<>(partition.replicas());
        removing.removeAll(partition.target());
        return new OngoingPartitionReassignment()
                .setPartitionIndex(partition.index())
                .setReplicas(List.copyOf(all))
                .setAddingReplicas(adding)
                .setRemovingReplicas(removing);
    }
}
