package io.thalweg.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.WebSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic as a member of a group, over the node's WebSocket: takes no more records from the group than are wanted,
 * and commits each batch once it was printed, so that the next member goes on exactly there. One frame at a time is asked
 * for, so that a slow terminal holds the node back.
 */
final class GroupReading implements WebSocket.Listener {
    private static final String ID = "consume";
    private static final int CREDITS_MAX = 1_000;
    private static final String CLOSED = "{\"op\":\"closed\"}";

    private final NodeClient node;
    private final Consumer<List<JsonObject>> printer;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    /** Next offset by partition, of what was printed and is in no commit that was sent. */
    private final Map<Integer, Long> uncommitted = new HashMap<>();

    private boolean committing;
    private long wanted;
    private long credits;

    /** @param printer prints the records and returns once they are out */
    GroupReading(NodeClient node, Consumer<List<JsonObject>> printer) {
        this.node = node;
        this.printer = printer;
    }

    /** Blocks until so many records were printed and committed. */
    void read(String topic, String group, String from, long limit) throws InterruptedException {
        wanted = limit;
        if (limit <= 0) {
            return;
        }
        credits = Math.min(limit, CREDITS_MAX);
        WebSocket socket = node.socket("/v1/stream", this);
        try {
            send(
                    socket,
                    new JsonObject()
                            .put("op", "subscribe")
                            .put("id", ID)
                            .put("topics", new JsonArray().add(topic))
                            .put("group", group)
                            .put("from", from)
                            .put("credits", credits));
            while (wanted > 0 || committing) {
                socket.request(1);
                onMessage(socket, new JsonObject(messages.take()), topic);
            }
            // The node leaves the group before it answers, so that a next member need not wait for a time-out.
            send(socket, new JsonObject().put("op", "unsubscribe").put("id", ID));
            String op = "";
            while (!op.equals("unsubscribed") && !op.equals("closed")) {
                socket.request(1);
                op = new JsonObject(messages.take()).getString("op", "");
            }
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        } finally {
            socket.abort();
        }
    }

    private void onMessage(WebSocket socket, JsonObject message, String topic) {
        switch (message.getString("op", "")) {
            case "records" -> onRecords(socket, message.getJsonArray("records"));
            case "committed" -> committing = false;
            case "error" -> throw refused(message.getJsonObject("problem", new JsonObject()));
            case "closed", "unsubscribed" -> throw new CommandFailure("the node ended the subscription; run it again");
            default -> {
                // "subscribed", and what a later version may say besides.
            }
        }
        if (!committing && !uncommitted.isEmpty()) {
            commit(socket, topic);
        }
    }

    private void onRecords(WebSocket socket, JsonArray array) {
        List<JsonObject> records =
                array.stream().map(record -> (JsonObject) record).toList();
        printer.accept(records);
        for (JsonObject record : records) {
            uncommitted.put(record.getInteger("partition"), record.getLong("offset") + 1);
        }
        wanted -= records.size();
        credits -= records.size();
        long more = Math.min(wanted, CREDITS_MAX) - credits;
        if (more > 0 && credits < CREDITS_MAX / 2) {
            credits += more;
            send(socket, new JsonObject().put("op", "credit").put("id", ID).put("credits", more));
        }
    }

    private void commit(WebSocket socket, String topic) {
        JsonArray offsets = new JsonArray();
        uncommitted.forEach((partition, offset) -> offsets.add(
                new JsonObject().put("topic", topic).put("partition", partition).put("offset", offset)));
        uncommitted.clear();
        committing = true;
        send(socket, new JsonObject().put("op", "commit").put("id", ID).put("offsets", offsets));
    }

    private static void send(WebSocket socket, JsonObject message) {
        try {
            socket.sendText(message.encode(), true).join();
        } catch (java.util.concurrent.CompletionException failure) {
            throw new CommandFailure("the connection to the node failed: " + failure.getCause(), failure);
        }
    }

    private static CommandFailure refused(JsonObject problem) {
        return new CommandFailure(
                problem.getString("errorCode", "refused") + ": " + problem.getString("detail", problem.encode()));
    }

    @Override
    public void onOpen(WebSocket socket) {
        // The reading thread asks for each message.
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            messages.add(partial.toString());
            partial.setLength(0);
        } else {
            socket.request(1);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, java.nio.ByteBuffer message) {
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
        messages.add(CLOSED);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        messages.add(CLOSED);
    }
}
