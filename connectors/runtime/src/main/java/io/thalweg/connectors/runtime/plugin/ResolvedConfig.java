package io.thalweg.connectors.runtime.plugin;

import io.thalweg.connectors.runtime.policy.Redaction;
import io.vertx.core.json.JsonObject;

/**
 * A task's configuration with its secrets in place.
 *
 * @param config for the plugin alone
 * @param redaction takes the secrets out of what is logged or shown
 */
public record ResolvedConfig(JsonObject config, Redaction redaction) {

    @Override
    public String toString() {
        return "ResolvedConfig" + config.fieldNames();
    }
}
