package io.thalweg.connectors.process;

import static io.thalweg.connectors.process.FakeContexts.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.TopicPartition;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sink tasks with real children. */
class ProcessSinkTaskIT {

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final List<ProcessSinkTask> tasks = new ArrayList<>();
    private long offset;

    @AfterEach
    void stopAll() throws Exception {
        for (ProcessSinkTask task : tasks) {
            call(context, task::stop);
        }
        assertThat(Programs.anywhere(directory.toString())).as("left behind").isEmpty();
        vertx.close();
    }

    @ParameterizedTest
    @CsvSource({"python3,lines_sink.py", "node,lines_sink.mjs"})
    void theExamplesWriteWhatTheyWereGiven(String interpreter, String example) throws Exception {
        Path out = directory.resolve("out.txt");
        ProcessSinkTask task = started(
                new JsonObject()
                        .put("command", Programs.example(interpreter, example))
                        .put("settings", new JsonObject().put("path", out.toString())),
                new FakeContexts.Sink[1]);

        call(context, () -> task.put(records("one", "{\"a\":1}")));
        call(context, () -> task.put(records("drei é")));
        call(context, task::flush);

        assertThat(Files.readAllLines(out)).element(0).isEqualTo("one");
        assertThat(new JsonObject(Files.readAllLines(out).get(1))).isEqualTo(new JsonObject("{\"a\":1}"));
        assertThat(Files.readAllLines(out)).element(2).isEqualTo("drei é");
    }

    @Test
    void aChildThatIsKilledAgainAndAgainLosesNothing() throws Exception {
        Path out = directory.resolve("out.txt");
        ProcessSinkTask task = started(
                new JsonObject()
                        .put("command", Programs.example("python3", "lines_sink.py"))
                        .put("settings", new JsonObject().put("path", out.toString())),
                new FakeContexts.Sink[1]);

        List<String> given = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            String[] values = IntStream.range(round * 50, round * 50 + 50)
                    .mapToObj(n -> "v" + n)
                    .toArray(String[]::new);
            given.addAll(List.of(values));
            List<SinkRecord> records = records(values);
            untilDone(() -> task.put(records));
            Programs.running("lines_sink.py").forEach(ProcessHandle::destroyForcibly);
            untilDone(task::flush);
        }

        // At least once, and in order the first time.
        assertThat(new ArrayList<>(new LinkedHashSet<>(Files.readAllLines(out))))
                .isEqualTo(given);
    }

    /** As the runtime does: what may succeed later is tried again. */
    private void untilDone(Supplier<Future<Void>> call) throws Exception {
        for (int attempt = 0; ; attempt++) {
            try {
                call(context, call);
                return;
            } catch (RetriableException failure) {
                assertThat(attempt).isLessThan(5);
            }
        }
    }

    @Test
    void aRefusedRecordIsHandedToTheRuntimeAndTheOthersGoOn() throws Exception {
        String command = Programs.python(directory, "choosy.py", """
                import json
                def say(**m): print(json.dumps(m), flush=True)
                say(type="HELLO", protocol=1)
                for line in sys.stdin:
                    m = json.loads(line)
                    if m["type"] == "RECORDS":
                        for i, r in enumerate(m["records"]):
                            if r["value"] == "bad": say(type="REFUSE", id=m["id"], index=i, message="bad value")
                        say(type="ACK", id=m["id"])
                """);
        FakeContexts.Sink[] runtime = new FakeContexts.Sink[1];
        ProcessSinkTask task = started(new JsonObject().put("command", command), runtime);

        call(context, () -> task.put(records("good", "bad", "good")));
        call(context, task::flush);

        assertThat(runtime[0].refused).extracting(SinkRecord::offset).containsExactly(1L);
    }

    /** To pass it over would lose the record. */
    @Test
    void aRefusalOfWhatWasAcknowledgedFailsTheFlush() throws Exception {
        String command = Programs.python(directory, "late.py", """
                import json
                def say(**m): print(json.dumps(m), flush=True)
                say(type="HELLO", protocol=1)
                for line in sys.stdin:
                    m = json.loads(line)
                    if m["type"] == "RECORDS":
                        say(type="ACK", id=m["id"])
                        say(type="REFUSE", id=m["id"], index=0, message="too late")
                        say(type="LOG", level="info", message="said it")
                """);
        ProcessSinkTask task = started(new JsonObject().put("command", command), new FakeContexts.Sink[1]);
        call(context, () -> task.put(records("x")));

        assertThatThrownBy(() -> {
                    for (int flushes = 0; flushes < 1_000; flushes++) {
                        call(context, task::flush);
                        call(context, () -> task.put(records("y")));
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("REFUSE comes before the ACK");
    }

    @Test
    void aChildThatNeverAcknowledgesFailsTheFlushInTime() throws Exception {
        String command = Programs.python(directory, "mute.py", """
                print('{"type":"HELLO","protocol":1}', flush=True)
                for line in sys.stdin: pass
                """);
        ProcessSinkTask task = started(
                new JsonObject().put("command", command).put("flush.timeout.ms", 300), new FakeContexts.Sink[1]);
        call(context, () -> task.put(records("x")));

        assertThatThrownBy(() -> call(context, task::flush))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("flush.timeout.ms=300");
    }

    @Test
    void aChildThatDoesNotReadIsGivenUpInTime() throws Exception {
        String command = Programs.python(directory, "deaf.py", """
                print('{"type":"HELLO","protocol":1}', flush=True)
                import time
                time.sleep(1000)
                """);
        ProcessSinkTask task = started(
                new JsonObject().put("command", command).put("flush.timeout.ms", 300), new FakeContexts.Sink[1]);

        assertThatThrownBy(() -> call(context, () -> task.put(records("x".repeat(1 << 20)))))
                .isInstanceOf(RetriableException.class);
    }

    @Test
    void aSingerTargetsStateIsItsAcknowledgement() throws Exception {
        ProcessSinkTask task = started(
                new JsonObject()
                        .put("command", Programs.example("python3", "target_jsonl.py"))
                        .put("protocol", "singer")
                        .put("settings", new JsonObject().put("directory", directory.toString())),
                new FakeContexts.Sink[1]);

        call(context, () -> task.put(records("{\"id\":1}", "{\"id\":2}")));
        call(context, task::flush);

        assertThat(Files.readAllLines(directory.resolve("orders.jsonl"))).containsExactly("{\"id\": 1}", "{\"id\": 2}");
    }

    @Test
    void aSingerTargetThatWritesOnlyAtItsEndIsEndedByEachFlush() throws Exception {
        Path out = directory.resolve("out.txt");
        String command = Programs.python(directory, "at_end.py", """
                import json
                records = [m["record"]["id"] for m in map(json.loads, sys.stdin) if m["type"] == "RECORD"]
                with open('%s', "a") as file:
                    for record in records: print(record, file=file)
                """.formatted(out));
        ProcessSinkTask task =
                started(new JsonObject().put("command", command).put("protocol", "singer"), new FakeContexts.Sink[1]);

        for (int i = 0; i < 3; i++) {
            List<SinkRecord> records = records("{\"id\":" + i + "}");
            call(context, () -> task.put(records));
            call(context, task::flush);
        }

        assertThat(Files.readAllLines(out)).containsExactly("0", "1", "2");
    }

    private ProcessSinkTask started(JsonObject config, FakeContexts.Sink[] runtime) throws Exception {
        ProcessSinkTask task = new ProcessSinkTask();
        tasks.add(task);
        runtime[0] = new FakeContexts.Sink(vertx, config);
        call(context, () -> task.start(runtime[0]));
        return task;
    }

    private List<SinkRecord> records(String... values) {
        List<SinkRecord> records = new ArrayList<>();
        for (String value : values) {
            records.add(new SinkRecord(
                    new TopicPartition("orders", 0),
                    offset++,
                    0,
                    null,
                    value.getBytes(StandardCharsets.UTF_8),
                    List.of()));
        }
        return records;
    }
}
