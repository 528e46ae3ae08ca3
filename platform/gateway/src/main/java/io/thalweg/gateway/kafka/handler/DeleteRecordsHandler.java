package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;

/** Moves the starts of logs. */
final class DeleteRecordsHandler implements ApiHandler<DeleteRecordsRequestData> {

    private static final long NO_LOW_WATERMARK = -1;

    private final BrokerApi broker;

    DeleteRecordsHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_RECORDS;
    }

    @Override
    public Future<Reply> handle(DeleteRecordsRequestData request, RequestContext context) {
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        List<Future<?>> pending = new ArrayList<>();
        request.topics().forEach(topic -> {
            DeleteRecordsTopicResult answers = new DeleteRecordsTopicResult().setName(topic.name());
            response.topics().mustAdd(answers);
            topic.partitions().forEach(partition -> {
                DeleteRecordsPartitionResult answer = new DeleteRecordsPartitionResult()
                        .setPartitionIndex(partition.partitionIndex())
                        .setLowWatermark(NO_LOW_WATERMARK);
                answers.partitions().mustAdd(answer);
                pending.add(broker.deleteRecords(
                                new TopicPartition(topic.name(), partition.partitionIndex()), partition.offset())
                        .map(answer::setLowWatermark)
                        .otherwise(failure -> answer.setErrorCode(Failures.code(failure))));
            });
        });
        return Future.join(pending).map(Reply.of(response));
    }
}
