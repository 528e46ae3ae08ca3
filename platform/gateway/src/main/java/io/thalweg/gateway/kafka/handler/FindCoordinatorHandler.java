package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;

/** Which broker coordinates a group. */
final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequestData> {

    /** Many keys in one request from here on (KIP-699). */
    private static final short BATCHED = 4;

    private static final byte GROUP = 0;

    private final BrokerApi broker;

    FindCoordinatorHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.FIND_COORDINATOR;
    }

    @Override
    public Future<Reply> handle(FindCoordinatorRequestData request, RequestContext context) {
        if (context.version() < BATCHED) {
            return find(request.key(), request.keyType())
                    .map(found -> Reply.of(new FindCoordinatorResponseData()
                            .setErrorCode(found.errorCode())
                            .setErrorMessage(found.errorMessage())
                            .setNodeId(found.nodeId())
                            .setHost(found.host())
                            .setPort(found.port())));
        }
        List<Future<Coordinator>> pending = new ArrayList<>();
        request.coordinatorKeys().forEach(key -> pending.add(find(key, request.keyType())));
        return Future.join(pending).map(all -> Reply.of(new FindCoordinatorResponseData().setCoordinators(all.list())));
    }

    private Future<Coordinator> find(String key, byte keyType) {
        if (keyType != GROUP) {
            return Future.succeededFuture(failed(
                    key,
                    new ThalwegException(
                            ErrorCode.INVALID_REQUEST,
                            "only consumer groups have coordinators here: keyType=" + keyType
                                    + "; use an idempotent producer instead of a transactional one")));
        }
        return broker.groups()
                .coordinatorOf(key)
                .map(nodeId -> located(key, nodeId))
                .otherwise(failure -> failed(key, failure));
    }

    private Coordinator located(String key, int nodeId) {
        KafkaBroker node = KafkaBroker.find(broker.cluster(), nodeId);
        if (node != null) {
            return new Coordinator()
                    .setKey(key)
                    .setNodeId(nodeId)
                    .setHost(node.host())
                    .setPort(node.port());
        }
        return failed(
                key,
                new ThalwegException(
                        ErrorCode.COORDINATOR_NOT_AVAILABLE, "the coordinator is not reachable: nodeId=" + nodeId));
    }

    private static Coordinator failed(String key, Throwable failure) {
        return new Coordinator()
                .setKey(key)
                .setNodeId(-1)
                .setPort(-1)
                .setErrorCode(Failures.code(failure))
                .setErrorMessage(Failures.message(failure));
    }
}
