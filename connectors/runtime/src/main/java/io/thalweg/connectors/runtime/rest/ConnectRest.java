package io.thalweg.connectors.runtime.rest;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.runtime.ConnectException;
import io.thalweg.connectors.runtime.RuntimeConfig;
import io.thalweg.connectors.runtime.herder.ConnectorView;
import io.thalweg.connectors.runtime.herder.Herder;
import io.thalweg.connectors.runtime.herder.TaskSlot;
import io.thalweg.connectors.runtime.plugin.CommonKeys;
import io.thalweg.connectors.runtime.plugin.ConfigCheck;
import io.thalweg.connectors.runtime.plugin.ConfigInfos;
import io.thalweg.connectors.runtime.plugin.ConnectorConfig;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.thalweg.connectors.runtime.store.TargetState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The routes. Changes of configurations and positions are refused with 403 where {@code connectors.restCreation} says so:
 * nobody is authenticated yet, and a configuration is code that runs. Pausing, resuming, stopping and restarting are not.
 */
public final class ConnectRest {

    private static final String VERSION = "0.1.0";

    private final Herder herder;
    private final ConnectorOffsets offsets;
    private final StatusStore statuses;
    private final RuntimeConfig config;
    private final Supplier<String> clusterId;

    public ConnectRest(
            Herder herder,
            ConnectorOffsets offsets,
            StatusStore statuses,
            RuntimeConfig config,
            Supplier<String> clusterId) {
        this.herder = herder;
        this.offsets = offsets;
        this.statuses = statuses;
        this.config = config;
        this.clusterId = clusterId;
    }

    /** Adds the routes to a router of one event loop. */
    public void mount(Router router) {
        ConnectRoutes routes = new ConnectRoutes(router, config.bodyBytesMax());
        routes.get("/connect", request -> root());
        routes.get("/connect/", request -> root());
        mountConnectors(routes);
        mountStates(routes);
        mountOffsets(routes);
        mountPlugins(routes);
        routes.end();
    }

    private void mountConnectors(ConnectRoutes routes) {
        routes.get("/connect/connectors", this::list);
        routes.post("/connect/connectors", (request, body) -> changing(() -> create(body)));
        routes.get(
                "/connect/connectors/:name",
                request -> herder.connector(name(request)).map(found -> ConnectAnswer.ok(ConnectJson.info(found))));
        routes.delete(
                "/connect/connectors/:name",
                request -> changing(() -> herder.delete(name(request)).map(done -> ConnectAnswer.noContent())));
        routes.get(
                "/connect/connectors/:name/config",
                request -> herder.connector(name(request)).map(found -> ConnectAnswer.ok(ConnectJson.config(found))));
        routes.put(
                "/connect/connectors/:name/config",
                (request, body) -> changing(() -> put(named(body, name(request)), true, TargetState.STARTED)));
        routes.patch(
                "/connect/connectors/:name/config",
                (request, body) -> changing(() -> herder.patch(name(request), named(body, name(request)))
                        .map(put -> ConnectAnswer.ok(ConnectJson.info(put.connector())))));
        routes.get(
                "/connect/connectors/:name/tasks",
                request -> herder.connector(name(request)).map(found -> ConnectAnswer.ok(ConnectJson.tasks(found))));
        routes.get(
                "/connect/connectors/:name/topics",
                request -> herder.connector(name(request))
                        .map(found -> ConnectAnswer.ok(new JsonObject()
                                .put(
                                        name(request),
                                        new JsonObject()
                                                .put(
                                                        "topics",
                                                        new JsonArray(List.copyOf(statuses.topics(name(request)))))))));
        routes.putWithoutBody(
                "/connect/connectors/:name/topics/reset",
                request -> changing(() -> herder.connector(name(request)).map(found -> {
                    statuses.resetTopics(name(request));
                    return ConnectAnswer.ok();
                })));
    }

    private void mountStates(ConnectRoutes routes) {
        routes.get(
                "/connect/connectors/:name/status",
                request -> herder.connector(name(request))
                        .map(found -> ConnectAnswer.ok(
                                ConnectJson.status(found, config.workerId().get()))));
        routes.get(
                "/connect/connectors/:name/tasks/:task/status",
                request -> herder.connector(name(request))
                        .map(found -> ConnectAnswer.ok(ConnectJson.taskStatus(
                                found,
                                slot(found, task(request)),
                                config.workerId().get()))));
        routes.postWithoutBody(
                "/connect/connectors/:name/tasks/:task/restart",
                request -> herder.restartTask(name(request), task(request)).map(done -> ConnectAnswer.noContent()));
        routes.postWithoutBody("/connect/connectors/:name/restart", this::restart);
        target(routes, "pause", TargetState.PAUSED);
        target(routes, "resume", TargetState.STARTED);
        target(routes, "stop", TargetState.STOPPED);
    }

    private void target(ConnectRoutes routes, String verb, TargetState target) {
        int status = target == TargetState.STOPPED ? 204 : 202;
        routes.putWithoutBody(
                "/connect/connectors/:name/" + verb,
                request -> herder.target(name(request), target).map(done -> ConnectAnswer.empty(status)));
    }

    private void mountOffsets(ConnectRoutes routes) {
        routes.get(
                "/connect/connectors/:name/offsets",
                request -> herder.connector(name(request)).compose(offsets::get).map(ConnectAnswer::ok));
        routes.patch(
                "/connect/connectors/:name/offsets",
                (request, body) -> changing(() -> herder.whileStopped(
                                name(request), connector -> offsets.alter(connector, body))
                        .map(done -> message("The offsets for this connector have been altered successfully"))));
        routes.delete(
                "/connect/connectors/:name/offsets",
                request -> changing(() -> herder.whileStopped(name(request), offsets::reset)
                        .map(done -> message("The offsets for this connector have been reset successfully"))));
    }

    private void mountPlugins(ConnectRoutes routes) {
        routes.get("/connect/connector-plugins", request -> {
            JsonArray plugins = new JsonArray();
            herder.configs().plugins().all().forEach(plugin -> plugins.add(ConnectJson.plugin(plugin)));
            return Future.succeededFuture(ConnectAnswer.ok(plugins));
        });
        routes.get(
                "/connect/connector-plugins/:plugin/config",
                request -> Future.succeededFuture(
                        ConnectAnswer.ok(ConfigInfos.definitions(ConfigCheck.keys(plugin(request))))));
        routes.get(
                "/connect/connector-plugins/:plugin/schema",
                request ->
                        Future.succeededFuture(ConnectAnswer.ok(plugin(request).configSchema())));
        routes.put("/connect/connector-plugins/:plugin/config/validate", (request, body) -> {
            ConnectorPlugin plugin = plugin(request);
            Object named = body.getValue(CommonKeys.CLASS, plugin.name());
            if (!(named instanceof String className)
                    || herder.configs().plugins().find(className) != plugin) {
                throw new ConnectException(
                        400,
                        "Included connector type " + named + " does not match request type "
                                + request.pathParam("plugin"));
            }
            return herder.check(ConnectorConfig.from(body.copy().put(CommonKeys.CLASS, named)))
                    .map(checked -> ConnectAnswer.ok(ConfigInfos.of(plugin.name(), checked)));
        });
    }

    // ---- what is more than a line

    private Future<ConnectAnswer> root() {
        return Future.succeededFuture(ConnectAnswer.ok(
                new JsonObject().put("version", VERSION).put("commit", "").put("kafka_cluster_id", clusterId.get())));
    }

    private Future<ConnectAnswer> list(RoutingContext request) {
        List<String> expand = request.queryParam("expand");
        return herder.connectors().map(connectors -> {
            if (expand.isEmpty()) {
                return ConnectAnswer.ok(new JsonArray(List.copyOf(connectors.keySet())));
            }
            JsonObject expanded = new JsonObject();
            for (Map.Entry<String, ConnectorView> connector : connectors.entrySet()) {
                JsonObject parts = new JsonObject();
                if (expand.contains("status")) {
                    parts.put(
                            "status",
                            ConnectJson.status(
                                    connector.getValue(), config.workerId().get()));
                }
                if (expand.contains("info")) {
                    parts.put("info", ConnectJson.info(connector.getValue()));
                }
                expanded.put(connector.getKey(), parts);
            }
            return ConnectAnswer.ok(expanded);
        });
    }

    private Future<ConnectAnswer> create(JsonObject body) {
        Object name = body.getValue("name");
        if (!(name instanceof String text) || text.isBlank()) {
            throw new ConnectException(400, "name is missing: {\"name\": ..., \"config\": {...}}");
        }
        if (!(body.getValue("config") instanceof JsonObject given)) {
            throw new ConnectException(400, "config is missing: {\"name\": ..., \"config\": {...}}");
        }
        Object state = body.getValue("initial_state");
        TargetState target = switch (String.valueOf(state == null ? "RUNNING" : state)) {
            case "RUNNING" -> TargetState.STARTED;
            case "PAUSED" -> TargetState.PAUSED;
            case "STOPPED" -> TargetState.STOPPED;
            default ->
                throw new ConnectException(400, "initial_state: found=" + state + " allowed=RUNNING, PAUSED, STOPPED");
        };
        return put(named(given, text.strip()), false, target);
    }

    private Future<ConnectAnswer> put(JsonObject given, boolean replace, TargetState target) {
        return herder.put(ConnectorConfig.from(given), replace, target, "").map(put -> {
            JsonObject info = ConnectJson.info(put.connector());
            return put.created()
                    ? ConnectAnswer.created(
                            "/connect/connectors/" + put.connector().stored().name(), info)
                    : ConnectAnswer.ok(info);
        });
    }

    private static JsonObject named(JsonObject body, String name) {
        Object inBody = body.getValue(CommonKeys.NAME);
        if (inBody != null && !inBody.equals(name)) {
            throw new ConnectException(
                    400,
                    "Connector name configuration (" + inBody + ") doesn't match connector name in the URL (" + name
                            + ")");
        }
        return body.copy().put(CommonKeys.NAME, name);
    }

    private Future<ConnectAnswer> restart(RoutingContext request) {
        boolean includeTasks = flag(request, "includeTasks");
        boolean onlyFailed = flag(request, "onlyFailed");
        return herder.restart(name(request), includeTasks, onlyFailed)
                .map(connector -> includeTasks || onlyFailed
                        ? ConnectAnswer.accepted(
                                ConnectJson.status(connector, config.workerId().get()))
                        : ConnectAnswer.noContent());
    }

    private Future<ConnectAnswer> changing(Supplier<Future<ConnectAnswer>> change) {
        return config.restChanges()
                ? change.get()
                : Future.failedFuture(new ConnectException(
                        403,
                        "connectors are not created, changed or deleted over REST on this node, whose HTTP door is not on"
                                + " loopback: use a file in the directory of connectors, or the setting"
                                + " connectors.restCreation"));
    }

    private ConnectorPlugin plugin(RoutingContext request) {
        String name = String.valueOf(request.pathParam("plugin"));
        ConnectorPlugin plugin = herder.configs().plugins().find(name);
        if (plugin == null) {
            throw new ConnectException(
                    404,
                    "Failed to find any class that implements Connector and which name matches " + name
                            + ", available connectors are: "
                            + String.join(", ", herder.configs().plugins().names()));
        }
        return plugin;
    }

    private static TaskSlot slot(ConnectorView connector, int task) {
        TaskSlot slot = connector.plan().slots().get(task);
        if (slot == null) {
            throw new ConnectException(
                    404, "No status found for task " + connector.stored().name() + "-" + task);
        }
        return slot;
    }

    private static String name(RoutingContext request) {
        return String.valueOf(request.pathParam("name"));
    }

    private static int task(RoutingContext request) {
        String text = String.valueOf(request.pathParam("task"));
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException notNumber) {
            throw new ConnectException(404, "Task not found: " + text);
        }
    }

    private static boolean flag(RoutingContext request, String name) {
        List<String> values = request.queryParam(name);
        return !values.isEmpty() && values.get(0).equalsIgnoreCase("true");
    }

    private static ConnectAnswer message(String text) {
        return ConnectAnswer.ok(new JsonObject().put("message", text));
    }
}
