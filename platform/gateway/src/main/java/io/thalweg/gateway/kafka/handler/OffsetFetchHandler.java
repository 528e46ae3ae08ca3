package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Reads committed offsets. Works on the batched form of version 8, and turns older versions into it and back. */
final class OffsetFetchHandler implements ApiHandler<OffsetFetchRequestData> {

    private static final short TOP_LEVEL_ERROR = 2;
    private static final short BATCHED = 8;
    private static final short TOPIC_IDS = 10;
    private static final long NO_OFFSET = -1;
    private static final int NO_EPOCH = -1;

    private final BrokerApi broker;

    OffsetFetchHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_FETCH;
    }

    @Override
    public Future<Reply> handle(OffsetFetchRequestData request, RequestContext context) {
        short version = context.version();
        if (version < BATCHED) {
            return fetch(single(request), request.requireStable(), version)
                    .map(group -> Reply.of(single(request, group, version)));
        }
        List<Future<OffsetFetchResponseGroup>> groups = new ArrayList<>();
        request.groups().forEach(group -> groups.add(fetch(group, request.requireStable(), version)));
        return Future.join(groups).map(all -> Reply.of(new OffsetFetchResponseData().setGroups(all.list())));
    }

    private Future<OffsetFetchResponseGroup> fetch(
            OffsetFetchRequestGroup group, boolean requireStable, short version) {
        ClusterView view = broker.cluster();
        OffsetFetchResponseGroup answer = new OffsetFetchResponseGroup().setGroupId(group.groupId());
        List<OffsetFetchRequestTopics> topics = group.topics();
        if (topics == null) {
            return broker.groups()
                    .fetchOffsets(group.groupId(), null, requireStable)
                    .map(offsets -> answer.setTopics(all(view, offsets, version)))
                    .otherwise(failure -> answer.setErrorCode(Failures.code(failure)));
        }
        List<TopicPartition> partitions = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : topics) {
            String name = name(view, topic, version);
            if (name != null) {
                topic.partitionIndexes().forEach(index -> partitions.add(new TopicPartition(name, index)));
            }
        }
        return broker.groups()
                .fetchOffsets(group.groupId(), partitions, requireStable)
                .map(offsets -> answer.setTopics(wanted(view, topics, offsets, version)))
                .otherwise(failure -> answer.setErrorCode(Failures.code(failure)));
    }

    private static @Nullable String name(ClusterView view, OffsetFetchRequestTopics topic, short version) {
        return version >= TOPIC_IDS ? view.topicName(topic.topicId()) : topic.name();
    }

    private static List<OffsetFetchResponseTopics> wanted(
            ClusterView view,
            List<OffsetFetchRequestTopics> topics,
            Map<TopicPartition, CommittedOffset> offsets,
            short version) {
        List<OffsetFetchResponseTopics> answers = new ArrayList<>(topics.size());
        for (OffsetFetchRequestTopics topic : topics) {
            String name = name(view, topic, version);
            OffsetFetchResponseTopics answer =
                    new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
            for (int index : topic.partitionIndexes()) {
                CommittedOffset committed = name == null ? null : offsets.get(new TopicPartition(name, index));
                ErrorCode error = name == null ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.NONE;
                answer.partitions().add(partition(index, committed).setErrorCode(error.code()));
            }
            answers.add(answer);
        }
        return answers;
    }

    /** What the group has; by id, topics that are gone have none and are left out. */
    private static List<OffsetFetchResponseTopics> all(
            ClusterView view, Map<TopicPartition, CommittedOffset> offsets, short version) {
        Map<String, OffsetFetchResponseTopics> topics = new LinkedHashMap<>();
        offsets.forEach((partition, committed) -> {
            TopicView topic = view.topic(partition.topic());
            if (topic != null || version < TOPIC_IDS) {
                topics.computeIfAbsent(
                                partition.topic(),
                                name -> new OffsetFetchResponseTopics()
                                        .setName(name)
                                        .setTopicId(topic == null ? Uuid.ZERO_UUID : topic.id()))
                        .partitions()
                        .add(partition(partition.partition(), committed));
            }
        });
        return List.copyOf(topics.values());
    }

    private static OffsetFetchResponsePartitions partition(int index, @Nullable CommittedOffset committed) {
        OffsetFetchResponsePartitions partition = new OffsetFetchResponsePartitions().setPartitionIndex(index);
        if (committed == null) {
            return partition
                    .setCommittedOffset(NO_OFFSET)
                    .setCommittedLeaderEpoch(NO_EPOCH)
                    .setMetadata("");
        }
        return partition
                .setCommittedOffset(committed.offset())
                .setCommittedLeaderEpoch(committed.leaderEpoch())
                .setMetadata(committed.metadata());
    }

    private static OffsetFetchRequestGroup single(OffsetFetchRequestData request) {
        OffsetFetchRequestGroup group = new OffsetFetchRequestGroup().setGroupId(request.groupId());
        if (request.topics() == null) {
            return group.setTopics(null);
        }
        request.topics()
                .forEach(topic -> group.topics()
                        .add(new OffsetFetchRequestTopics()
                                .setName(topic.name())
                                .setPartitionIndexes(topic.partitionIndexes())));
        return group;
    }

    private static OffsetFetchResponseData single(
            OffsetFetchRequestData request, OffsetFetchResponseGroup group, short version) {
        OffsetFetchResponseData response = new OffsetFetchResponseData();
        if (version >= TOP_LEVEL_ERROR) {
            response.setErrorCode(group.errorCode());
        } else if (group.errorCode() != ErrorCode.NONE.code() && request.topics() != null) {
            // Version 1 has no other place for the group's error than each partition.
            request.topics().forEach(topic -> {
                OffsetFetchResponseTopic answer = new OffsetFetchResponseTopic().setName(topic.name());
                topic.partitionIndexes()
                        .forEach(index -> answer.partitions()
                                .add(single(partition(index, null).setErrorCode(group.errorCode()))));
                response.topics().add(answer);
            });
        }
        group.topics().forEach(topic -> {
            OffsetFetchResponseTopic answer = new OffsetFetchResponseTopic().setName(topic.name());
            topic.partitions().forEach(partition -> answer.partitions().add(single(partition)));
            response.topics().add(answer);
        });
        return response;
    }

    private static OffsetFetchResponsePartition single(OffsetFetchResponsePartitions partition) {
        return new OffsetFetchResponsePartition()
                .setPartitionIndex(partition.partitionIndex())
                .setCommittedOffset(partition.committedOffset())
                .setCommittedLeaderEpoch(partition.committedLeaderEpoch())
                .setMetadata(partition.metadata())
                .setErrorCode(partition.errorCode());
    }
}
