package io.thalweg.connectors.http;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SourcePlugin;
import io.thalweg.connectors.api.SourceTask;
import io.thalweg.connectors.http.egress.RequestHeaders;
import io.thalweg.connectors.http.poll.HttpSourceTask;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import java.util.ArrayList;
import java.util.List;

/** The answers of a URL, asked again and again. */
public final class HttpSourcePlugin implements SourcePlugin {

    private final JsonObject schema = ConfigSchema.load("http-source");

    @Override
    public String name() {
        return "http-source";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String description() {
        return "Asks a URL at an interval and publishes the JSON records of its answers, page by page.";
    }

    @Override
    public JsonObject configSchema() {
        return schema.copy();
    }

    @Override
    public List<ConfigProblem> check(JsonObject config, HostPolicy policy) {
        List<ConfigProblem> problems = new ArrayList<>();
        ConfigSchema.check(config, "url", false, problems, policy::url);
        ConfigSchema.check(config, "headers", true, problems, RequestHeaders::parse);
        for (String key :
                List.of("records.pointer", "key.pointer", "timestamp.pointer", "dedupe.pointer", "cursor.pointer")) {
            ConfigSchema.check(config, key, false, problems, JsonPointer::from);
        }
        if (config.getBoolean("link.next") && config.getString("cursor.pointer") != null) {
            problems.add(new ConfigProblem("link.next", "true", "false, when cursor.pointer leads from page to page"));
        }
        if (!config.getString("body").isEmpty() && "GET".equals(config.getString("method"))) {
            problems.add(new ConfigProblem("body", config.getString("body"), "nothing, unless method is POST"));
        }
        return problems;
    }

    @Override
    public Delivery delivery() {
        return Delivery.AT_LEAST_ONCE;
    }

    @Override
    public SourceTask newTask() {
        return new HttpSourceTask();
    }
}
