package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBrokerCollection;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Brokers, topics and leaders; creates topics that are asked for by name where client and broker allow it. */
final class MetadataHandler implements ApiHandler<MetadataRequestData> {

    private final BrokerApi broker;

    MetadataHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.METADATA;
    }

    @Override
    public Future<Reply> handle(MetadataRequestData request, RequestContext context) {
        ClusterView view = broker.cluster();
        List<MetadataRequestTopic> wanted = request.topics();
        // Null asks for all; version 0 could not say null and said it with an empty list.
        if (wanted == null || (context.version() == 0 && wanted.isEmpty())) {
            List<MetadataResponseTopic> topics = new ArrayList<>(view.topics().size());
            view.topics().values().forEach(topic -> topics.add(found(view, topic, request)));
            return Future.succeededFuture(Reply.of(response(view, topics, request)));
        }
        List<Future<MetadataResponseTopic>> topics = new ArrayList<>(wanted.size());
        Set<MetadataRequestTopic> distinct = new LinkedHashSet<>(wanted);
        distinct.forEach(topic -> topics.add(describe(view, topic, request)));
        // The view is read again: a topic that was created meanwhile may be the first that this broker leads.
        return Future.join(topics).map(all -> Reply.of(response(broker.cluster(), all.list(), request)));
    }

    private Future<MetadataResponseTopic> describe(
            ClusterView view, MetadataRequestTopic wanted, MetadataRequestData request) {
        String name = wanted.name();
        if (name == null) {
            Uuid id = wanted.topicId();
            String known = view.topicName(id);
            TopicView topic = known == null ? null : view.topic(known);
            return Future.succeededFuture(
                    topic == null ? missing(null, id, ErrorCode.UNKNOWN_TOPIC_ID) : found(view, topic, request));
        }
        TopicView topic = view.topic(name);
        if (topic != null) {
            return Future.succeededFuture(found(view, topic, request));
        }
        if (!request.allowAutoTopicCreation()) {
            return Future.succeededFuture(missing(name, Uuid.ZERO_UUID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        }
        return broker.topics()
                .getOrAutoCreate(name)
                .map(created -> found(broker.cluster(), created, request))
                .otherwise(failure -> missing(name, Uuid.ZERO_UUID, Failures.error(failure)));
    }

    private static MetadataResponseTopic missing(@Nullable String name, Uuid id, ErrorCode error) {
        return new MetadataResponseTopic().setName(name).setTopicId(id).setErrorCode(error.code());
    }

    private static MetadataResponseTopic found(ClusterView view, TopicView topic, MetadataRequestData request) {
        List<MetadataResponsePartition> partitions =
                new ArrayList<>(topic.partitions().size());
        for (PartitionView partition : topic.partitions()) {
            // A leader that died a moment ago is none, until its successor is known.
            boolean led = KafkaBroker.find(view, partition.leader()) != null;
            partitions.add(new MetadataResponsePartition()
                    .setErrorCode((led ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE).code())
                    .setPartitionIndex(partition.index())
                    .setLeaderId(led ? partition.leader() : -1)
                    .setLeaderEpoch(partition.leaderEpoch())
                    .setReplicaNodes(partition.replicas())
                    .setIsrNodes(partition.inSyncReplicas())
                    .setOfflineReplicas(offline(view, partition)));
        }
        MetadataResponseTopic found = new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.internal())
                .setPartitions(partitions);
        if (request.includeTopicAuthorizedOperations()) {
            found.setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        }
        return found;
    }

    /** Those on brokers that are not alive. */
    private static List<Integer> offline(ClusterView view, PartitionView partition) {
        List<Integer> offline = List.of();
        for (int replica : partition.replicas()) {
            BrokerNode broker = view.broker(replica);
            if (broker == null || !broker.alive()) {
                offline = offline.isEmpty() ? new ArrayList<>() : offline;
                offline.add(replica);
            }
        }
        return offline;
    }

    private static MetadataResponseData response(
            ClusterView view, List<MetadataResponseTopic> topics, MetadataRequestData request) {
        MetadataResponseData response = new MetadataResponseData()
                .setClusterId(view.clusterId())
                .setControllerId(KafkaBroker.controller(view))
                .setBrokers(brokers(view));
        topics.forEach(response.topics()::mustAdd);
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        return response;
    }

    private static MetadataResponseBrokerCollection brokers(ClusterView view) {
        MetadataResponseBrokerCollection brokers = new MetadataResponseBrokerCollection();
        for (KafkaBroker broker : KafkaBroker.all(view)) {
            brokers.add(new MetadataResponseBroker()
                    .setNodeId(broker.id())
                    .setHost(broker.host())
                    .setPort(broker.port())
                    .setRack(broker.rack()));
        }
        return brokers;
    }
}
