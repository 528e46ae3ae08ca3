package io.thalweg.benchmarks.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Runs the cells against every peer in turn and prints a table. Arguments: {@code --jar FILE} Thalweg's jar,
 * {@code --kafka DIR} Apache Kafka's jars, {@code --work DIR} an empty directory, {@code --rounds N} (3), {@code --peers}
 * and {@code --cells} as parts of names, separated by commas or, where names hold commas, by semicolons, {@code --scale F} multiplies the number of records (1), {@code --nodes 3}
 * runs the three-node table.
 */
public final class Compare {

    static final int ROUNDS_MAX = 20;

    private Compare() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = options(arguments);
        Path work = options.containsKey("--work")
                ? Path.of(options.get("--work"))
                : Files.createTempDirectory("thalweg-compare");
        Peers peers = new Peers(
                work,
                Path.of(options.getOrDefault("--kafka", "platform/benchmarks/target/peers")),
                Path.of(options.getOrDefault("--jar", "platform/launcher/target/thalweg.jar")));
        int rounds = Integer.parseInt(options.getOrDefault("--rounds", "3"));
        int nodes = Integer.parseInt(options.getOrDefault("--nodes", "1"));
        double scale = Double.parseDouble(options.getOrDefault("--scale", "1"));
        String[] names = options.getOrDefault("--peers", "kafka,thalweg-os,thalweg-fsync")
                .split(",");
        String cells = options.getOrDefault("--cells", "");
        String[] wanted = cells.split(cells.contains(";") ? ";" : ",");
        List<Peer> started = new ArrayList<>();
        try {
            for (String name : names) {
                Peer peer = nodes == 1 ? peers.start(name) : new ClusterPeers(peers, nodes).start(name);
                started.add(peer);
                print(
                        "%-14s started in %d ms, %.2f cpu s, %d MiB resident",
                        name, peer.startMillis(), peer.startCpuSeconds(), peer.residentAfterStartMib());
            }
            for (Cell cell : nodes == 1 ? Cells.all(peers, scale) : ReplicatedCells.all(peers, scale)) {
                if (List.of(wanted).stream().anyMatch(part -> cell.name().contains(part))) {
                    measure(cell, started, rounds);
                }
            }
        } finally {
            stopAll(started);
        }
    }

    private static void stopAll(List<Peer> started) throws IOException {
        IOException failed = null;
        for (Peer peer : started) {
            try {
                peer.close();
            } catch (IOException failure) {
                print("%s", failure);
                failed = failure;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    /** Pairs of a name and a value. */
    static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new LinkedHashMap<>();
        for (int index = 0; index + 1 < arguments.length; index += 2) {
            options.put(arguments[index], arguments[index + 1]);
        }
        return options;
    }

    private static void measure(Cell cell, List<Peer> peers, int rounds) {
        print("%n== %s", cell.name());
        Map<String, List<Measurement>> results = new LinkedHashMap<>();
        for (Peer peer : peers) {
            attempt(cell, peer, "prepare", () -> cell.prepare(peer));
        }
        for (int round = 0; round < Math.min(rounds, ROUNDS_MAX); round++) {
            int current = round;
            for (Peer peer : peers) {
                attempt(cell, peer, "run", () -> {
                    flushDisk();
                    Measurement measurement = cell.run(peer, current);
                    results.computeIfAbsent(peer.name(), name -> new ArrayList<>())
                            .add(measurement);
                    print("   %-14s %s", peer.name(), measurement);
                });
            }
        }
        for (Peer peer : peers) {
            attempt(cell, peer, "clean", () -> cell.clean(peer));
        }
        summarise(cell, results);
    }

    /**
     * Writes out what earlier runs left in the page cache: the system does it up to half a minute later, and only a peer that waits for
     * the disk would pay for it.
     */
    private static void flushDisk() throws IOException, InterruptedException {
        int code = new ProcessBuilder("sync").inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException("sync ended with " + code);
        }
    }

    private static void summarise(Cell cell, Map<String, List<Measurement>> results) {
        List<Measurement> first = results.values().stream().findFirst().orElse(List.of());
        results.forEach((name, runs) -> print(
                "| %s | %s | %s rec/s | %s MiB/s | %s cpu s/GiB | %s us/rec | p50 %s | p99 %s | p99.9 %s | gap %s ms | throughput x%.2f cpu x%.2f |",
                cell.name(),
                name,
                spread(runs, Measurement::recordsPerSecond, "%,.0f"),
                spread(runs, Measurement::megabytesPerSecond, "%.1f"),
                spread(runs, Measurement::cpuSecondsPerGib, "%.2f"),
                spread(runs, Measurement::cpuMicrosPerRecord, "%.1f"),
                spread(runs, Measurement::p50Millis, "%.2f"),
                spread(runs, Measurement::p99Millis, "%.2f"),
                spread(runs, Measurement::p999Millis, "%.2f"),
                spread(runs, Measurement::gapMillis, "%.0f"),
                median(runs, Measurement::recordsPerSecond) / median(first, Measurement::recordsPerSecond),
                median(runs, Measurement::cpuMicrosPerRecord) / median(first, Measurement::cpuMicrosPerRecord)));
    }

    /** Median, with minimum and maximum. */
    private static String spread(List<Measurement> runs, ToDoubleFunction<Measurement> figure, String format) {
        double median = median(runs, figure);
        if (Double.isNaN(median)) {
            return "-";
        }
        double low = runs.stream().mapToDouble(figure).min().orElse(Double.NaN);
        double high = runs.stream().mapToDouble(figure).max().orElse(Double.NaN);
        return String.format(Locale.ROOT, format + " (" + format + "-" + format + ")", median, low, high);
    }

    private static double median(List<Measurement> runs, ToDoubleFunction<Measurement> figure) {
        List<Double> sorted = runs.stream()
                .map(figure::applyAsDouble)
                .sorted(Comparator.naturalOrder())
                .toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    private static void attempt(Cell cell, Peer peer, String step, Step action) {
        try {
            action.run();
        } catch (Exception failure) {
            print("   %-14s FAILED in %s of %s: %s", peer.name(), step, cell.name(), failure);
        }
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }

    private interface Step {
        void run() throws Exception;
    }
}
