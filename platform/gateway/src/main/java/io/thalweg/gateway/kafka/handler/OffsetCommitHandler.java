package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Commits a group's offsets. */
final class OffsetCommitHandler implements ApiHandler<OffsetCommitRequestData> {

    private static final short TOPIC_IDS = 10;
    private static final long DEFAULT_RETENTION = -1;

    private final BrokerApi broker;
    private final LongSupplier wallMillis;

    OffsetCommitHandler(BrokerApi broker, LongSupplier wallMillis) {
        this.broker = broker;
        this.wallMillis = wallMillis;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_COMMIT;
    }

    @Override
    public Future<Reply> handle(OffsetCommitRequestData request, RequestContext context) {
        ClusterView view = broker.cluster();
        List<OffsetCommitResponseTopic> topics =
                new ArrayList<>(request.topics().size());
        Map<TopicPartition, OffsetToCommit> offsets = new LinkedHashMap<>();
        Map<TopicPartition, OffsetCommitResponsePartition> answers = new LinkedHashMap<>();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            boolean byId = context.version() >= TOPIC_IDS;
            String name = byId ? view.topicName(topic.topicId()) : topic.name();
            OffsetCommitResponseTopic answer =
                    new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            topics.add(answer);
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                OffsetCommitResponsePartition outcome =
                        new OffsetCommitResponsePartition().setPartitionIndex(partition.partitionIndex());
                answer.partitions().add(outcome);
                TopicPartition target = known(view, name, partition.partitionIndex());
                if (target == null) {
                    ErrorCode error = name == null ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
                    outcome.setErrorCode(error.code());
                } else {
                    offsets.put(target, offset(partition));
                    answers.put(target, outcome);
                }
            }
        }
        OffsetCommitResponseData response = new OffsetCommitResponseData().setTopics(topics);
        if (offsets.isEmpty() && !topics.isEmpty()) {
            return Future.succeededFuture(Reply.of(response));
        }
        return broker.groups().commitOffsets(commit(request, offsets)).transform(outcome -> {
            if (outcome.succeeded()) {
                outcome.result().forEach((partition, error) -> set(answers.get(partition), error));
            } else {
                ErrorCode error = Failures.error(outcome.cause());
                answers.values().forEach(answer -> set(answer, error));
            }
            return Future.succeededFuture(Reply.of(response));
        });
    }

    private CommitOffsets commit(OffsetCommitRequestData request, Map<TopicPartition, OffsetToCommit> offsets) {
        long retentionMillis = request.retentionTimeMs();
        return new CommitOffsets(
                request.groupId(),
                request.generationIdOrMemberEpoch(),
                request.memberId(),
                request.groupInstanceId(),
                offsets,
                retentionMillis == DEFAULT_RETENTION ? -1 : wallMillis.getAsLong() + retentionMillis);
    }

    private static OffsetToCommit offset(OffsetCommitRequestPartition partition) {
        String metadata = partition.committedMetadata();
        return new OffsetToCommit(
                partition.committedOffset(), partition.committedLeaderEpoch(), metadata == null ? "" : metadata);
    }

    private static @Nullable TopicPartition known(ClusterView view, @Nullable String topic, int index) {
        if (topic == null) {
            return null;
        }
        TopicPartition partition = new TopicPartition(topic, index);
        return view.partition(partition) == null ? null : partition;
    }

    private static void set(@Nullable OffsetCommitResponsePartition answer, ErrorCode error) {
        if (answer != null) {
            answer.setErrorCode(error.code());
        }
    }
}
