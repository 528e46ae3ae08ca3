package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Makes preferred replicas lead (KIP-460). */
final class ElectLeadersHandler implements ApiHandler<ElectLeadersRequestData> {

    /** The response has an error of its own from here on. */
    private static final short TOP_LEVEL_ERROR = 1;

    private static final byte PREFERRED = 0;

    private final BrokerApi broker;

    ElectLeadersHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ELECT_LEADERS;
    }

    @Override
    public Future<Reply> handle(ElectLeadersRequestData request, RequestContext context) {
        List<TopicPartition> wanted = wanted(request);
        Future<Map<TopicPartition, ErrorCode>> elected = request.electionType() == PREFERRED
                ? broker.admin().electLeaders(wanted)
                : broker.admin().electUncleanLeaders(wanted);
        return elected.map(errors -> response(wanted == null ? withoutThoseThatLead(errors) : errors))
                .otherwise(failure -> failed(wanted, failure, context))
                .map(Reply::of);
    }

    private static @Nullable List<TopicPartition> wanted(ElectLeadersRequestData request) {
        if (request.topicPartitions() == null) {
            return null;
        }
        List<TopicPartition> wanted = new ArrayList<>();
        for (TopicPartitions topic : request.topicPartitions()) {
            topic.partitions().forEach(partition -> wanted.add(new TopicPartition(topic.topic(), partition)));
        }
        return wanted;
    }

    /** Who asks for all wants to hear of those where something happened, as in Kafka. */
    private static Map<TopicPartition, ErrorCode> withoutThoseThatLead(Map<TopicPartition, ErrorCode> errors) {
        Map<TopicPartition, ErrorCode> news = new LinkedHashMap<>(errors);
        news.values().removeIf(error -> error == ErrorCode.ELECTION_NOT_NEEDED);
        return news;
    }

    private static ElectLeadersResponseData response(Map<TopicPartition, ErrorCode> errors) {
        Map<String, ReplicaElectionResult> topics = new LinkedHashMap<>();
        errors.forEach((name, error) -> topics.computeIfAbsent(
                        name.topic(), topic -> new ReplicaElectionResult().setTopic(topic))
                .partitionResult()
                .add(new PartitionResult()
                        .setPartitionId(name.partition())
                        .setErrorCode(error.code())
                        .setErrorMessage(message(error, name))));
        return new ElectLeadersResponseData().setReplicaElectionResults(List.copyOf(topics.values()));
    }

    private static @Nullable String message(ErrorCode error, TopicPartition name) {
        return switch (error) {
            case NONE -> null;
            case ELECTION_NOT_NEEDED -> "there is a leader, or will be one in a moment: partition=" + name;
            case PREFERRED_LEADER_NOT_AVAILABLE -> "the preferred replica is away or behind: partition=" + name;
            case ELIGIBLE_LEADERS_NOT_AVAILABLE -> "no replica of it is here: partition=" + name;
            default -> "not elected: partition=" + name + " error=" + error;
        };
    }

    private static ElectLeadersResponseData failed(
            @Nullable List<TopicPartition> wanted, Throwable failure, RequestContext context) {
        ErrorCode error = Failures.error(failure);
        if (context.version() >= TOP_LEVEL_ERROR) {
            return new ElectLeadersResponseData().setErrorCode(error.code());
        }
        Map<TopicPartition, ErrorCode> errors = new LinkedHashMap<>();
        (wanted == null ? List.<TopicPartition>of() : wanted).forEach(name -> errors.put(name, error));
        return response(errors);
    }
}
