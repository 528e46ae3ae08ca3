package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.vertx.core.Future;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Keeps a member alive, and tells it of rebalances. */
final class HeartbeatHandler implements ApiHandler<HeartbeatRequestData> {

    private final BrokerApi broker;

    HeartbeatHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.HEARTBEAT;
    }

    @Override
    public Future<Reply> handle(HeartbeatRequestData request, RequestContext context) {
        return broker.groups()
                .heartbeat(request.groupId(), request.generationId(), request.memberId(), request.groupInstanceId())
                .map(alive -> new HeartbeatResponseData())
                .otherwise(failure -> new HeartbeatResponseData().setErrorCode(Failures.code(failure)))
                .map(Reply::of);
    }
}
