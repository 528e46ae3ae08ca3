package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A broker as clients are told of it: one that is alive and has opened this door. */
record KafkaBroker(int id, String host, int port, @Nullable String rack) {

    static List<KafkaBroker> all(ClusterView view) {
        List<KafkaBroker> brokers = new ArrayList<>(view.brokers().size());
        for (BrokerNode node : view.brokers()) {
            KafkaBroker broker = of(node);
            if (broker != null) {
                brokers.add(broker);
            }
        }
        return brokers;
    }

    /** Those that opened this door and are not alive now. */
    static List<KafkaBroker> away(ClusterView view) {
        List<KafkaBroker> brokers = new ArrayList<>();
        for (BrokerNode node : view.brokers()) {
            Endpoint endpoint = node.endpoints().get("kafka");
            if (endpoint != null && !node.alive()) {
                brokers.add(new KafkaBroker(node.id(), endpoint.host(), endpoint.port(), node.rack()));
            }
        }
        return brokers;
    }

    /** The broker, or null if no client could reach it now. */
    static @Nullable KafkaBroker find(ClusterView view, int id) {
        BrokerNode node = id < 0 ? null : view.broker(id);
        return node == null ? null : of(node);
    }

    /**
     * Whom clients send administrative requests to. Every broker passes them on to the controller, so any will do while that
     * one cannot be reached; -1 if none can.
     */
    static int controller(ClusterView view) {
        if (find(view, view.controllerId()) != null) {
            return view.controllerId();
        }
        List<KafkaBroker> brokers = all(view);
        return brokers.isEmpty() ? -1 : brokers.get(0).id();
    }

    private static @Nullable KafkaBroker of(BrokerNode node) {
        Endpoint endpoint = node.endpoints().get("kafka");
        return endpoint == null || !node.alive()
                ? null
                : new KafkaBroker(node.id(), endpoint.host(), endpoint.port(), node.rack());
    }
}
