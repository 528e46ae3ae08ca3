package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Gives idempotent producers their identity. Transactions are not served. */
final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequestData> {

    private final BrokerApi broker;

    InitProducerIdHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.INIT_PRODUCER_ID;
    }

    @Override
    public Future<Reply> handle(InitProducerIdRequestData request, RequestContext context) {
        InitProducerIdResponseData response = new InitProducerIdResponseData();
        if (request.transactionalId() != null) {
            return Future.succeededFuture(Reply.of(failed(response, ErrorCode.INVALID_REQUEST)));
        }
        return broker.initProducerId(request.producerId(), request.producerEpoch())
                .map(given -> response.setProducerId(given.producerId()).setProducerEpoch(given.epoch()))
                .otherwise(failure -> failed(response, Failures.error(failure)))
                .map(Reply::of);
    }

    private static InitProducerIdResponseData failed(InitProducerIdResponseData response, ErrorCode error) {
        return response.setErrorCode(error.code()).setProducerId(-1).setProducerEpoch((short) -1);
    }
}
