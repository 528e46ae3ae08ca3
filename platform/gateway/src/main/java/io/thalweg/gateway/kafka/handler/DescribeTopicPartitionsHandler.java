package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Topics and their partitions in pages (KIP-966): in the order of their names, from a cursor on, with so many partitions at
 * most. There are no eligible leader replicas to name: a partition's replicas elect by majority.
 */
final class DescribeTopicPartitionsHandler implements ApiHandler<DescribeTopicPartitionsRequestData> {

    /** Kafka's max.request.partition.size.limit. */
    private static final int PARTITIONS_MAX = 2_000;

    private final BrokerApi broker;

    DescribeTopicPartitionsHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
    }

    @Override
    public Future<Reply> handle(DescribeTopicPartitionsRequestData request, RequestContext context) {
        ClusterView view = broker.cluster();
        DescribeTopicPartitionsRequestData.Cursor cursor = request.cursor();
        NavigableSet<String> names = new TreeSet<>();
        if (request.topics().isEmpty()) {
            names.addAll(view.topics().keySet());
        } else {
            request.topics().forEach(topic -> names.add(topic.name()));
        }
        if (cursor == null) {
            return Future.succeededFuture(Reply.of(page(view, names, 0, request.responsePartitionLimit())));
        }
        // With all topics wanted, the one of the cursor may have been deleted since.
        if (cursor.partitionIndex() < 0 || (!request.topics().isEmpty() && !names.contains(cursor.topicName()))) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.INVALID_REQUEST,
                    "cursor is none of the topics' that are asked for: topic=" + cursor.topicName() + " partition="
                            + cursor.partitionIndex()));
        }
        NavigableSet<String> rest = names.tailSet(cursor.topicName(), true);
        boolean within = !rest.isEmpty() && rest.first().equals(cursor.topicName());
        return Future.succeededFuture(
                Reply.of(page(view, rest, within ? cursor.partitionIndex() : 0, request.responsePartitionLimit())));
    }

    /** @param from the first partition of the first topic */
    private static DescribeTopicPartitionsResponseData page(
            ClusterView view, NavigableSet<String> names, int from, int limit) {
        DescribeTopicPartitionsResponseData page = new DescribeTopicPartitionsResponseData();
        int left = Math.max(1, Math.min(PARTITIONS_MAX, limit));
        int first = from;
        for (String name : names) {
            if (left == 0) {
                return page.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(first));
            }
            TopicView topic = view.topic(name);
            if (topic == null) {
                page.topics()
                        .mustAdd(new DescribeTopicPartitionsResponseTopic()
                                .setName(name)
                                .setErrorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code()));
            } else {
                int to = Math.min(topic.partitions().size(), first + left);
                page.topics().mustAdd(described(topic, first, to));
                left -= Math.max(0, to - first);
                if (to < topic.partitions().size()) {
                    return page.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(to));
                }
            }
            first = 0;
        }
        return page;
    }

    private static DescribeTopicPartitionsResponseTopic described(TopicView topic, int from, int to) {
        DescribeTopicPartitionsResponseTopic described = new DescribeTopicPartitionsResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.internal())
                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        for (int index = from; index < to; index++) {
            PartitionView partition = topic.partitions().get(index);
            boolean led = partition.leader() >= 0;
            described
                    .partitions()
                    .add(new DescribeTopicPartitionsResponsePartition()
                            .setErrorCode((led ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE).code())
                            .setPartitionIndex(partition.index())
                            .setLeaderId(partition.leader())
                            .setLeaderEpoch(partition.leaderEpoch())
                            .setReplicaNodes(partition.replicas())
                            .setIsrNodes(partition.inSyncReplicas())
                            // Java's Admin does not expect null, which would say that they are not known.
                            .setEligibleLeaderReplicas(List.of())
                            .setLastKnownElr(List.of()));
        }
        return described;
    }
}
