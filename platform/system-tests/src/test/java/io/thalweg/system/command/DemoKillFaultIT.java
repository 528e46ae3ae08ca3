package io.thalweg.system.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's pipeline, killed with -9 while flights run through it and run again on the same directories, ends with the windows
 * that a batch computation over the file gives.
 */
class DemoKillFaultIT {

    private static final Path DATA = Path.of("..", "..", "conf", "demo", "flights-20k.json");
    private static final DateTimeFormatter DATES = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

    @TempDir
    Path directory;

    @Test
    void killedInTheMiddleAndRunAgainItEndsWithTheWindowsOfABatchComputation() throws Exception {
        // Half of the flights at first: however fast the demo is, it cannot be through before it is killed.
        String flights = Files.readString(DATA);
        int half = flights.indexOf("},", flights.length() / 2) + 1;
        Path given = Files.createDirectories(files()).resolve(DATA.getFileName());
        Files.writeString(given, flights.substring(0, half));
        Process killed = demo();
        try {
            awaitOutput(killed);
        } finally {
            killed.destroyForcibly().waitFor();
        }
        int rowsWhenKilled = rows().size();
        Files.writeString(given, flights.substring(half), StandardOpenOption.APPEND);

        CommandRun again = CommandRun.of(directory, arguments());

        Map<String, String> expected = batch();
        assertThat(rowsWhenKilled).as("killed in the middle").isPositive().isLessThan(expected.size());
        assertThat(again.exitCode()).as(again.err()).isZero();
        JsonObject pipeline = new JsonObject(again.out()).getJsonObject("pipeline");
        assertThat(pipeline.getInteger("flights")).isEqualTo(20_000);
        assertThat(pipeline.getInteger("airportHours")).isEqualTo(expected.size());
        assertThat(rows()).isEqualTo(expected);
    }

    /** The demo's, beside its data; what is there already it leaves alone. */
    private Path files() {
        return directory.resolve("data-demo");
    }

    private String[] arguments() {
        return new String[] {
            "demo",
            "--output=json",
            "--http=127.0.0.1:0",
            "--kafka=127.0.0.1:0",
            "--event-bus=127.0.0.1:0",
            "--data-dir=" + directory.resolve("data")
        };
    }

    private Process demo() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("..", "launcher", "target", "thalweg.jar").toString()));
        command.addAll(List.of(arguments()));
        return new ProcessBuilder(command)
                .redirectOutput(directory.resolve("killed.out").toFile())
                .redirectError(directory.resolve("killed.err").toFile())
                .start();
    }

    /** Until the sink has written its first rows. */
    private void awaitOutput(Process demo) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (rows().isEmpty()) {
            assertThat(demo.isAlive()).as("the demo ended before it was killed").isTrue();
            assertThat(System.nanoTime() - deadline).as("nothing was written").isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** The last row of each airport and hour that is in the sink's files; a line that is half written does not count. */
    private Map<String, String> rows() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        Map<String, Integer> flights = new TreeMap<>();
        Path output = files().resolve("delays");
        if (Files.notExists(output)) {
            return rows;
        }
        List<Path> files;
        try (Stream<Path> found = Files.list(output)) {
            files = found.filter(file -> file.getFileName().toString().contains(".ndjson"))
                    .toList();
        }
        for (Path file : files) {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
                if (!line.isEmpty()) {
                    JsonObject row = new JsonObject(line);
                    String key = row.getString("origin") + "@" + row.getString("hour");
                    // A compacted topic's order: a row that has seen more flights is a later one.
                    if (flights.getOrDefault(key, 0) <= row.getInteger("flights")) {
                        flights.put(key, row.getInteger("flights"));
                        rows.put(
                                key,
                                figures(
                                        row.getInteger("flights"),
                                        row.getDouble("meanDelayMinutes"),
                                        row.getInteger("p95DelayMinutes")));
                    }
                }
            }
        }
        return rows;
    }

    /** The same from the file, without a log, a connector or a stream. */
    private static Map<String, String> batch() throws IOException {
        Map<String, List<Integer>> delays = new TreeMap<>();
        JsonArray flights = new JsonArray(Files.readString(DATA));
        for (int i = 0; i < flights.size(); i++) {
            JsonObject flight = flights.getJsonObject(i);
            String hour = LocalDateTime.parse(flight.getString("date"), DATES)
                    .truncatedTo(ChronoUnit.HOURS)
                    .toInstant(ZoneOffset.UTC)
                    .toString();
            delays.computeIfAbsent(flight.getString("origin") + "@" + hour, none -> new ArrayList<>())
                    .add(flight.getInteger("delay"));
        }
        Map<String, String> rows = new TreeMap<>();
        delays.forEach((key, list) -> {
            List<Integer> sorted = list.stream().sorted().toList();
            double mean = sorted.stream().mapToInt(Integer::intValue).sum() / (double) sorted.size();
            rows.put(key, figures(sorted.size(), mean, sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1)));
        });
        return rows;
    }

    private static String figures(int flights, double mean, int p95) {
        return flights + " flights, mean " + mean + ", p95 " + p95;
    }
}
