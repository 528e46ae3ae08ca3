package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/** Deletes committed offsets of a group. */
final class OffsetDeleteHandler implements ApiHandler<OffsetDeleteRequestData> {

    private final BrokerApi broker;

    OffsetDeleteHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_DELETE;
    }

    @Override
    public Future<Reply> handle(OffsetDeleteRequestData request, RequestContext context) {
        List<TopicPartition> partitions = new ArrayList<>();
        request.topics()
                .forEach(topic -> topic.partitions()
                        .forEach(partition ->
                                partitions.add(new TopicPartition(topic.name(), partition.partitionIndex()))));
        return broker.groups()
                .deleteOffsets(request.groupId(), partitions)
                .map(outcomes -> response(request, outcomes))
                .otherwise(failure -> new OffsetDeleteResponseData().setErrorCode(Failures.code(failure)))
                .map(Reply::of);
    }

    private static OffsetDeleteResponseData response(
            OffsetDeleteRequestData request, Map<TopicPartition, ErrorCode> outcomes) {
        OffsetDeleteResponseData response = new OffsetDeleteResponseData();
        request.topics().forEach(topic -> {
            OffsetDeleteResponseTopic answer = new OffsetDeleteResponseTopic().setName(topic.name());
            topic.partitions().forEach(partition -> {
                ErrorCode error = outcomes.getOrDefault(
                        new TopicPartition(topic.name(), partition.partitionIndex()), ErrorCode.NONE);
                answer.partitions()
                        .mustAdd(new OffsetDeleteResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code()));
            });
            response.topics().mustAdd(answer);
        });
        return response;
    }
}
