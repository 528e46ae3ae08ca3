package io.thalweg.connectors.file.read;

import io.thalweg.connectors.api.ConfigProblem;
import io.vertx.core.json.JsonObject;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Settings of a file source; {@code file-source.schema.json} describes each. */
public record FileSourceConfig(
        @Nullable String file,
        @Nullable String directory,
        String glob,
        int filesMax,
        String topic,
        Format format,
        @Nullable String keyField,
        @Nullable TimestampReader timestamp,
        Charset charset,
        Compression compression,
        Csv csv,
        boolean follow,
        long rotateWaitMillis,
        long pollIntervalMillis,
        int recordBytesMax,
        int chunkBytes,
        boolean skipMalformed,
        int share,
        int shares) {

    /** Set by the plugin, not by people: which of the directory's files are this task's. */
    public static final String SHARE = "task.share";

    /** How many tasks divide the directory's files. */
    public static final String SHARES = "task.shares";

    /** What a record is. */
    public enum Format {
        LINES("lines"),
        NDJSON("ndjson"),
        CSV("csv"),
        JSON_ARRAY("json-array");

        final String word;

        Format(String word) {
            this.word = word;
        }

        static Format of(String word) {
            for (Format format : values()) {
                if (format.word.equals(word)) {
                    return format;
                }
            }
            throw new IllegalArgumentException("format: found " + word);
        }
    }

    /** Whether a file's bytes are compressed. */
    public enum Compression {
        AUTO,
        NONE,
        GZIP;

        boolean gzip(String fileName) {
            return this == GZIP || (this == AUTO && fileName.endsWith(".gz"));
        }
    }

    /** How CSV is written. {@code columns} is empty if the first row names them. */
    public record Csv(char delimiter, boolean header, List<String> columns, Map<String, String> types) {
        public Csv {
            columns = List.copyOf(columns);
            types = Map.copyOf(types);
        }
    }

    public static FileSourceConfig of(JsonObject config) {
        String timestampField = config.getString("timestamp.field");
        return new FileSourceConfig(
                config.getString("file"),
                config.getString("directory"),
                config.getString("glob"),
                config.getInteger("files.max"),
                config.getString("topic"),
                Format.of(config.getString("format")),
                config.getString("key.field"),
                timestampField == null
                        ? null
                        : TimestampReader.of(
                                timestampField,
                                config.getString("timestamp.format"),
                                config.getString("timestamp.zone")),
                Charset.forName(config.getString("charset")),
                Compression.valueOf(config.getString("compression").toUpperCase(java.util.Locale.ROOT)),
                new Csv(
                        delimiter(config.getString("csv.delimiter")),
                        config.getBoolean("csv.header"),
                        words(config.getString("csv.columns")),
                        types(config.getString("csv.types"))),
                config.getBoolean("follow"),
                config.getLong("rotate.wait.ms"),
                config.getLong("poll.interval.ms"),
                config.getInteger("max.record.bytes"),
                config.getInteger("chunk.bytes"),
                "skip".equals(config.getString("malformed")),
                config.getInteger(SHARE, 0),
                config.getInteger(SHARES, 1));
    }

    /** What the schema cannot say. */
    public static List<ConfigProblem> check(JsonObject config) {
        List<ConfigProblem> problems = new ArrayList<>();
        String file = config.getString("file");
        String directory = config.getString("directory");
        if ((file == null) == (directory == null)) {
            problems.add(new ConfigProblem("file", file, "either file or directory, and not both"));
        }
        String format = config.getString("format");
        if ("lines".equals(format)) {
            for (String key : List.of("key.field", "timestamp.field")) {
                if (config.getString(key) != null) {
                    problems.add(new ConfigProblem(
                            key, config.getString(key), "a format with fields: ndjson, csv or json-array"));
                }
            }
        }
        if ("json-array".equals(format) && config.getBoolean("follow")) {
            problems.add(new ConfigProblem("follow", "true", "false: an array ends, it is not followed"));
        }
        if ("gzip".equals(config.getString("compression")) && config.getBoolean("follow")) {
            problems.add(new ConfigProblem("follow", "true", "false: a compressed file is not followed"));
        }
        if ("csv".equals(format)) {
            checkCsv(config, problems);
        }
        checked("timestamp.format", config.getString("timestamp.format"), problems, TimestampReader::checkFormat);
        checked("timestamp.zone", config.getString("timestamp.zone"), problems, java.time.ZoneId::of);
        checked(
                "glob",
                config.getString("glob"),
                problems,
                pattern -> java.nio.file.FileSystems.getDefault().getPathMatcher("glob:" + pattern));
        return problems;
    }

    private static void checkCsv(JsonObject config, List<ConfigProblem> problems) {
        if (!config.getBoolean("csv.header")
                && words(config.getString("csv.columns")).isEmpty()) {
            problems.add(new ConfigProblem("csv.columns", null, "names of the columns, as there is no header row"));
        }
        checked("csv.delimiter", config.getString("csv.delimiter"), problems, FileSourceConfig::delimiter);
        checked("csv.types", config.getString("csv.types"), problems, FileSourceConfig::types);
    }

    private static void checked(
            String key,
            @Nullable String value,
            List<ConfigProblem> problems,
            java.util.function.Consumer<String> check) {
        try {
            if (value != null) {
                check.accept(value);
            }
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            problems.add(new ConfigProblem(key, value, String.valueOf(e.getMessage())));
        }
    }

    /** The character that a word for a delimiter stands for. */
    public static char delimiter(String word) {
        if (word.equals("tab")) {
            return '\t';
        }
        char found = word.charAt(0);
        if (word.length() != 1 || found > 126 || found == '"' || found == '\n' || found == '\r') {
            throw new IllegalArgumentException("one ASCII character that is neither a quote nor a newline, or: tab");
        }
        return found;
    }

    /** The parts between commas, without the blanks around them. */
    public static List<String> words(@Nullable String text) {
        List<String> words = new ArrayList<>();
        if (text != null && !text.isBlank()) {
            for (String word : text.split(",", -1)) {
                words.add(word.strip());
            }
        }
        return words;
    }

    private static Map<String, String> types(@Nullable String text) {
        Map<String, String> types = new TreeMap<>();
        for (String word : words(text)) {
            int colon = word.lastIndexOf(':');
            String type = word.substring(colon + 1);
            if (colon < 1 || !List.of("string", "number", "boolean").contains(type)) {
                throw new IllegalArgumentException("column:type with type string, number or boolean; found " + word);
            }
            types.put(word.substring(0, colon), type);
        }
        return types;
    }
}
