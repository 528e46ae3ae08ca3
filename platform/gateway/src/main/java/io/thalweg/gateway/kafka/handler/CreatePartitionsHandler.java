package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;

/** Grows topics. */
final class CreatePartitionsHandler implements ApiHandler<CreatePartitionsRequestData> {

    private final BrokerApi broker;

    CreatePartitionsHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CREATE_PARTITIONS;
    }

    @Override
    public Future<Reply> handle(CreatePartitionsRequestData request, RequestContext context) {
        List<Future<CreatePartitionsTopicResult>> pending = new ArrayList<>();
        request.topics().forEach(topic -> pending.add(grow(topic, request.validateOnly())));
        return Future.join(pending).map(all -> Reply.of(new CreatePartitionsResponseData().setResults(all.list())));
    }

    private Future<CreatePartitionsTopicResult> grow(CreatePartitionsTopic topic, boolean validateOnly) {
        CreatePartitionsTopicResult result = new CreatePartitionsTopicResult().setName(topic.name());
        return Future.succeededFuture(topic)
                .map(this::checkAssignments)
                .compose(wanted -> broker.topics().createPartitions(wanted.name(), wanted.count(), validateOnly))
                .map(result)
                .otherwise(failure ->
                        result.setErrorCode(Failures.code(failure)).setErrorMessage(Failures.message(failure)));
    }

    /** The broker places replicas itself; an assignment is accepted if it names brokers that exist. */
    private CreatePartitionsTopic checkAssignments(CreatePartitionsTopic topic) {
        if (topic.assignments() == null) {
            return topic;
        }
        topic.assignments()
                .forEach(assignment -> assignment.brokerIds().forEach(id -> {
                    if (broker.cluster().brokers().stream().noneMatch(node -> node.id() == id)) {
                        throw new ThalwegException(
                                ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                                "no such broker: topic=" + topic.name() + " brokerId=" + id);
                    }
                }));
        return topic;
    }
}
