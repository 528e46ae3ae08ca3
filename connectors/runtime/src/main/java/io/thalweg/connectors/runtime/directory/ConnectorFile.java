package io.thalweg.connectors.runtime.directory;

import io.thalweg.connectors.runtime.plugin.CommonKeys;
import io.thalweg.connectors.runtime.plugin.ConnectorConfig;
import io.thalweg.connectors.runtime.store.TargetState;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/** What a file says: {@code {"name", "config": {...}, "initial_state"}} as the REST interface takes it, or the configuration alone. */
record ConnectorFile(ConnectorConfig config, TargetState initial) {

    private static final String SUFFIX = ".json";

    /**
     * @param fileName names the connector if nothing in it does
     * @throws IllegalArgumentException says what is wrong
     */
    static ConnectorFile parse(String fileName, String text) {
        JsonObject json;
        try {
            json = new JsonObject(text);
        } catch (DecodeException | ClassCastException malformed) {
            throw new IllegalArgumentException("not a JSON object: " + malformed.getMessage(), malformed);
        }
        boolean wrapped = json.getValue("config") instanceof JsonObject;
        JsonObject config = wrapped ? json.getJsonObject("config").copy() : json.copy();
        Object name = json.getValue(CommonKeys.NAME, config.getValue(CommonKeys.NAME));
        if (name == null) {
            name = fileName.substring(0, fileName.length() - SUFFIX.length());
        }
        config.put(CommonKeys.NAME, name);
        Object state = wrapped ? json.getValue("initial_state", "RUNNING") : "RUNNING";
        TargetState initial = switch (String.valueOf(state)) {
            case "RUNNING" -> TargetState.STARTED;
            case "PAUSED" -> TargetState.PAUSED;
            case "STOPPED" -> TargetState.STOPPED;
            default ->
                throw new IllegalArgumentException(
                        "initial_state: found=" + state + " allowed=RUNNING, PAUSED, STOPPED");
        };
        return new ConnectorFile(ConnectorConfig.from(config), initial);
    }

    static boolean isOne(String fileName) {
        return fileName.endsWith(SUFFIX) && !fileName.startsWith(".");
    }
}
