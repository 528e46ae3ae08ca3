package io.thalweg.connectors.runtime.rest;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.runtime.herder.ConnectorView;
import io.thalweg.connectors.runtime.herder.TaskSlot;
import io.thalweg.connectors.runtime.plugin.CommonKeys;
import io.thalweg.connectors.runtime.plugin.ConfigCheck;
import io.thalweg.connectors.runtime.plugin.ConnectorConfig;
import io.thalweg.connectors.runtime.plugin.KeyDefinition;
import io.thalweg.connectors.runtime.policy.SecretReferences;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Kafka Connect's JSON for what the herder knows. */
final class ConnectJson {

    private ConnectJson() {}

    /** {@code {"name", "config", "tasks", "type"}}. */
    static JsonObject info(ConnectorView connector) {
        String name = connector.stored().name();
        JsonArray tasks = new JsonArray();
        for (TaskSlot slot : connector.plan().slots().values()) {
            tasks.add(taskId(name, slot.index()));
        }
        return new JsonObject()
                .put("name", name)
                .put("config", config(connector))
                .put("tasks", tasks)
                .put("type", connector.type());
    }

    /** As it was given, literal secrets hidden. */
    static JsonObject config(ConnectorView connector) {
        return hidden(connector.plugin(), connector.stored().config().toJson());
    }

    private static JsonObject hidden(@Nullable ConnectorPlugin plugin, JsonObject config) {
        Map<String, KeyDefinition> known = new HashMap<>();
        if (plugin != null) {
            ConfigCheck.keys(plugin).forEach(key -> known.put(key.name(), key));
        }
        for (String name : List.copyOf(config.fieldNames())) {
            KeyDefinition key = known.get(name);
            boolean secret = key != null ? key.secret() : CommonKeys.mayBeSecret(name, plugin != null);
            Object value = config.getValue(name);
            if (secret && value != null && !SecretReferences.isReference(value.toString())) {
                config.put(name, ConnectorConfig.HIDDEN);
            }
        }
        return config;
    }

    static JsonObject taskId(String connector, int task) {
        return new JsonObject().put("connector", connector).put("task", task);
    }

    static JsonObject status(ConnectorView connector, String workerId) {
        JsonArray tasks = new JsonArray();
        for (TaskSlot slot : connector.plan().slots().values()) {
            tasks.add(taskStatus(connector, slot, workerId));
        }
        JsonObject own =
                new JsonObject().put("state", connector.plan().connectorState()).put("worker_id", workerId);
        String trace = connector.plan().trace();
        if (trace != null) {
            own.put("trace", trace);
        }
        return new JsonObject()
                .put("name", connector.stored().name())
                .put("connector", own)
                .put("tasks", tasks)
                .put("type", connector.type());
    }

    static JsonObject taskStatus(ConnectorView connector, TaskSlot slot, String workerId) {
        JsonObject status = new JsonObject()
                .put("id", slot.index())
                .put("state", connector.plan().taskState(slot))
                .put("worker_id", connector.workers().getOrDefault(slot.index(), workerId));
        if (slot.trace() != null) {
            status.put("trace", slot.trace());
        }
        return status;
    }

    /** {@code [{"id": {"connector", "task"}, "config": {...}}]}. */
    static JsonArray tasks(ConnectorView connector) {
        JsonArray tasks = new JsonArray();
        for (TaskSlot slot : connector.plan().slots().values()) {
            var wanted = connector.plan().wanted();
            JsonObject config = wanted == null || slot.index() >= wanted.size()
                    ? new JsonObject()
                    : ConnectorConfig.from(wanted.get(slot.index())).toJson();
            tasks.add(new JsonObject()
                    .put("id", taskId(connector.stored().name(), slot.index()))
                    .put("config", hidden(connector.plugin(), config)));
        }
        return tasks;
    }

    /** Kafka Connect's members, then ours. */
    static JsonObject plugin(ConnectorPlugin plugin) {
        return new JsonObject()
                .put("class", plugin.name())
                .put("type", plugin instanceof SinkPlugin ? "sink" : "source")
                .put("version", plugin.version())
                .put("description", plugin.description())
                .put("delivery", plugin.delivery().name().toLowerCase(Locale.ROOT));
    }
}
