package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;

/** The cluster's id and brokers. */
final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequestData> {

    /** KIP-919: 1 asks for brokers, 2 for controllers, which only controllers answer. */
    private static final byte BROKERS = 1;

    private final BrokerApi broker;

    DescribeClusterHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_CLUSTER;
    }

    @Override
    public Future<Reply> handle(DescribeClusterRequestData request, RequestContext context) {
        DescribeClusterResponseData response = new DescribeClusterResponseData();
        if (request.endpointType() != BROKERS) {
            return Future.succeededFuture(Reply.of(response.setEndpointType(BROKERS)
                    .setErrorCode(ErrorCode.MISMATCHED_ENDPOINT_TYPE.code())
                    .setErrorMessage("this is a broker: ask with endpointType=1")));
        }
        ClusterView view = broker.cluster();
        response.setClusterId(view.clusterId()).setControllerId(KafkaBroker.controller(view));
        KafkaBroker.all(view).forEach(node -> response.brokers().add(describe(node)));
        if (request.includeFencedBrokers()) {
            // KIP-1073; what Kafka calls fenced is away here.
            KafkaBroker.away(view)
                    .forEach(node -> response.brokers().add(describe(node).setIsFenced(true)));
        }
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        return Future.succeededFuture(Reply.of(response));
    }

    private static DescribeClusterBroker describe(KafkaBroker node) {
        return new DescribeClusterBroker()
                .setBrokerId(node.id())
                .setHost(node.host())
                .setPort(node.port())
                .setRack(node.rack());
    }
}
