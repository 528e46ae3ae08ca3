package io.thalweg.connectors.http;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.api.SinkTask;
import io.thalweg.connectors.http.egress.RequestHeaders;
import io.thalweg.connectors.http.egress.StatusCodes;
import io.thalweg.connectors.http.send.HttpSinkTask;
import io.thalweg.connectors.http.send.UrlTemplate;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Records to a webhook. */
public final class HttpSinkPlugin implements SinkPlugin {

    private final JsonObject schema = ConfigSchema.load("http-sink");

    @Override
    public String name() {
        return "http-sink";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String description() {
        return "Sends records to a URL, one by one or in batches, in order, and again until they are taken.";
    }

    @Override
    public JsonObject configSchema() {
        return schema.copy();
    }

    /** The log's bytes are sent as they are. */
    @Override
    public JsonObject commonDefaults() {
        return new JsonObject()
                .put("key.converter", "org.apache.kafka.connect.storage.StringConverter")
                .put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    }

    @Override
    public List<ConfigProblem> check(JsonObject config, HostPolicy policy) {
        List<ConfigProblem> problems = new ArrayList<>();
        boolean batch = !"value".equals(config.getString("body"));
        ConfigSchema.check(
                config,
                "url",
                false,
                problems,
                url -> policy.url(UrlTemplate.parse(url, batch).sample()));
        ConfigSchema.check(config, "headers", true, problems, RequestHeaders::parse);
        ConfigSchema.check(config, "success.codes", false, problems, StatusCodes::parse);
        ConfigSchema.check(config, "retry.codes", false, problems, StatusCodes::parse);
        for (String key : List.of("idempotency.header", "hmac.header")) {
            ConfigSchema.check(config, key, false, problems, name -> {
                if (!name.isEmpty()) {
                    RequestHeaders.requireName(name, key);
                }
            });
        }
        return problems;
    }

    @Override
    public Delivery delivery() {
        return Delivery.AT_LEAST_ONCE;
    }

    @Override
    public SinkTask newTask() {
        return new HttpSinkTask();
    }
}
