package io.thalweg.connectors.process;

import static io.thalweg.connectors.process.FakeContexts.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.api.TopicPartition;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of docs/PROCESS-CONNECTORS.md, taken out of it and run. */
class DocumentedProgramsIT {

    private static final Path DOCUMENT = Path.of("../../docs/PROCESS-CONNECTORS.md");

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private String tenLines = "";
    private String twentyLines = "";

    @BeforeEach
    void takeOut() throws Exception {
        List<String> programs = new ArrayList<>();
        Matcher block = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(DOCUMENT));
        while (block.find()) {
            programs.add(block.group(1));
        }
        assertThat(programs).hasSize(2);
        tenLines = Programs.python(directory, "ten.py", programs.get(0));
        twentyLines = Programs.python(directory, "twenty.py", programs.get(1));
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void bothSourcesGoOnBehindTheirPosition() throws Exception {
        assertThat(read(tenLines)).containsExactly("{\"n\":8}", "{\"n\":9}", "{\"n\":10}");
        assertThat(read(twentyLines)).containsExactly("7", "8", "9");
    }

    private List<String> read(String command) throws Exception {
        ProcessSourceTask task = new ProcessSourceTask();
        JsonObject config = new JsonObject()
                .put("command", command)
                .put("topic", "numbers")
                .put("settings", new JsonObject().put("count", 10));
        call(context, () -> task.start(FakeContexts.source(vertx, config, new JsonObject().put("position", 7))));
        List<String> values = new ArrayList<>();
        while (values.size() < 3) {
            SourceBatch batch = call(context, () -> task.poll(100, 1 << 20));
            for (SourceRecord record : batch.records()) {
                values.add(new String((byte[]) record.value(), StandardCharsets.UTF_8));
            }
        }
        call(context, task::stop);
        return values;
    }

    @Test
    void theSinkAcknowledges() throws Exception {
        ProcessSinkTask task = new ProcessSinkTask();
        FakeContexts.Sink runtime = new FakeContexts.Sink(vertx, new JsonObject().put("command", twentyLines));
        call(context, () -> task.start(runtime));
        SinkRecord record = new SinkRecord(new TopicPartition("t", 0), 0, 0, null, new byte[] {'1'}, List.of());

        call(context, () -> task.put(List.of(record)));
        call(context, task::flush);
        call(context, task::stop);

        assertThat(runtime.refused).isEmpty();
    }
}
