package io.thalweg.launcher.demo.pipeline;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The pipeline's folder: the data that connectors read, what they are configured with, and what the sink writes. */
final class DemoFiles {

    private static final String RESOURCES = "/io/thalweg/conf/demo/";

    private final Path directory;

    private DemoFiles(Path directory) {
        this.directory = directory;
    }

    /** Lays the data out below the directory; what is there already is left alone, because connectors may be reading it. */
    static DemoFiles in(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (String name : List.of("flights-20k.json", "airports.csv")) {
            Path target = directory.resolve(name);
            if (Files.notExists(target)) {
                Path unfinished = directory.resolve(name + ".tmp");
                try (InputStream in = resource(name)) {
                    Files.copy(in, unfinished, StandardCopyOption.REPLACE_EXISTING);
                }
                Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return new DemoFiles(directory);
    }

    /** {@code conf/demo/connectors/<name>.json}, its {@code config} alone, with this folder filled in. */
    JsonObject connector(String name) {
        try (InputStream in = resource("connectors/" + name + ".json")) {
            JsonObject config =
                    new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8)).getJsonObject("config");
            JsonObject filled = new JsonObject();
            config.forEach(entry -> filled.put(
                    entry.getKey(), String.valueOf(entry.getValue()).replace("@demo@", directory.toString())));
            return filled;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path output() {
        return directory.resolve("delays");
    }

    /** What the sink has written: the last row of each airport and hour, finished files and begun ones. */
    Map<String, JsonObject> rows() throws IOException {
        Map<String, JsonObject> rows = new HashMap<>();
        for (Path file : outputFiles()) {
            try (Stream<String> lines = Files.lines(file)) {
                lines.map(JsonObject::new)
                        .forEach(row -> rows.merge(
                                row.getString("origin") + "@" + row.getString("hour"), row, DemoFiles::later));
            }
        }
        return rows;
    }

    /** Rows of one airport and hour are in one partition and so in the order of its files; a later one has seen more. */
    private static JsonObject later(JsonObject one, JsonObject other) {
        return other.getInteger("flights") >= one.getInteger("flights") ? other : one;
    }

    private List<Path> outputFiles() throws IOException {
        if (Files.notExists(output())) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> found = Files.list(output())) {
            found.filter(file -> file.getFileName().toString().contains(".ndjson"))
                    .forEach(files::add);
        }
        return files;
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = DemoFiles.class.getResourceAsStream(RESOURCES + name);
        if (in == null) {
            throw new IOException("not on the class path: resource=" + RESOURCES + name);
        }
        return in;
    }
}
