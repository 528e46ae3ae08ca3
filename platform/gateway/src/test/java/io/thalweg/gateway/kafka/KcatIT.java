package io.thalweg.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** librdkafka, through kcat: the client that most languages' libraries wrap. Needs kcat on the path. */
@ExtendWith(LeakWatch.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KcatIT {

    private KafkaNode node;
    private Path work;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        boolean installed = Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "kcat")));
        assumeTrue(installed, "SKIPPED: kcat is not installed");
        work = directory;
        node = KafkaNode.start(Files.createDirectory(directory.resolve("node")));
    }

    @AfterAll
    void stop() throws Exception {
        if (node != null) {
            node.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void whatKcatProducesInEveryCodecItConsumes(String codec) throws Exception {
        String topic = "kcat-" + codec;
        node.createTopic(topic, 1);
        List<String> lines = IntStream.range(0, 5_000)
                .mapToObj(i -> "line-" + i + "-" + "x".repeat(i % 200))
                .toList();
        Path input = Files.write(work.resolve(topic), lines);
        kcat("-P", "-t", topic, "-z", codec, "-X", "enable.idempotence=true", "-l", input.toString());
        assertThat(kcat("-C", "-t", topic, "-o", "beginning", "-e", "-q")).isEqualTo(lines);
    }

    @Test
    void kcatListsTheCluster() throws Exception {
        node.createTopic("listed", 3);
        assertThat(kcat("-L", "-t", "listed"))
                .anyMatch(line -> line.contains("topic \"listed\" with 3 partitions"))
                .anyMatch(line -> line.contains(node.bootstrap()));
    }

    @Test
    void kcatConsumesAsAGroupAndGoesOnWhereItStopped() throws Exception {
        node.createTopic("grouped", 2);
        List<String> lines = IntStream.range(0, 100).mapToObj(i -> "g" + i).toList();
        Path input = Files.write(work.resolve("grouped"), lines);
        kcat("-P", "-t", "grouped", "-l", input.toString());
        List<String> first = kcat("-G", "kcat-group", "-c", "100", "-q", "-X", "auto.offset.reset=earliest", "grouped");
        assertThat(first).containsExactlyInAnyOrderElementsOf(lines);
        List<String> more = IntStream.range(100, 120).mapToObj(i -> "g" + i).toList();
        kcat("-P", "-t", "grouped", "-l", Files.write(input, more).toString());
        List<String> second = kcat("-G", "kcat-group", "-c", "20", "-q", "-X", "auto.offset.reset=earliest", "grouped");
        assertThat(second).containsExactlyInAnyOrderElementsOf(more);
    }

    @Test
    void kcatFindsOffsetsByTime() throws Exception {
        node.createTopic("timed", 1);
        kcat(
                "-P",
                "-t",
                "timed",
                "-l",
                Files.write(work.resolve("timed"), List.of("a", "b")).toString());
        assertThat(kcat("-Q", "-t", "timed:0:1")).anyMatch(line -> line.contains("offset 0"));
    }

    private List<String> kcat(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kcat", "-b", node.bootstrap()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(work, "kcat", ".out");
        Path err = Files.createTempFile(work, "kcat", ".err");
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        boolean ended = process.waitFor(180, TimeUnit.SECONDS);
        process.destroyForcibly();
        String errors = Files.readString(err, StandardCharsets.UTF_8);
        assertThat(ended).as("kcat ended: %s %s", command, errors).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, errors).isZero();
        return Files.readAllLines(out);
    }
}
