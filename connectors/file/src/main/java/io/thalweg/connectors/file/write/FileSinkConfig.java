package io.thalweg.connectors.file.write;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.file.read.FileSourceConfig;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings of a file sink; {@code file-sink.schema.json} describes each.
 *
 * @param rollRecords 0 for never
 * @param rollIntervalMillis 0 for never
 */
public record FileSinkConfig(
        String directory,
        Format format,
        boolean envelope,
        List<String> columns,
        boolean header,
        char delimiter,
        long rollBytes,
        long rollRecords,
        long rollIntervalMillis,
        int bufferBytes) {

    /** How a record is written. */
    public enum Format {
        NDJSON,
        LINES,
        CSV
    }

    public FileSinkConfig {
        columns = List.copyOf(columns);
    }

    public static FileSinkConfig of(JsonObject config) {
        return new FileSinkConfig(
                config.getString("directory"),
                Format.valueOf(config.getString("format").toUpperCase(java.util.Locale.ROOT)),
                config.getBoolean("envelope"),
                FileSourceConfig.words(config.getString("csv.columns")),
                config.getBoolean("csv.header"),
                FileSourceConfig.delimiter(config.getString("csv.delimiter")),
                config.getLong("roll.bytes"),
                config.getLong("roll.records"),
                config.getLong("roll.interval.ms"),
                config.getInteger("buffer.bytes"));
    }

    /** What the schema cannot say. */
    public static List<ConfigProblem> check(JsonObject config) {
        List<ConfigProblem> problems = new ArrayList<>();
        boolean csv = "csv".equals(config.getString("format"));
        if (csv && FileSourceConfig.words(config.getString("csv.columns")).isEmpty()) {
            problems.add(new ConfigProblem("csv.columns", null, "the fields to write, for example id,name"));
        }
        if (config.getBoolean("envelope") && !"ndjson".equals(config.getString("format"))) {
            problems.add(new ConfigProblem("envelope", "true", "false, unless format is ndjson"));
        }
        try {
            FileSourceConfig.delimiter(config.getString("csv.delimiter"));
        } catch (IllegalArgumentException e) {
            problems.add(new ConfigProblem(
                    "csv.delimiter", config.getString("csv.delimiter"), String.valueOf(e.getMessage())));
        }
        return problems;
    }

    /** What a file's contents depend on: a file that was begun otherwise is not gone on with. */
    String layout() {
        return switch (format) {
            case NDJSON -> envelope ? "ndjson envelope" : "ndjson";
            case LINES -> "lines";
            case CSV -> "csv " + (header ? "header " : "") + (int) delimiter + " " + String.join(",", columns);
        };
    }

    String extension() {
        return switch (format) {
            case NDJSON -> ".ndjson";
            case LINES -> ".txt";
            case CSV -> ".csv";
        };
    }
}
