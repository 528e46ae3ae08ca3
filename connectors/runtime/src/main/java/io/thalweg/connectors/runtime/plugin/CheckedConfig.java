package io.thalweg.connectors.runtime.plugin;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of checking a configuration.
 *
 * @param plugin null if there is no such plugin
 * @param typed the schema's types, defaults filled in; wrong values left out
 * @param problems empty if the configuration will do
 */
public record CheckedConfig(
        ConnectorConfig config,
        @Nullable ConnectorPlugin plugin,
        List<KeyDefinition> keys,
        JsonObject typed,
        List<ConfigProblem> problems) {

    public CheckedConfig {
        keys = List.copyOf(keys);
        problems = List.copyOf(problems);
    }

    public boolean ok() {
        return problems.isEmpty();
    }

    /** For a log or an error: every problem in one line each. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        for (ConfigProblem problem : problems) {
            text.append(text.isEmpty() ? "" : "; ").append(describe(problem));
        }
        return text.toString();
    }

    public static String describe(ConfigProblem problem) {
        return problem.key() + (problem.found() == null ? "" : ": found=" + problem.found()) + " allowed="
                + problem.allowed();
    }
}
