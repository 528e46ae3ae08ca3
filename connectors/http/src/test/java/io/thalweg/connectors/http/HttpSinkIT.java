package io.thalweg.connectors.http;

import static io.thalweg.connectors.http.TestContext.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.http.send.HttpSinkTask;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The webhook sink against a real server. */
class HttpSinkIT {

    private Vertx vertx;
    private TestServer server;
    private TestContext context;
    private HttpSinkTask task;
    private BiConsumer<TestServer.Seen, HttpServerResponse> answer = (seen, response) -> response.end();

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
                .put("retry.backoff.ms", 1)
                .put("retry.backoff.max.ms", 20)
                .mergeIn(more);
        context = new TestContext(vertx, new HttpSinkPlugin(), config);
        task = new HttpSinkTask();
        context.call(() -> task.start(context));
    }

    private void put(List<SinkRecord> records) throws Exception {
        context.call(() -> task.put(records));
    }

    private static List<SinkRecord> records(int partitions, int each) {
        List<SinkRecord> records = new ArrayList<>();
        for (int offset = 0; offset < each; offset++) {
            for (int partition = 0; partition < partitions; partition++) {
                records.add(
                        record(partition, offset, "k" + offset % 3, "{\"p\":" + partition + ",\"o\":" + offset + "}"));
            }
        }
        return records;
    }

    @Test
    void eachRecordIsARequestWithItsIdentitySignatureAndHeaders() throws Exception {
        start(
                "/hook/${topic}/${key}?at=${offset}",
                new JsonObject().put("hmac.secret", "key").put("headers", "X-Env: prod\nAuthorization: Bearer x"));
        put(List.of(record(2, 7, "a/../b?c&d é", "The quick brown fox jumps over the lazy dog")));
        TestServer.Seen seen = server.seen.get(0);
        assertThat(seen.method()).isEqualTo("POST");
        assertThat(seen.uri()).isEqualTo("/hook/orders/a%2F..%2Fb%3Fc%26d%20%C3%A9?at=7");
        assertThat(seen.header("Idempotency-Key")).isEqualTo("orders-2-7");
        assertThat(seen.header("X-Env")).isEqualTo("prod");
        assertThat(seen.header("Authorization")).isEqualTo("Bearer x");
        // The published test vector of HMAC-SHA-256 for this key and text.
        assertThat(seen.header("X-Signature-256"))
                .isEqualTo("sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
    }

    @Test
    void aPartitionsRecordsComeInOrderAndPartitionsAtOnce() throws Exception {
        Rounds rounds = new Rounds(3);
        answer = (seen, response) -> rounds.hold(response);
        start("/", new JsonObject().put("max.in.flight", 3));
        put(records(6, 10));
        Map<Integer, Integer> next = new HashMap<>();
        for (String body : server.bodies()) {
            JsonObject value = new JsonObject(body);
            int expected = next.merge(value.getInteger("p"), 1, Integer::sum) - 1;
            assertThat(value.getInteger("o")).isEqualTo(expected);
        }
        assertThat(next)
                .hasSize(6)
                .allSatisfy((partition, count) -> assertThat(count).isEqualTo(10));
        assertThat(server.mostUnderWay.get()).isEqualTo(3);
    }

    @Test
    void batchesAreArraysOrLinesOfOnePartitionWithinTheirBounds() throws Exception {
        start("/${topic}/${partition}", new JsonObject().put("body", "array").put("batch.records", 4));
        put(records(1, 10));
        assertThat(server.bodies())
                .containsExactly(
                        "[{\"p\":0,\"o\":0},{\"p\":0,\"o\":1},{\"p\":0,\"o\":2},{\"p\":0,\"o\":3}]",
                        "[{\"p\":0,\"o\":4},{\"p\":0,\"o\":5},{\"p\":0,\"o\":6},{\"p\":0,\"o\":7}]",
                        "[{\"p\":0,\"o\":8},{\"p\":0,\"o\":9}]");
        assertThat(server.seen.get(0).header("Idempotency-Key")).isEqualTo("orders-0-0-3");

        server.seen.clear();
        start("/", new JsonObject().put("body", "ndjson").put("ordering", "none"));
        put(List.of(record(0, 1, null, "{\"a\":\n1}"), record(0, 2, null, "2"), record(1, 1, null, "3")));
        assertThat(server.bodies()).containsExactlyInAnyOrder("{\"a\": 1}\n2\n", "3\n");
        assertThat(server.seen.get(0).header("Content-Type")).isEqualTo("application/x-ndjson");
    }

    @Test
    void whatIsNotTakenIsSentAgainInItsPlace() throws Exception {
        Map<String, Integer> attempts = new HashMap<>();
        answer = (seen, response) -> {
            int attempt = attempts.merge(seen.body(), 1, Integer::sum);
            if (attempt == 1) {
                response.setStatusCode(503).end();
            } else if (attempt == 2) {
                response.setStatusCode(429).putHeader("Retry-After", "0").end();
            } else if (attempt == 3) {
                seen.request().connection().close();
            } else {
                response.end();
            }
        };
        start("/", new JsonObject());
        put(records(1, 5));
        List<String> expected = new ArrayList<>();
        for (SinkRecord record : records(1, 5)) {
            for (int i = 0; i < 4; i++) {
                expected.add(new String((byte[]) record.value(), java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        assertThat(server.bodies()).isEqualTo(expected);
        assertThat(server.seen.stream()
                        .map(seen -> seen.header("Idempotency-Key"))
                        .distinct())
                .hasSize(5);
        assertThat(context.refused).isEmpty();
    }

    @Test
    void aRefusedRecordOfABatchIsFoundAndTheOthersAreTaken() throws Exception {
        List<String> taken = new ArrayList<>();
        answer = (seen, response) -> {
            if (seen.body().contains("\"o\":2}")) {
                response.setStatusCode(422).end();
            } else {
                taken.add(seen.body());
                response.end();
            }
        };
        start("/", new JsonObject().put("body", "array").put("batch.records", 5));
        put(records(1, 7));
        assertThat(taken)
                .containsExactly(
                        "[{\"p\":0,\"o\":0}]",
                        "[{\"p\":0,\"o\":1}]",
                        "[{\"p\":0,\"o\":3}]",
                        "[{\"p\":0,\"o\":4}]",
                        "[{\"p\":0,\"o\":5},{\"p\":0,\"o\":6}]");
        assertThat(context.refused).extracting(SinkRecord::offset).containsExactly(2L);
    }

    @Test
    void recordsThatNoRequestCanCarryAreRefusedWithoutOne() throws Exception {
        start("/x/${key}", new JsonObject());
        put(List.of(record(0, 0, null, "1"), record(0, 1, "..", "2"), record(0, 2, "", "3"), record(0, 3, "k", "4")));
        assertThat(context.refused).extracting(SinkRecord::offset).containsExactly(0L, 1L, 2L);
        assertThat(server.bodies()).containsExactly("4");
    }

    @Test
    void missingRightsFailTheTaskAndRefuseNoRecord() throws Exception {
        answer = (seen, response) -> response.setStatusCode(401).end();
        start("/", new JsonObject());
        assertThatThrownBy(() -> put(records(1, 3))).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(context.refused).isEmpty();
        assertThat(server.seen).hasSize(1);
    }

    @Test
    void aPutThatIsRepeatedSendsOnlyWhatWasNotTaken() throws Exception {
        boolean[] broken = {true};
        answer = (seen, response) -> response.setStatusCode(
                        broken[0] && seen.body().contains("\"o\":1}") ? 500 : 200)
                .end();
        start("/", new JsonObject().put("retry.timeout.ms", 0));
        assertThatThrownBy(() -> put(records(2, 2))).hasCauseInstanceOf(RetriableException.class);
        broken[0] = false;
        put(records(2, 2));
        assertThat(server.bodies().stream().filter(body -> body.contains("\"o\":0}")))
                .containsExactlyInAnyOrder("{\"p\":0,\"o\":0}", "{\"p\":1,\"o\":0}");
    }

    @Test
    void orderingByKeyKeepsEachKeysOrder() throws Exception {
        Rounds rounds = new Rounds(3); // one for each key
        answer = (seen, response) -> rounds.hold(response);
        start("/${key}", new JsonObject().put("ordering", "key").put("max.in.flight", 4));
        put(records(1, 30));
        Map<String, Integer> last = new HashMap<>();
        for (TestServer.Seen seen : server.seen) {
            int offset = new JsonObject(seen.body()).getInteger("o");
            Integer before = last.put(seen.uri(), offset);
            assertThat(before == null || before < offset).isTrue();
        }
        assertThat(server.seen).hasSize(30);
    }

    /** Answers when so many requests are under way at once, the last one first. Called on the server's event loop. */
    private static final class Rounds {
        private final int size;
        private final List<HttpServerResponse> held = new ArrayList<>();

        Rounds(int size) {
            this.size = size;
        }

        void hold(HttpServerResponse response) {
            held.add(response);
            if (held.size() == size) {
                List<HttpServerResponse> round = List.copyOf(held);
                held.clear();
                for (int i = size - 1; i >= 0; i--) {
                    round.get(i).end();
                }
            }
        }
    }

    /** A chain of futures, one for each request, overflows the stack when the last one is answered. */
    @Test
    void thousandsOfRequestsInARowOfOnePartitionAreSent() throws Exception {
        start("/", new JsonObject());
        put(records(1, 4_000));
        assertThat(server.seen).hasSize(4_000);
    }

    @Test
    void thousandsOfRecordsThatNoRequestCanCarryAreRefused() throws Exception {
        start("/x/${key}", new JsonObject());
        List<SinkRecord> unsendable = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            unsendable.add(record(i % 2, i, null, "1"));
        }
        put(unsendable);
        assertThat(context.refused).hasSize(20_000);
        assertThat(server.seen).isEmpty();
    }

    @Test
    void stopEndsWhatWaits() throws Exception {
        answer = (seen, response) -> response.setStatusCode(503).end();
        start("/", new JsonObject().put("retry.backoff.ms", 60_000).put("retry.backoff.max.ms", 60_000));
        var put = context.<io.vertx.core.Future<Void>>call(
                () -> io.vertx.core.Future.succeededFuture(task.put(records(1, 1))));
        while (server.seen.isEmpty()) {
            Thread.onSpinWait();
        }
        context.call(task::stop);
        assertThatThrownBy(() -> TestContext.await(put)).hasCauseInstanceOf(RetriableException.class);
    }
}
