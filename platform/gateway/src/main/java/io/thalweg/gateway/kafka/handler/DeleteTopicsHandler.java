package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;

/** Deletes topics, by name or by id. */
final class DeleteTopicsHandler implements ApiHandler<DeleteTopicsRequestData> {

    private static final short TOPIC_IDS = 6;

    private final BrokerApi broker;

    DeleteTopicsHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_TOPICS;
    }

    @Override
    public Future<Reply> handle(DeleteTopicsRequestData request, RequestContext context) {
        List<Future<DeletableTopicResult>> pending = new ArrayList<>();
        if (context.version() >= TOPIC_IDS) {
            request.topics().forEach(topic -> pending.add(delete(topic)));
        } else {
            request.topicNames().forEach(name -> pending.add(delete(new DeleteTopicState().setName(name))));
        }
        return Future.join(pending).map(all -> {
            DeleteTopicsResponseData response = new DeleteTopicsResponseData();
            all.<DeletableTopicResult>list().forEach(response.responses()::mustAdd);
            return Reply.of(response);
        });
    }

    private Future<DeletableTopicResult> delete(DeleteTopicState wanted) {
        ClusterView view = broker.cluster();
        Uuid id = wanted.topicId();
        String name = wanted.name() == null ? view.topicName(id) : wanted.name();
        DeletableTopicResult result = new DeletableTopicResult().setName(name).setTopicId(id);
        if (name == null) {
            return Future.succeededFuture(
                    failed(result, new ThalwegException(ErrorCode.UNKNOWN_TOPIC_ID, "no topic has the id " + id)));
        }
        TopicView topic = view.topic(name);
        if (topic != null) {
            result.setTopicId(topic.id());
        }
        return broker.topics().delete(name).map(result).otherwise(failure -> failed(result, failure));
    }

    private static DeletableTopicResult failed(DeletableTopicResult result, Throwable failure) {
        return result.setErrorCode(Failures.code(failure)).setErrorMessage(Failures.message(failure));
    }
}
