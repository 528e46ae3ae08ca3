package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi;
import io.vertx.core.Future;
import java.util.List;

/** One node, alone or in a cluster, as {@link BrokerVerticle} starts and stops it. */
interface RunningNode {

    /** Begins to work; completes when the node is registered. Called on the metadata context. */
    Future<Void> serve();

    BrokerApi api();

    BrokerApi routing();

    BrokerConfig config();

    BrokerMetrics metrics();

    List<String> notReady();

    Future<Void> handOver();

    /** Ordered: no new work, waiting fetches answered, what is queued committed, files closed. Idempotent. */
    Future<Void> close();
}
