package io.thalweg.system.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples, configured as a user does it. */
class ProcessConnectorIT {

    @TempDir
    Path directory;

    @Test
    void aPythonSourceFeedsAJavaScriptSink() throws Exception {
        ProcessNode.needs("python3");
        ProcessNode.needs("node");
        Path in = Files.writeString(directory.resolve("in.txt"), "one\ntwo\n");
        Path out = directory.resolve("out.txt");
        try (ProcessNode node = new ProcessNode(directory)) {
            node.connector(
                    "lines",
                    new JsonObject()
                            .put("connector.class", "process-source")
                            .put("command", "python3 " + ProcessNode.EXAMPLES.resolve("lines_source.py"))
                            .put("topic", "lines")
                            .put("settings", new JsonObject().put("path", in.toString())));
            node.connector(
                    "written",
                    new JsonObject()
                            .put("connector.class", "process-sink")
                            .put("topics", "lines")
                            .put("command", "node " + ProcessNode.EXAMPLES.resolve("lines_sink.mjs"))
                            .put("offset.flush.interval.ms", "100")
                            .put("settings", new JsonObject().put("path", out.toString())));
            node.process().start();

            node.until(
                    "lines: " + node.status("lines"),
                    () -> Files.exists(out) && Files.readAllLines(out).size() == 2);
            Files.writeString(in, "three\n", StandardOpenOption.APPEND);
            node.until("a third line", () -> Files.readAllLines(out).size() == 3);

            assertThat(Files.readAllLines(out)).containsExactly("one", "two", "three");
            assertThat(node.process().stop()).as(node.process().printed()).isZero();
        }
        assertThat(ProcessNode.children(in.toString())).isEmpty();
        assertThat(ProcessNode.children("lines_sink.mjs")).isEmpty();
    }

    @Test
    void aSingerTapFeedsASingerTarget() throws Exception {
        ProcessNode.needs("python3");
        Path in = Files.writeString(directory.resolve("people.csv"), "id,name\n1,Ada\n2,Grace\n");
        try (ProcessNode node = new ProcessNode(directory)) {
            node.connector(
                    "tap",
                    new JsonObject()
                            .put("connector.class", "process-source")
                            .put("protocol", "singer")
                            .put("command", "python3 " + ProcessNode.EXAMPLES.resolve("tap_csv.py"))
                            .put("topic.prefix", "crm.")
                            .put(
                                    "settings",
                                    new JsonObject().put("path", in.toString()).put("key", "id")));
            node.connector(
                    "target",
                    new JsonObject()
                            .put("connector.class", "process-sink")
                            .put("protocol", "singer")
                            .put("topics", "crm.people")
                            .put("command", "python3 " + ProcessNode.EXAMPLES.resolve("target_jsonl.py"))
                            .put("offset.flush.interval.ms", "100")
                            .put("settings", new JsonObject().put("directory", directory.toString())));
            node.process().start();

            Path out = directory.resolve("crm.people.jsonl");
            node.until(
                    "people: " + node.status("tap"),
                    () -> Files.exists(out) && Files.readAllLines(out).size() == 2);

            assertThat(Files.readAllLines(out))
                    .containsExactly("{\"id\": \"1\", \"name\": \"Ada\"}", "{\"id\": \"2\", \"name\": \"Grace\"}");
        }
    }

    @Test
    void aCommandThatIsNotListedIsNotRun() throws Exception {
        Path proof = directory.resolve("proof");
        try (ProcessNode node = new ProcessNode(directory)) {
            node.connector(
                    "evil",
                    new JsonObject().put("connector.class", "process-source").put("command", "touch " + proof));
            node.process().start();
            node.until("the refusal", () -> node.process().printed().contains("connectors.commands"));

            assertThat(proof).doesNotExist();
            assertThat(List.of(node.process().alive())).containsExactly(true);
        }
    }
}
