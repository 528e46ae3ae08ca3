package io.thalweg.connectors.runtime.store;

import io.thalweg.connectors.runtime.plugin.ConnectorConfig;

/**
 * A connector as it is to be, whatever its tasks are doing.
 *
 * @param origin the file that it came from, or empty for one that was created over REST
 */
public record StoredConnector(String name, ConnectorConfig config, TargetState target, String origin) {

    StoredConnector withTarget(TargetState changed) {
        return new StoredConnector(name, config, changed, origin);
    }
}
