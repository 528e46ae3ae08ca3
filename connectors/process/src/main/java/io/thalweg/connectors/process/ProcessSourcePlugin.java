package io.thalweg.connectors.process;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SourcePlugin;
import io.thalweg.connectors.api.SourceTask;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** {@code process-source}. */
public final class ProcessSourcePlugin implements SourcePlugin {

    @Override
    public String name() {
        return "process-source";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String description() {
        return "Publishes what a child process in any language writes to its stdout as JSON lines, or what a Singer tap reads.";
    }

    @Override
    public JsonObject configSchema() {
        return ProcessSchema.source();
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
    public Delivery delivery(JsonObject config) {
        return ProcessSchema.exact(config) ? Delivery.EXACTLY_ONCE : Delivery.AT_LEAST_ONCE;
    }

    @Override
    public SourceTask newTask() {
        return new ProcessSourceTask();
    }
}
