package io.thalweg.connectors.process;

import static io.thalweg.connectors.process.FakeContexts.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceRecord;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Source tasks with real children. */
class ProcessSourceTaskIT {

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final List<ProcessSourceTask> tasks = new ArrayList<>();

    private @Nullable JsonObject lastOffset;

    @BeforeEach
    void noneIsLeftOfBefore() {
        assertThat(Programs.running(directory.toString())).isEmpty();
    }

    @AfterEach
    void stopAll() throws Exception {
        for (ProcessSourceTask task : tasks) {
            call(context, task::stop);
        }
        assertThat(Programs.anywhere(directory.toString())).as("left behind").isEmpty();
        vertx.close();
    }

    @Test
    void thePythonExamplePublishesLinesAndGoesOnFromItsPosition() throws Exception {
        Path file = Files.writeString(directory.resolve("in.txt"), "one\ntwo\nthree");
        JsonObject config = new JsonObject()
                .put("command", Programs.example("python3", "lines_source.py"))
                .put("topic", "lines")
                .put("settings", new JsonObject().put("path", file.toString()));

        ProcessSourceTask task = started(config, null);
        List<String> first = values(task, 2);
        JsonObject offset = Objects.requireNonNull(lastOffset);
        call(context, task::stop);
        Files.writeString(file, "one\ntwo\nthree\nfour\n");

        List<String> rest = values(started(config, offset), 2);

        assertThat(first).containsExactly("one", "two");
        assertThat(rest).containsExactly("three", "four");
    }

    @Test
    void theJavaScriptExampleTicks() throws Exception {
        JsonObject config = new JsonObject()
                .put("command", Programs.example("node", "ticks_source.mjs"))
                .put("topic", "ticks")
                .put("settings", new JsonObject().put("intervalMillis", 1).put("text", directory.toString()));

        List<String> ticks = values(started(config, null), 3);

        assertThat(ticks.get(2)).isEqualTo("{\"n\":2,\"text\":\"" + directory + "\"}");
    }

    @Test
    void aChildThatIsKilledTwentyTimesLosesNothingAndRepeatsNothing() throws Exception {
        // Many more between two kills than pipe and buffer hold.
        int lines = 300_000;
        Path file = directory.resolve("in.txt");
        Files.write(file, IntStream.range(0, lines).mapToObj(String::valueOf).toList());
        ProcessSourceTask task = started(
                new JsonObject()
                        .put("command", Programs.example("python3", "lines_source.py"))
                        .put("topic", "lines")
                        .put("delivery", "exactly-once")
                        .put("buffer.bytes.max", 64 << 10)
                        .put(
                                "settings",
                                new JsonObject().put("path", file.toString()).put("batchBytes", 1_000)),
                null);

        List<String> values = new ArrayList<>();
        int kills = 0;
        while (values.size() < lines) {
            List<ProcessHandle> children = Programs.running("lines_source.py");
            if (kills < 20 && values.size() >= kills * (lines / 25) && !children.isEmpty()) {
                children.forEach(child -> {
                    child.destroyForcibly();
                    child.onExit().join();
                });
                kills++;
            }
            try {
                values.addAll(texts(call(context, () -> task.poll(333, 1 << 20))));
            } catch (RetriableException died) {
                assertThat(died).hasMessageContaining("exitCode=137 (signal 9)");
            }
        }

        assertThat(kills).isEqualTo(20);
        assertThat(values)
                .isEqualTo(IntStream.range(0, lines).mapToObj(String::valueOf).toList());
    }

    @Test
    void acknowledgementsReachTheChildInOrderAndOnce() throws Exception {
        Path acks = directory.resolve("acks");
        String command = Programs.python(directory, "acked.py", """
                from thalweg_connector import source
                acks = open(%s, "a")
                def acked(position):
                    acks.write(f"{position}\\n")
                    acks.flush()
                def read(config, position):
                    for n in range(100):
                        yield [{"value": n}], n
                    import time
                    time.sleep(1000)
                source(read, on_ack=acked)
                """.formatted("'" + acks + "'"));
        ProcessSourceTask task =
                started(new JsonObject().put("command", command).put("topic", "t"), null);

        List<JsonObject> offsets = new ArrayList<>();
        List<SourceRecord> records = new ArrayList<>();
        while (records.size() < 100) {
            SourceBatch batch = call(context, () -> task.poll(3, 1 << 20));
            records.addAll(batch.records());
            offsets.add(batch.offset());
        }
        for (JsonObject offset : offsets) {
            call(context, () -> task.committed(new JsonObject().put("task", 0), offset));
            call(context, () -> task.committed(new JsonObject().put("task", 0), offset));
        }
        Programs.awaitText(acks, "99\n");

        List<Integer> heard =
                Files.readAllLines(acks).stream().map(Integer::valueOf).toList();
        assertThat(heard).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aFailureTellsTheExitCodeAndTheLastWordsButNoSecret() throws Exception {
        String command = Programs.python(directory, "broken.py", """
                import json
                print(json.dumps({"type": "HELLO", "protocol": 1}), flush=True)
                start = json.loads(input())
                print("cannot log in with " + start["config"]["password"], file=sys.stderr)
                sys.exit(3)
                """);
        ProcessSourceTask task = started(
                new JsonObject()
                        .put("command", command)
                        .put("topic", "t")
                        .put("settings", new JsonObject().put("password", "hunter2222")),
                null);

        assertThatThrownBy(() -> pollUntilFailure(task))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("exitCode=3")
                .hasMessageContaining("cannot log in with ********")
                .hasMessageNotContaining("hunter2222");
    }

    @Test
    void whatNoOtherChildWouldMendFailsForGood() throws Exception {
        String chatter = Programs.python(
                directory, "chatter.py", "print('Starting up...', flush=True)\nimport time\ntime.sleep(1000)");
        String future = Programs.python(
                directory, "future.py", "print('{\"type\":\"HELLO\",\"protocol\":[7]}', flush=True)\ninput()");
        String refusing = Programs.python(
                directory,
                "refusing.py",
                "print('{\"type\":\"ERROR\",\"message\":\"no such table\"}', flush=True)\ninput()");
        String schema = Programs.python(
                directory,
                "schema.py",
                "from thalweg_connector import source\nsource(None, {'type':'object','required':['table']})");

        failsForGood(chatter, "not a JSON object");
        failsForGood(future, "no common version");
        failsForGood(refusing, "no such table");
        failsForGood(schema, "key=settings");
        failsForGood("absent-command", "absent-command");
    }

    private void failsForGood(String command, String message) {
        assertThatThrownBy(() -> pollUntilFailure(started(new JsonObject().put("command", command), null)))
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aLineBeyondTheBoundIsRefused() throws Exception {
        String command = Programs.python(directory, "long.py", """
                from thalweg_connector import source
                source(lambda config, position: iter([([{"value": "x" * 5000}], None)]))
                """);
        ProcessSourceTask task = started(
                new JsonObject().put("command", command).put("topic", "t").put("line.bytes.max", 4096), null);

        assertThatThrownBy(() -> pollUntilFailure(task)).hasMessageContaining("line.bytes.max=4096");
    }

    @Test
    void aChildThatSaysNothingIsGivenUpInTime() throws Exception {
        String command = Programs.python(directory, "silent.py", "import time\ntime.sleep(1000)");

        assertThatThrownBy(
                        () -> started(new JsonObject().put("command", command).put("start.timeout.ms", 300), null))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("start.timeout.ms=300");
        Programs.awaitEnd(Programs.anywhere(directory.toString()));
    }

    @Test
    void stoppingEndsAChildThatIgnoresEverythingAndItsChildren() throws Exception {
        String command = Programs.python(directory, "stubborn.py", """
                import json, signal, subprocess, time
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                subprocess.Popen(["sh", "-c", "trap '' TERM; echo deaf > %1$s/state; sleep 1000; : %1$s"])
                print(json.dumps({"type": "HELLO", "protocol": 1}), flush=True)
                while True:
                    time.sleep(1000)
                """.formatted(directory));
        ProcessSourceTask task = started(
                new JsonObject().put("command", command).put("topic", "t").put("stop.grace.ms", 200), null);
        Programs.awaitText(directory.resolve("state"), "deaf");
        assertThat(Programs.anywhere(directory.toString()))
                .as("it and its child")
                .hasSize(2);

        call(context, task::stop);

        assertThat(Programs.anywhere(directory.toString())).isEmpty();
    }

    @Test
    void aProcessThatEscapedFromTheGroupHoldsNothingUp() throws Exception {
        String command = Programs.python(directory, "escaping.py", """
                import json, subprocess
                print(json.dumps({"type": "HELLO", "protocol": 1}), flush=True)
                subprocess.Popen(["setsid", "sh", "-c", "sleep 9; : escaped"])
                print(json.dumps({"type": "RECORD", "value": 1}), flush=True)
                sys.exit(4)
                """);
        ProcessSourceTask task =
                started(new JsonObject().put("command", command).put("topic", "t"), null);

        assertThat(values(task, 1)).containsExactly("1");
        assertThatThrownBy(() -> pollUntilFailure(task)).hasMessageContaining("exitCode=4");
    }

    @Test
    void theLastWordsOfAChildAreNeverLost() throws Exception {
        for (int round = 0; round < 50; round++) {
            ProcessSourceTask task = started(
                    new JsonObject()
                            .put(
                                    "command",
                                    "[\"sh\", \"-c\", \"echo '{\\\"type\\\":\\\"HELLO\\\",\\\"protocol\\\":1}'; echo"
                                            + " '{\\\"type\\\":\\\"RECORD\\\",\\\"value\\\":7}'; echo bye >&2; exit 9\"]")
                            .put("topic", "t"),
                    null);

            assertThat(values(task, 1)).containsExactly("7");
            assertThatThrownBy(() -> pollUntilFailure(task))
                    .hasMessageContaining("exitCode=9")
                    .hasMessageContaining("bye");
        }
    }

    @Test
    void aSingerTapIsGivenItsStateBackInPrivateFiles() throws Exception {
        Path file = Files.writeString(directory.resolve("people.csv"), "id,name\n1,Ada\n2,Grace\n");
        JsonObject config = new JsonObject()
                .put("command", Programs.example("python3", "tap_csv.py"))
                .put("protocol", "singer")
                .put("topic.prefix", "crm.")
                .put("rerun.interval.ms", 1)
                .put("settings", new JsonObject().put("path", file.toString()).put("key", "id"));
        ProcessSourceTask task = started(config, null);

        List<SourceRecord> first = records(task, 2);
        Files.writeString(file, "id,name\n1,Ada\n2,Grace\n3,Barbara\n");
        List<SourceRecord> again = records(task, 1);

        assertThat(first).extracting(SourceRecord::topic).containsOnly("crm.people");
        assertThat(text(first.get(1).key())).isEqualTo("2");
        assertThat(text(again.get(0).value())).isEqualTo("{\"id\": \"3\", \"name\": \"Barbara\"}");
        assertThat(Objects.requireNonNull(lastOffset).getJsonObject("position").getInteger("row"))
                .isBetween(2, 3);
    }

    @Test
    void filesForSingerAreReadableByTheOwnerAlone() throws Exception {
        String command = Programs.python(directory, "modes.py", """
                import json, os
                paths = [sys.argv[sys.argv.index(o) + 1] for o in ("--config", "--catalog", "--state")]
                modes = [oct(os.stat(p).st_mode & 0o777) for p in paths + [os.path.dirname(paths[0])]]
                print(json.dumps({"type": "RECORD", "stream": "s", "record": {"modes": modes, "env": sorted(os.environ)}}))
                """);
        ProcessSourceTask task = started(
                new JsonObject()
                        .put("command", command)
                        .put("protocol", "singer")
                        .put("catalog", new JsonObject())
                        .put("environment", new JsonObject().put("EXTRA", "x")),
                new JsonObject().put("position", new JsonObject().put("a", 1)));

        JsonObject seen = new JsonObject(text(records(task, 1).get(0).value()));

        assertThat(seen.getJsonArray("modes")).containsExactly("0o600", "0o600", "0o600", "0o700");
        assertThat(seen.getJsonArray("env")).contains("EXTRA", "PATH");
        assertThat(seen.getJsonArray("env").stream()
                        .map(String::valueOf)
                        // What shells and pyenv's wrappers set by themselves.
                        .filter(name -> !name.matches("_?PYENV_.*|PWD|OLDPWD|SHLVL|_")))
                .isSubsetOf("EXTRA", "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR");
    }

    private ProcessSourceTask started(JsonObject config, @Nullable JsonObject position) throws Exception {
        ProcessSourceTask task = new ProcessSourceTask();
        tasks.add(task);
        call(context, () -> task.start(FakeContexts.source(vertx, config, position)));
        return task;
    }

    private void pollUntilFailure(ProcessSourceTask task) throws Exception {
        for (int i = 0; i < 60; i++) {
            call(context, () -> task.poll(100, 1 << 20));
        }
    }

    private List<SourceRecord> records(ProcessSourceTask task, int count) throws Exception {
        List<SourceRecord> records = new ArrayList<>();
        while (records.size() < count) {
            SourceBatch batch = call(context, () -> task.poll(count - records.size(), 1 << 20));
            records.addAll(batch.records());
            if (!batch.isNone()) {
                lastOffset = batch.offset();
            }
        }
        return records;
    }

    private List<String> values(ProcessSourceTask task, int count) throws Exception {
        return records(task, count).stream().map(record -> text(record.value())).toList();
    }

    private static List<String> texts(SourceBatch batch) {
        return batch.records().stream().map(record -> text(record.value())).toList();
    }

    private static String text(@Nullable Object bytes) {
        return new String((byte[]) Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
    }
}
