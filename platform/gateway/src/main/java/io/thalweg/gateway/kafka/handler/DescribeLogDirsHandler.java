package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.PartitionStatus;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Sizes of the partitions on this node. */
final class DescribeLogDirsHandler implements ApiHandler<DescribeLogDirsRequestData> {

    /** A node has one log directory, and where it lies is nobody's business outside of it. */
    private static final String LOG_DIRECTORY = "data";

    private final BrokerApi broker;

    DescribeLogDirsHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_LOG_DIRS;
    }

    @Override
    public Future<Reply> handle(DescribeLogDirsRequestData request, RequestContext context) {
        return broker.describeLogs(wanted(request.topics()))
                .map(DescribeLogDirsHandler::response)
                .otherwise(failure -> new DescribeLogDirsResponseData().setErrorCode(Failures.code(failure)))
                .map(Reply::of);
    }

    private static @Nullable List<TopicPartition> wanted(@Nullable DescribableLogDirTopicCollection topics) {
        if (topics == null) {
            return null;
        }
        List<TopicPartition> wanted = new ArrayList<>();
        topics.forEach(topic ->
                topic.partitions().forEach(partition -> wanted.add(new TopicPartition(topic.topic(), partition))));
        return wanted;
    }

    private static DescribeLogDirsResponseData response(List<PartitionStatus> partitions) {
        Map<String, DescribeLogDirsTopic> topics = new LinkedHashMap<>();
        for (PartitionStatus status : partitions) {
            topics.computeIfAbsent(status.partition().topic(), name -> new DescribeLogDirsTopic().setName(name))
                    .partitions()
                    .add(new DescribeLogDirsPartition()
                            .setPartitionIndex(status.partition().partition())
                            .setPartitionSize(status.sizeBytes())
                            .setOffsetLag(Math.max(0, status.highWatermark() - status.logEndOffset())));
        }
        DescribeLogDirsResult result =
                new DescribeLogDirsResult().setLogDir(LOG_DIRECTORY).setTopics(List.copyOf(topics.values()));
        return new DescribeLogDirsResponseData().setResults(List.of(result));
    }
}
