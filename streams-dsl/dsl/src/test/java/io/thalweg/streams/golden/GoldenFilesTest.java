package io.thalweg.streams.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.streams.StreamApp;
import io.thalweg.streams.topology.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded run of Kafka Streams 4.3.1 comes out equal from our operators. */
class GoldenFilesTest {

    private static final Map<String, Consumer<StreamApp>> CASES = GoldenCases.all();

    /**
     * Left and outer joins of wildly late records: Kafka Streams emits an unmatched row later than it could, so a late record still
     * finds it. The README of the golden files accepts the difference (rule 5).
     */
    private static final Set<String> WILD =
            Set.of("40-stream-stream-outer-s2.jsonl.gz", "41-stream-stream-asym-left-s2.jsonl.gz");

    /** Kafka Streams loses windows when time jumps further than their retention; ours must not. */
    private static final Set<String> LOSES_WINDOWS = GoldenCases.EVERY_CHANGE.keySet();

    static List<String> files() {
        try (Stream<Path> files = Files.list(directory())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.contains(".alt-"))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static List<String> supportedFiles() {
        return files().stream()
                .filter(file -> CASES.containsKey(caseOf(file))
                        && !WILD.contains(file)
                        && !LOSES_WINDOWS.contains(caseOf(file)))
                .toList();
    }

    /** Without late records after the restart, which Kafka Streams judges by a clock that begins anew as ours does. */
    static List<String> restartableFiles() {
        return supportedFiles().stream()
                .filter(file -> file.matches("(1[0-4]|2[0-4]|4[2-4]|50).*|4[01].*-g\\d.jsonl.gz"))
                .toList();
    }

    static List<String> finalFiles() {
        return files().stream()
                .filter(file -> LOSES_WINDOWS.contains(caseOf(file)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("supportedFiles")
    void outputsAreThoseOfKafkaStreams(String file) {
        assertThat(differences(file, null)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("restartableFiles")
    void outputsAreTheSameWhenTheTasksAreRebuiltFromTheirChangelogsOnTheWay(String file) {
        assertThat(differences(file, 150)).isEmpty();
    }

    /** Every row of Kafka Streams comes at the same place, and each window comes once, with its last value. */
    @ParameterizedTest
    @MethodSource("finalFiles")
    void finalResultsAreThoseOfKafkaStreamsAndNoneIsLost(String file) {
        GoldenRun golden = GoldenRun.read(directory().resolve(file));
        GoldenRun ours = golden.repeat(topology(CASES, file), null);
        golden.outputs()
                .forEach((seq, rows) ->
                        assertThat(ours.outputs().getOrDefault(seq, List.of())).containsSubsequence(rows));
        Map<String, String> lastOfWindow = new TreeMap<>();
        List<String> finals = new ArrayList<>();
        golden.repeat(topology(GoldenCases.EVERY_CHANGE, file), null)
                .rowsInOrder()
                .forEach(row -> {
                    String window = row.substring(0, row.indexOf(" | "));
                    if (row.contains(" | null | ")) {
                        lastOfWindow.remove(window);
                    } else {
                        lastOfWindow.put(window, withoutHeaders(row));
                    }
                });
        ours.rowsInOrder().forEach(row -> finals.add(withoutHeaders(row)));
        lastOfWindow.keySet().removeIf(window -> window.startsWith("~flush"));
        assertThat(finals).containsExactlyInAnyOrderElementsOf(lastOfWindow.values());
    }

    private static String withoutHeaders(String row) {
        return row.substring(0, row.lastIndexOf(" | "));
    }

    private static Topology topology(Map<String, Consumer<StreamApp>> cases, String file) {
        StreamApp app = StreamApp.named("golden");
        cases.get(caseOf(file)).accept(app);
        return app.topology();
    }

    /** Every case is either implemented or listed as not supported, and none is both. */
    @Test
    void everyCaseIsImplementedOrListed() {
        Set<String> recorded = new TreeSet<>();
        files().forEach(file -> recorded.add(caseOf(file)));
        Set<String> known = new TreeSet<>(CASES.keySet());
        known.addAll(GoldenCases.NOT_SUPPORTED);
        assertThat(known).isEqualTo(recorded);
        assertThat(CASES.keySet()).doesNotContainAnyElementsOf(GoldenCases.NOT_SUPPORTED);
    }

    /** What is listed as different must differ; when it no longer does, it belongs among the others. */
    @Test
    void whatIsListedAsDifferentDiffers() {
        for (String file : WILD) {
            assertThat(differences(file, null)).as(file).isNotEmpty();
        }
    }

    static List<String> differences(String file, @Nullable Integer restartAt) {
        Path path = directory().resolve(file);
        Topology topology = topology(CASES, file);
        GoldenRun golden = GoldenRun.read(path);
        List<String> differences = GoldenRun.differences(golden, golden.repeat(topology, restartAt));
        Path alternative = directory().resolve(file.replace(".jsonl.gz", ".alt-rocksdb.jsonl.gz"));
        if (!differences.isEmpty() && Files.exists(alternative)) {
            GoldenRun other = GoldenRun.read(alternative);
            List<String> others = GoldenRun.differences(other, other.repeat(topology, restartAt));
            return others.isEmpty() ? others : differences;
        }
        return differences;
    }

    private static String caseOf(String file) {
        return file.replaceAll("-[sg]\\d\\.jsonl\\.gz$", "");
    }

    private static Path directory() {
        try {
            return Path.of(GoldenFilesTest.class.getResource("/golden").toURI());
        } catch (java.net.URISyntaxException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
