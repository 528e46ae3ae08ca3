package io.thalweg.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code thalweg consume}: prints the records of a topic. */
@Command(
        name = "consume",
        description = "Prints the records of a topic: the value, or with --output json the whole record on a line.",
        mixinStandardHelpOptions = true)
final class ConsumeCommand implements Callable<Integer> {

    private static final int PAGE_RECORDS = 500;
    private static final int WAIT_MILLIS = 5_000;

    @Parameters(paramLabel = "TOPIC")
    private String topic = "";

    @Mixin
    private final NodeClient node = new NodeClient();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Option(
            names = "--from",
            paramLabel = "PLACE",
            description = "earliest, latest, an offset, an ISO instant or a cursor (default: ${DEFAULT-VALUE}).",
            defaultValue = "earliest")
    private String from = "earliest";

    @Option(names = "--partition", paramLabel = "N", description = "This partition alone.")
    private @Nullable Integer partition;

    @Option(names = "--limit", paramLabel = "N", description = "Stop after so many records.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--follow", description = "Go on when the end is reached.")
    private boolean follow;

    @Option(names = "--group", paramLabel = "GROUP", description = "Read as a member of this consumer group; follows.")
    private @Nullable String group;

    @Option(names = "--keys", description = "Print the key and a tab before each value.")
    private boolean keys;

    private long printed;

    @Override
    public Integer call() throws InterruptedException {
        if (group != null) {
            new GroupReading(node, this::printAll).read(topic, group, from, limit);
        } else {
            read();
        }
        return 0;
    }

    private void read() {
        String cursor = from;
        while (printed < limit) {
            Map<String, String> parameters = new LinkedHashMap<>();
            parameters.put("from", cursor);
            parameters.put("limit", Long.toString(Math.min(PAGE_RECORDS, limit - printed)));
            parameters.put("wait", Integer.toString(follow ? WAIT_MILLIS : 0));
            if (partition != null) {
                parameters.put("partition", partition.toString());
            }
            JsonObject page = node.get(NodeClient.path("topics", topic, "records") + NodeClient.query(parameters));
            JsonArray records = page.getJsonArray("records", new JsonArray());
            for (int i = 0; i < records.size(); i++) {
                print(records.getJsonObject(i));
            }
            output.flush();
            String next = page.getValue("next") == null
                    ? cursor
                    : page.getValue("next").toString();
            if (records.isEmpty() && !follow && next.equals(cursor)) {
                return;
            }
            if (records.isEmpty() && !follow) {
                return;
            }
            cursor = next;
        }
    }

    private void printAll(List<JsonObject> records) {
        records.forEach(this::print);
        output.flush();
    }

    private void print(JsonObject record) {
        printed++;
        if (output.json()) {
            output.out().println(record.encode());
            return;
        }
        String value = text(record.getValue("value"));
        output.out().println(keys ? text(record.getValue("key")) + "\t" + value : value);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "null" : value.toString();
    }
}
