package io.thalweg.connectors.file;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.api.SinkTask;
import io.thalweg.connectors.file.write.FileSinkConfig;
import io.thalweg.connectors.file.write.FileSinkTask;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Topics into files that roll. */
public final class FileSinkPlugin implements SinkPlugin {

    private final JsonObject schema = ConfigSchema.load("file-sink");

    @Override
    public String name() {
        return "file-sink";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String description() {
        return "Writes records to files as NDJSON, lines or CSV, and starts a new file by size, age or count.";
    }

    @Override
    public JsonObject configSchema() {
        return schema.copy();
    }

    /** The log's bytes are written as they are; only what is not JSON where JSON is asked for needs a converter. */
    @Override
    public JsonObject commonDefaults() {
        return new JsonObject()
                .put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter")
                .put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    }

    @Override
    public List<ConfigProblem> check(JsonObject config, HostPolicy policy) {
        List<ConfigProblem> problems = FileSinkConfig.check(config);
        String directory = config.getString("directory");
        if (directory != null) {
            try {
                policy.path(directory);
            } catch (IllegalArgumentException e) {
                problems.add(new ConfigProblem("directory", directory, String.valueOf(e.getMessage())));
            }
        }
        return problems;
    }

    @Override
    public boolean blocking() {
        return true;
    }

    @Override
    public Delivery delivery() {
        return Delivery.EXACTLY_ONCE;
    }

    @Override
    public SinkTask newTask() {
        return new FileSinkTask();
    }
}
