package io.thalweg.connectors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.http.poll.HttpSourceTask;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The polling source against a real server. */
class HttpSourceIT {

    private Vertx vertx;
    private TestServer server;
    private TestContext context;
    private HttpSourceTask task;
    private JsonObject position;
    private BiConsumer<TestServer.Seen, HttpServerResponse> answer = (seen, response) -> response.end();
    private final List<SourceRecord> records = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        vertx = Vertx.vertx();
        server = TestServer.open(vertx, "127.0.0.1", (seen, response) -> answer.accept(seen, response));
    }

    @AfterEach
    void close() throws Exception {
        TestContext.await(vertx.close());
    }

    private void start(String path, JsonObject more) throws Exception {
        JsonObject config = new JsonObject()
                .put("url", server.url(path))
                .put("topic", "t")
                .put("interval.ms", 10)
                .mergeIn(more);
        context = new TestContext(vertx, new HttpSourcePlugin(), config);
        if (position != null) {
            context.positions.put(new JsonObject().put("url", server.url(path)), position);
        }
        task = new HttpSourceTask();
        context.call(() -> task.start(context));
    }

    private void pollUntil(java.util.function.BooleanSupplier enough, int recordsMax) throws Exception {
        for (int polls = 0; polls < 1_000 && !enough.getAsBoolean(); polls++) {
            SourceBatch batch = context.call(() -> task.poll(recordsMax, 1_000_000));
            if (!batch.isNone()) {
                position = batch.offset();
                records.addAll(batch.records());
            }
        }
        assertThat(enough.getAsBoolean()).as("what was waited for").isTrue();
    }

    private List<Object> values() {
        return records.stream().map(SourceRecord::value).toList();
    }

    @Test
    void recordsKeysAndTimesComeFromPointers() throws Exception {
        answer = (seen, response) -> response.end(
                "{\"data\":{\"items\":[{\"id\":1,\"at\":5}," + "{\"id\":2,\"at\":\"1970-01-01T00:00:01Z\"}]}}");
        start(
                "/",
                new JsonObject()
                        .put("records.pointer", "/data/items")
                        .put("key.pointer", "/id")
                        .put("timestamp.pointer", "/at")
                        .put("headers", "Authorization: Bearer x"));
        pollUntil(() -> records.size() >= 2, 10);
        assertThat(records.get(0).key()).isEqualTo("1");
        assertThat(records.get(0).timestampMillis()).isEqualTo(5);
        assertThat(records.get(1).timestampMillis()).isEqualTo(1_000);
        assertThat(server.seen.get(0).header("Authorization")).isEqualTo("Bearer x");
    }

    @Test
    void anUnchangedAnswerIsNotSentAgain() throws Exception {
        AtomicInteger unchanged = new AtomicInteger();
        answer = (seen, response) -> {
            if ("\"v1\"".equals(seen.header("If-None-Match"))) {
                unchanged.incrementAndGet();
                response.setStatusCode(304).end();
            } else {
                response.putHeader("ETag", "\"v1\"").end("[1,2]");
            }
        };
        start("/", new JsonObject());
        pollUntil(() -> unchanged.get() >= 3, 10);
        start("/", new JsonObject());
        pollUntil(() -> unchanged.get() >= 5, 10);
        assertThat(values()).containsExactly(1, 2);
    }

    @Test
    void aCursorLeadsFromPageToPageAndThroughARestart() throws Exception {
        answer = (seen, response) -> {
            String cursor = seen.request().getParam("after");
            int from = cursor == null ? 0 : Integer.parseInt(cursor);
            JsonArray items = new JsonArray();
            for (int i = from; i < Math.min(from + 3, 8); i++) {
                items.add(i);
            }
            response.end(new JsonObject()
                    .put("items", items)
                    .put("next", items.isEmpty() ? null : String.valueOf(from + items.size()))
                    .encode());
        };
        JsonObject config = new JsonObject()
                .put("records.pointer", "/items")
                .put("cursor.pointer", "/next")
                .put("cursor.param", "after");
        start("/list?x=1", config);
        pollUntil(() -> records.size() >= 3, 3);
        start("/list?x=1", config);
        pollUntil(() -> records.size() >= 8 && server.seen.size() > 6, 10);
        assertThat(values()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(server.seen.get(0).uri()).isEqualTo("/list?x=1");
    }

    @Test
    void linksAreFollowedAndIdsAreToldApart() throws Exception {
        answer = (seen, response) -> {
            switch (seen.uri()) {
                case "/p1" ->
                    response.putHeader("Link", "</p0>; rel=\"prev\", </p2>; title=\"x, y\"; rel=\"next last\"")
                            .end("[{\"id\":\"a\"},{\"id\":\"b\"}]");
                default -> response.end("[{\"id\":\"b\"},{\"id\":\"c\"}]");
            }
        };
        JsonObject config = new JsonObject().put("link.next", true).put("dedupe.pointer", "/id");
        start("/p1", config);
        pollUntil(() -> server.seen.size() >= 6, 1);
        start("/p1", config);
        pollUntil(() -> server.seen.size() >= 10, 10);
        assertThat(records)
                .extracting(record -> ((JsonObject) record.value()).getString("id"))
                .containsExactly("a", "b", "c");
    }

    @Test
    void aServerInTroubleIsAskedAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        answer = (seen, response) -> {
            switch (asked.incrementAndGet()) {
                case 1 -> response.setStatusCode(500).end();
                case 2 ->
                    response.setStatusCode(429).putHeader("Retry-After", "0").end();
                case 3 -> seen.request().connection().close();
                default -> response.end("7");
            }
        };
        start("/", new JsonObject());
        pollUntil(() -> !records.isEmpty(), 10);
        assertThat(values()).contains(7);
    }

    @Test
    void whatWillNotGetBetterFailsTheTask() throws Exception {
        answer = (seen, response) -> response.end("<html>");
        start("/", new JsonObject());
        assertThatThrownBy(() -> pollUntil(() -> false, 10)).hasMessageContaining("not JSON");
        answer = (seen, response) -> response.setStatusCode(404).end();
        start("/", new JsonObject());
        assertThatThrownBy(() -> pollUntil(() -> false, 10)).hasMessageContaining("status=404");
        start("/", new JsonObject().put("url", "http://127.0.0.2:1/"));
        assertThatThrownBy(() -> pollUntil(() -> false, 10)).hasMessageContaining("not allowed");
    }

    /** Positions are stored, and shown to whoever asks for them. */
    @Test
    void aSecretInTheUrlIsNoPartOfAPosition() throws Exception {
        answer = (seen, response) -> response.end("[1]");
        start("/?token=s3cret", new JsonObject());
        context.shown = context.config().copy().put("url", "http://x/?token=${env:CONNECT_TOKEN}");
        context.call(() -> task.start(context));
        SourceBatch batch = SourceBatch.none();
        for (int polls = 0; polls < 1_000 && batch.isNone(); polls++) {
            batch = context.call(() -> task.poll(10, 1_000_000));
        }
        assertThat(server.seen.get(0).uri()).isEqualTo("/?token=s3cret");
        assertThat(batch.partition()).isEqualTo(new JsonObject().put("url", "http://x/?token=${env:CONNECT_TOKEN}"));
        assertThat(batch.offset().encode()).doesNotContain("s3cret");
    }

    @Test
    void aLinkToAnotherOriginIsAskedWithoutSecrets() throws Exception {
        try (TestServer other = TestServer.open(vertx, "127.0.0.1", (seen, response) -> response.end("[2]"))) {
            answer = (seen, response) -> response.putHeader("Link", "<" + other.url("/n") + ">; rel=next")
                    .end("[1]");
            start("/", new JsonObject().put("link.next", true).put("headers", "Authorization: Bearer x"));
            pollUntil(() -> records.size() >= 2, 10);
            assertThat(other.seen.get(0).header("Authorization")).isNull();
        }
    }
}
