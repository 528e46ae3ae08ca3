package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Orders moves of replicas, and calls them off (KIP-455). */
final class AlterPartitionReassignmentsHandler implements ApiHandler<AlterPartitionReassignmentsRequestData> {

    private final BrokerApi broker;

    AlterPartitionReassignmentsHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
    }

    @Override
    public Future<Reply> handle(AlterPartitionReassignmentsRequestData request, RequestContext context) {
        Map<TopicPartition, ErrorCode> refused = new LinkedHashMap<>();
        Map<TopicPartition, List<Integer>> targets = new LinkedHashMap<>();
        for (ReassignableTopic topic : request.topics()) {
            for (ReassignablePartition partition : topic.partitions()) {
                TopicPartition name = new TopicPartition(topic.name(), partition.partitionIndex());
                List<Integer> replicas = partition.replicas();
                if (replicas != null && replicas.isEmpty()) {
                    // To the broker's port an empty list is what null is here.
                    refused.put(name, ErrorCode.INVALID_REPLICA_ASSIGNMENT);
                } else if (replicas != null
                        && !request.allowReplicationFactorChange()
                        && changesFactor(name, replicas)) {
                    refused.put(name, ErrorCode.INVALID_REPLICATION_FACTOR);
                } else {
                    targets.put(name, replicas == null ? List.of() : replicas);
                }
            }
        }
        Future<Map<TopicPartition, ErrorCode>> ordered = targets.isEmpty()
                ? Future.succeededFuture(Map.of())
                : broker.admin().reassign(targets);
        return ordered.map(errors -> response(request, refused, errors))
                .otherwise(AlterPartitionReassignmentsHandler::failed)
                .map(Reply::of);
    }

    private boolean changesFactor(TopicPartition name, List<Integer> replicas) {
        PartitionView partition = broker.cluster().partition(name);
        return partition != null && partition.replicas().size() != replicas.size();
    }

    private static AlterPartitionReassignmentsResponseData response(
            AlterPartitionReassignmentsRequestData request,
            Map<TopicPartition, ErrorCode> refused,
            Map<TopicPartition, ErrorCode> ordered) {
        AlterPartitionReassignmentsResponseData response = new AlterPartitionReassignmentsResponseData()
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
        for (ReassignableTopic topic : request.topics()) {
            ReassignableTopicResponse answer = new ReassignableTopicResponse().setName(topic.name());
            response.responses().add(answer);
            for (ReassignablePartition partition : topic.partitions()) {
                TopicPartition name = new TopicPartition(topic.name(), partition.partitionIndex());
                ErrorCode error = refused.containsKey(name)
                        ? refused.get(name)
                        : ordered.getOrDefault(name, ErrorCode.UNKNOWN_SERVER_ERROR);
                answer.partitions()
                        .add(new ReassignablePartitionResponse()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code())
                                .setErrorMessage(message(error, name)));
            }
        }
        return response;
    }

    private static @Nullable String message(ErrorCode error, TopicPartition name) {
        return switch (error) {
            case NONE -> null;
            case INVALID_REPLICA_ASSIGNMENT ->
                "replicas must be registered brokers, each once, and at least one: partition=" + name;
            case INVALID_REPLICATION_FACTOR ->
                "the number of replicas would change, which the request forbids: partition=" + name;
            case NO_REASSIGNMENT_IN_PROGRESS -> "nothing is being moved: partition=" + name;
            default -> "not moved: partition=" + name + " error=" + error;
        };
    }

    private static AlterPartitionReassignmentsResponseData failed(Throwable failure) {
        return new AlterPartitionReassignmentsResponseData()
                .setErrorCode(Failures.code(failure))
                .setErrorMessage(Failures.message(failure));
    }
}
