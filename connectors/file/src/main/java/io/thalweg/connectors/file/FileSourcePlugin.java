package io.thalweg.connectors.file;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SourcePlugin;
import io.thalweg.connectors.api.SourceTask;
import io.thalweg.connectors.file.read.FileSourceConfig;
import io.thalweg.connectors.file.read.FileSourceTask;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Files, line by line or record by record, into a topic. */
public final class FileSourcePlugin implements SourcePlugin {

    private final JsonObject schema = ConfigSchema.load("file-source");

    @Override
    public String name() {
        return "file-source";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String description() {
        return "Publishes the lines, JSON documents or CSV rows of files, and follows files that grow.";
    }

    @Override
    public JsonObject configSchema() {
        return schema.copy();
    }

    @Override
    public List<ConfigProblem> check(JsonObject config, HostPolicy policy) {
        List<ConfigProblem> problems = FileSourceConfig.check(config);
        for (String key : List.of("file", "directory")) {
            String path = config.getString(key);
            if (path != null) {
                try {
                    policy.path(path);
                } catch (IllegalArgumentException e) {
                    problems.add(new ConfigProblem(key, path, String.valueOf(e.getMessage())));
                }
            }
        }
        return problems;
    }

    @Override
    public List<JsonObject> taskConfigs(JsonObject config, int tasksMax) {
        int shares = config.getString("directory") == null ? 1 : tasksMax;
        List<JsonObject> configs = new ArrayList<>();
        for (int share = 0; share < shares; share++) {
            configs.add(config.copy().put(FileSourceConfig.SHARE, share).put(FileSourceConfig.SHARES, shares));
        }
        return configs;
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
    public SourceTask newTask() {
        return new FileSourceTask();
    }
}
