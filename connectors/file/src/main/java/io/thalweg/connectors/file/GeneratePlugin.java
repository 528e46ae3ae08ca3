package io.thalweg.connectors.file;

import io.thalweg.connectors.api.SourcePlugin;
import io.thalweg.connectors.api.SourceTask;
import io.vertx.core.json.JsonObject;

/** Made-up records, for trying things out. */
public final class GeneratePlugin implements SourcePlugin {

    private final JsonObject schema = ConfigSchema.load("generate");

    @Override
    public String name() {
        return "generate";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String description() {
        return "Publishes made-up JSON records at a steady rate, the same ones for the same seed.";
    }

    @Override
    public JsonObject configSchema() {
        return schema.copy();
    }

    @Override
    public Delivery delivery() {
        return Delivery.EXACTLY_ONCE;
    }

    @Override
    public SourceTask newTask() {
        return new GenerateTask();
    }
}
