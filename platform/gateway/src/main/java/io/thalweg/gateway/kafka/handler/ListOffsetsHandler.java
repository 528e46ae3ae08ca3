package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/** Looks offsets up by time, or the ends of a log. */
final class ListOffsetsHandler implements ApiHandler<ListOffsetsRequestData> {

    /** KIP-405: the local log's start, which is the log's start without tiered storage. */
    private static final long EARLIEST_LOCAL = -4;

    /** KIP-1005 and KIP-1023: places in tiered storage, of which there is none. */
    private static final long LATEST_TIERED = -5;

    private static final long EARLIEST_PENDING_UPLOAD = -6;

    /** The response has the leader's epoch from here on (KIP-320). */
    private static final short LEADER_EPOCH = 4;

    private static final int NO_LEADER_EPOCH = -1;

    private final BrokerApi broker;

    ListOffsetsHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_OFFSETS;
    }

    @Override
    public Future<Reply> handle(ListOffsetsRequestData request, RequestContext context) {
        IsolationLevel isolation =
                request.isolationLevel() == 1 ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED;
        List<ListOffsetsTopicResponse> topics = new ArrayList<>(request.topics().size());
        List<Future<?>> pending = new ArrayList<>();
        for (ListOffsetsTopic topic : request.topics()) {
            ListOffsetsTopicResponse answers = new ListOffsetsTopicResponse().setName(topic.name());
            topics.add(answers);
            for (ListOffsetsPartition partition : topic.partitions()) {
                ListOffsetsPartitionResponse answer =
                        new ListOffsetsPartitionResponse().setPartitionIndex(partition.partitionIndex());
                answers.partitions().add(answer);
                pending.add(lookUp(topic.name(), partition, isolation, answer, context));
            }
        }
        ListOffsetsResponseData response = new ListOffsetsResponseData().setTopics(topics);
        return Future.join(pending).map(Reply.of(response));
    }

    private Future<?> lookUp(
            String topic,
            ListOffsetsPartition partition,
            IsolationLevel isolation,
            ListOffsetsPartitionResponse answer,
            RequestContext context) {
        long timestamp = partition.timestamp();
        if (timestamp == LATEST_TIERED || timestamp == EARLIEST_PENDING_UPLOAD) {
            return Future.succeededFuture();
        }
        return broker.listOffset(new ListOffsetRequest(
                        new TopicPartition(topic, partition.partitionIndex()),
                        timestamp == EARLIEST_LOCAL ? ListOffsetRequest.EARLIEST : timestamp,
                        isolation,
                        partition.currentLeaderEpoch()))
                .map(found -> answer.setOffset(found.offset())
                        .setTimestamp(found.timestamp())
                        .setLeaderEpoch(context.version() >= LEADER_EPOCH ? found.leaderEpoch() : NO_LEADER_EPOCH))
                .otherwise(failure -> answer.setErrorCode(Failures.code(failure)));
    }
}
