package io.thalweg.gateway.kafka;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.gateway.admission.ConnectionAdmission;
import io.thalweg.gateway.kafka.handler.ApiTable;
import io.thalweg.gateway.kafka.wire.RequestBudget;
import io.vertx.core.Vertx;

/**
 * What all connections of one door share. Safe for every event loop.
 *
 * @param apis who serves what
 * @param budget of request bytes held
 */
record Door(
        BrokerApi broker,
        KafkaGatewayConfig config,
        KafkaGatewayMetrics metrics,
        ApiTable apis,
        RequestBudget budget,
        ConnectionAdmission admission,
        ClientFaultLog faults) {

    static Door over(Vertx vertx, BrokerApi broker, int nodeId, KafkaGatewayConfig config) {
        return new Door(
                broker,
                config,
                new KafkaGatewayMetrics(),
                new ApiTable(vertx, broker, nodeId, config.fetchSessionsMax(), config.fetchBytesMax()),
                new RequestBudget(config.requestBytesInFlightMax()),
                new ConnectionAdmission(config.connectionsMax(), config.connectionsPerAddressMax()),
                new ClientFaultLog());
    }
}
