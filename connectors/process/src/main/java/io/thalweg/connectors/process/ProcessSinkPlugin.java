package io.thalweg.connectors.process;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.api.SinkTask;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** {@code process-sink}. */
public final class ProcessSinkPlugin implements SinkPlugin {

    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

    @Override
    public String name() {
        return "process-sink";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String description() {
        return "Hands records to a child process in any language as JSON lines on its stdin, or to a Singer target.";
    }

    @Override
    public JsonObject configSchema() {
        return ProcessSchema.sink();
    }

    /** The log's bytes as they are: JSON goes into the lines without being read and written anew. */
    @Override
    public JsonObject commonDefaults() {
        return new JsonObject().put("key.converter", BYTES).put("value.converter", BYTES);
    }

    @Override
    public List<ConfigProblem> check(JsonObject config, HostPolicy policy) {
        return ProcessSchema.check(config, policy);
    }

    @Override
    public void cleanUp() {
        ProcessSchema.cleanUp();
    }

    @Override
    public Delivery delivery() {
        return Delivery.AT_LEAST_ONCE;
    }

    @Override
    public SinkTask newTask() {
        return new ProcessSinkTask();
    }
}
