package io.thalweg.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code thalweg produce}: a record for each line of standard input. */
@Command(
        name = "produce",
        description = "Publishes a record for each line of standard input.",
        mixinStandardHelpOptions = true)
final class ProduceCommand implements Callable<Integer> {

    /** Lines that are sent in one request, so that neither side holds an endless input. */
    private static final int LINES_MAX = 1_000;

    private static final int BYTES_MAX = 256 << 10;

    @Parameters(paramLabel = "TOPIC")
    private String topic = "";

    @Mixin
    private final NodeClient node = new NodeClient();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Option(names = "--key", description = "The key of every record.")
    private @Nullable String key;

    @Option(names = "--key-separator", paramLabel = "TEXT", description = "What divides a line into key and value.")
    private @Nullable String separator;

    @Option(names = "--json", description = "Lines are records as the HTTP API has them: {\"key\",\"value\",...}.")
    private boolean json;

    private long published;
    private final JsonArray offsets = new JsonArray();

    @Override
    public Integer call() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            StringBuilder batch = new StringBuilder();
            int count = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (json && line.isBlank()) {
                    continue;
                }
                batch.append(json ? line : record(line).encode()).append('\n');
                count++;
                if (count == LINES_MAX || batch.length() > BYTES_MAX || !lines.ready()) {
                    send(batch, count);
                    count = 0;
                }
            }
            send(batch, count);
        }
        output.print(
                new JsonObject().put("published", published).put("offsets", offsets),
                out -> out.println("published " + published));
        return 0;
    }

    private JsonObject record(String line) {
        JsonObject record = new JsonObject();
        int at = separator == null ? -1 : line.indexOf(separator);
        if (separator != null && at >= 0) {
            record.put("key", line.substring(0, at)).put("value", line.substring(at + separator.length()));
        } else {
            record.put("value", line);
            if (key != null) {
                record.put("key", key);
            }
        }
        return record.put("valueType", "string");
    }

    private void send(StringBuilder batch, int count) {
        if (count == 0) {
            return;
        }
        JsonObject answer = node.post(
                NodeClient.path("topics", topic, "records"),
                "application/x-ndjson",
                BodyPublishers.ofString(batch.toString()));
        batch.setLength(0);
        JsonArray placed = answer.getJsonArray("offsets", new JsonArray());
        for (int i = 0; i < placed.size(); i++) {
            JsonObject outcome = placed.getJsonObject(i);
            if (outcome.getValue("offset") == null) {
                throw new CommandFailure("published " + published + ", then a record failed: " + outcome.encode());
            }
            if (output.json()) {
                offsets.add(outcome);
            }
            published++;
        }
    }
}
