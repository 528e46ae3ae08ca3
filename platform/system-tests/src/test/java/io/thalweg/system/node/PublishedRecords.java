package io.thalweg.system.node;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for records by reads that the node answers as soon as there are some. */
public final class PublishedRecords {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int PATIENCE_SECONDS = 180;

    /** Of one read; the node allows 25 s. */
    private static final int WAIT_MILLIS = 10_000;

    private static final int LIMIT_MAX = 10_000;

    private PublishedRecords() {}

    /** A topic's first records, once there are so many. */
    public static JsonArray await(NodeProcess node, String topic, int count) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        JsonArray records = new JsonArray();
        String from = "earliest";
        while (records.size() < count) {
            JsonObject page = read(node, topic, from, Math.min(LIMIT_MAX, count - records.size()));
            if (page == null) {
                // There is no topic to wait on yet.
                TimeUnit.MILLISECONDS.sleep(20);
            } else {
                page.getJsonArray("records").forEach(records::add);
                from = page.getString("next");
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE_SECONDS + " s: topic=" + topic + " records="
                        + records.size() + " expected=" + count + "\n" + node.printed());
            }
        }
        return records;
    }

    /** Null where the topic does not exist. */
    private static @Nullable JsonObject read(NodeProcess node, String topic, String from, int limit)
            throws IOException, InterruptedException {
        String query = "?limit=" + limit + "&wait=" + WAIT_MILLIS + "&from=" + from;
        HttpResponse<String> answer = CLIENT.send(
                HttpRequest.newBuilder(URI.create(node.http() + "/v1/topics/" + topic + "/records" + query))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() == 404) {
            return null;
        }
        if (answer.statusCode() != 200) {
            throw new AssertionError("topic=" + topic + ": " + answer.statusCode() + " " + answer.body());
        }
        return new JsonObject(answer.body());
    }
}
