package io.thalweg.streams.runtime;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.ConsumerConfig.Reset;
import io.thalweg.client.ThalwegClient;
import io.thalweg.streams.processor.GlobalStores;
import io.thalweg.streams.topology.Topology;

/** What the processors of one application on one instance share. All of it is safe for any thread. */
record ApplicationRun(
        ThalwegClient client,
        Topology topology,
        StreamsRuntimeConfig config,
        GlobalStores globals,
        StateBytes state,
        StreamsMetrics metrics) {

    private static final int FETCH_WAIT_MILLIS = 500;

    String application() {
        return topology.application();
    }

    /** How {@code partitions} are read: from the beginning where there is no position, of transactions what is committed. */
    ConsumerConfig reading(int partitions) {
        return new ConsumerConfig(
                null,
                null,
                topology.application(),
                Reset.EARLIEST,
                IsolationLevel.READ_COMMITTED,
                0,
                config.sessionTimeoutMillis(),
                FETCH_WAIT_MILLIS,
                config.fetchBytesMax(),
                2L * config.fetchBytesMax() * Math.max(1, partitions));
    }
}
