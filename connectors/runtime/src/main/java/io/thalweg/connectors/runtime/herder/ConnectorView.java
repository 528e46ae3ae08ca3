package io.thalweg.connectors.runtime.herder;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.runtime.store.StoredConnector;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connector at one moment.
 *
 * @param plugin null while its class is not known here
 * @param workers the node that runs each task, or ran it last, by the task's index; none for those on the herder's own
 */
public record ConnectorView(
        StoredConnector stored,
        ConnectorPlan plan,
        @Nullable ConnectorPlugin plugin,
        Map<Integer, String> workers) {

    public ConnectorView {
        workers = Map.copyOf(workers);
    }

    /** Kafka Connect's word: source or sink. */
    public String type() {
        return plugin == null ? "unknown" : plugin instanceof SinkPlugin ? "sink" : "source";
    }
}
