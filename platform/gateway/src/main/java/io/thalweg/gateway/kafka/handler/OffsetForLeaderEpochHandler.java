package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;

/** Where a leader's epoch ended, so that readers notice that a log was truncated (KIP-101, KIP-320). */
final class OffsetForLeaderEpochHandler implements ApiHandler<OffsetForLeaderEpochRequestData> {

    private final BrokerApi broker;

    OffsetForLeaderEpochHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_FOR_LEADER_EPOCH;
    }

    @Override
    public Future<Reply> handle(OffsetForLeaderEpochRequestData request, RequestContext context) {
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        List<Future<?>> pending = new ArrayList<>();
        request.topics().forEach(topic -> {
            OffsetForLeaderTopicResult answers = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            response.topics().mustAdd(answers);
            topic.partitions().forEach(partition -> {
                EpochEndOffset answer = new EpochEndOffset().setPartition(partition.partition());
                answers.partitions().add(answer);
                pending.add(broker.endOfEpoch(
                                new TopicPartition(topic.topic(), partition.partition()),
                                partition.currentLeaderEpoch(),
                                partition.leaderEpoch())
                        .map(end -> answer.setLeaderEpoch(end.leaderEpoch()).setEndOffset(end.endOffset()))
                        .otherwise(failure -> answer.setErrorCode(Failures.code(failure))));
            });
        });
        return Future.join(pending).map(Reply.of(response));
    }
}
