package io.thalweg.connectors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.connectors.http.egress.AnswerTooLongException;
import io.thalweg.connectors.http.egress.EgressAnswer;
import io.thalweg.connectors.http.egress.EgressClient;
import io.thalweg.connectors.http.egress.EgressDeniedException;
import io.thalweg.connectors.http.egress.EgressRequest;
import io.thalweg.connectors.http.egress.HostResolver;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What may leave the node, against a server that tries everything. 127.0.0.2 stands for what is not allowed. */
class EgressIT {

    private Vertx vertx;
    private TestContext context;
    private TestServer allowed;
    private TestServer denied;
    private EgressClient client;
    private HostResolver resolver;
    private long timeoutMillis = 20_000;
    private final AtomicInteger lookUps = new AtomicInteger();

    @BeforeEach
    void open() throws Exception {
        vertx = Vertx.vertx();
        context = new TestContext(vertx, new HttpSourcePlugin(), new JsonObject());
        allowed = TestServer.open(vertx, "127.0.0.1", this::answer);
        denied = TestServer.open(vertx, "127.0.0.2", (seen, response) -> response.end("secret"));
        resolver = HostResolver.system(vertx);
        client = new EgressClient(
                vertx,
                TestContext.POLICY,
                host -> {
                    lookUps.incrementAndGet();
                    return resolver.resolve(host);
                },
                4);
    }

    @AfterEach
    void close() throws Exception {
        TestContext.await(vertx.close());
    }

    private void answer(TestServer.Seen seen, HttpServerResponse response) {
        switch (seen.uri()) {
            case "/to-denied" ->
                response.setStatusCode(302)
                        .putHeader("Location", "http://127.0.0.2:" + denied.port() + "/")
                        .end();
            case "/to-file" ->
                response.setStatusCode(302)
                        .putHeader("Location", "file:///etc/passwd")
                        .end();
            case "/round" ->
                response.setStatusCode(302).putHeader("Location", "/round").end();
            case "/moved" ->
                response.setStatusCode(308).putHeader("Location", "/here").end();
            case "/elsewhere" ->
                response.setStatusCode(307)
                        .putHeader("Location", "http://localhost:" + allowed.port() + "/here")
                        .end();
            case "/endless" -> endless(response.setChunked(true));
            case "/silent" -> {
                // Never answers.
            }
            case "/slow" -> response.setChunked(true).write("a");
            default -> response.end("hello");
        }
    }

    private static void endless(HttpServerResponse response) {
        response.write(Buffer.buffer(new byte[10_000])).onSuccess(written -> endless(response));
    }

    private EgressRequest request(String url, boolean statusAlone) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .set("Authorization", "s3cret")
                .set("Accept", "*/*");
        return new EgressRequest(
                statusAlone ? HttpMethod.POST : HttpMethod.GET,
                URI.create(url),
                headers,
                Buffer.buffer(statusAlone ? "body" : ""),
                timeoutMillis,
                100_000,
                3,
                statusAlone);
    }

    private EgressAnswer get(String url) throws Exception {
        return context.call(() -> client.send(request(url, false)));
    }

    @Test
    void anAllowedAddressAnswers() throws Exception {
        EgressAnswer answer = get(allowed.url("/"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().toString()).isEqualTo("hello");
    }

    @Test
    void anAddressThatIsNotAllowedIsNeverConnectedTo() {
        assertThatThrownBy(() -> get("http://127.0.0.2:" + denied.port() + "/"))
                .hasCauseInstanceOf(EgressDeniedException.class);
        assertThat(denied.seen).isEmpty();
    }

    @Test
    void aRedirectGoesThroughTheSameFilter() {
        assertThatThrownBy(() -> get(allowed.url("/to-denied"))).hasCauseInstanceOf(EgressDeniedException.class);
        assertThatThrownBy(() -> get(allowed.url("/to-file"))).hasCauseInstanceOf(EgressDeniedException.class);
        assertThat(denied.seen).isEmpty();
    }

    @Test
    void redirectsAreCounted() {
        assertThatThrownBy(() -> get(allowed.url("/round")))
                .hasCauseInstanceOf(EgressDeniedException.class)
                .hasMessageContaining("too many redirects");
        assertThat(allowed.seen).hasSize(4);
    }

    @Test
    void aPostIsRepeatedAfterARedirectThatKeepsIt() throws Exception {
        context.call(() -> client.send(request(allowed.url("/moved"), true)));
        assertThat(allowed.seen.get(1).method()).isEqualTo("POST");
        assertThat(allowed.seen.get(1).body()).isEqualTo("body");
        assertThat(allowed.seen.get(1).header("Authorization")).isEqualTo("s3cret");
    }

    @Test
    void secretsDoNotFollowARedirectToAnotherOrigin() throws Exception {
        resolver = host -> Future.succeededFuture(List.of(loopback(1)));
        context.call(() -> client.send(request(allowed.url("/elsewhere"), true)));
        assertThat(allowed.seen.get(1).uri()).isEqualTo("/here");
        assertThat(allowed.seen.get(1).header("Authorization")).isNull();
        assertThat(allowed.seen.get(1).header("Accept")).isEqualTo("*/*");
    }

    @Test
    void aNameThatIsBoundAnewBetweenCheckAndConnectionLeadsNowhereElse() throws Exception {
        resolver = host -> Future.succeededFuture(List.of(loopback(lookUps.get() == 1 ? 1 : 2)));
        String url = "http://rebound.example:" + allowed.port() + "/";
        assertThat(get(url).body().toString()).isEqualTo("hello");
        assertThat(lookUps).hasValue(1);
        assertThat(allowed.seen.get(0).header("Host")).isEqualTo("rebound.example:" + allowed.port());
        assertThatThrownBy(() -> get(url)).hasCauseInstanceOf(EgressDeniedException.class);
    }

    @Test
    void ofSeveralAddressesOnlyAllowedOnesAreTried() throws Exception {
        resolver = host -> Future.succeededFuture(List.of(loopback(2), loopback(1)));
        assertThat(get("http://both.example:" + allowed.port() + "/").status()).isEqualTo(200);
        assertThat(denied.seen).isEmpty();
    }

    private static InetAddress loopback(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anEndlessAnswerIsCutAtItsBound() {
        assertThatThrownBy(() -> get(allowed.url("/endless")))
                .hasCauseInstanceOf(AnswerTooLongException.class)
                .hasMessageContaining("too long");
    }

    @Test
    void aSilentOrSlowAnswerTimesOut() {
        timeoutMillis = 300;
        assertThatThrownBy(() -> get(allowed.url("/silent"))).hasCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> get(allowed.url("/slow"))).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void theStatusAloneIsThereBeforeAnEndlessBodyEnds() throws Exception {
        assertThat(context.call(() -> client.send(request(allowed.url("/endless"), true)))
                        .status())
                .isEqualTo(200);
    }
}
