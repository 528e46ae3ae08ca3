package io.thalweg.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleIT {
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private final AssetTree tree = AssetTree.load();
    private String origin = "";

    @BeforeAll
    void serve() throws Exception {
        Router router = Router.router(vertx);
        new Console(vertx).mount(router);
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        origin = "http://127.0.0.1:" + server.actualPort();
    }

    @AfterAll
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/console", "/console/", "/console/topics", "/console/topics/a%2Fb%3Cscript%3E/live?x=%22"})
    void everyAddressOfTheConsoleAnswersWithThePage(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(answer.headers().firstValue("content-security-policy")).contains(Console.POLICY);
        assertThat(answer.headers().firstValue("cache-control")).contains("no-cache");
        assertThat(answer.body()).isEqualTo(tree.index().plain().toString());
    }

    @Test
    void theRootLeadsToTheConsole() throws Exception {
        HttpResponse<String> answer = get("/");
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("location")).contains("/console");
    }

    @Test
    void assetsMayBeKeptForGood() throws Exception {
        for (String path : tree.assets().keySet()) {
            HttpResponse<String> answer = get(asset(path));
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().firstValue("cache-control")).contains("public, max-age=31536000, immutable");
            assertThat(answer.headers().firstValue("etag"))
                    .hasValueSatisfying(tag -> assertThat(tag).matches("\"[0-9a-f]{32}\""));
        }
    }

    @Test
    void whatIsKnownIsNotSentAgain() throws Exception {
        HttpResponse<String> first = get("/console");
        String etag = first.headers().firstValue("etag").orElseThrow();
        HttpResponse<String> second = get("/console", "If-None-Match", "\"other\", " + etag);
        assertThat(second.statusCode()).isEqualTo(304);
        assertThat(second.body()).isEmpty();
        assertThat(get("/console", "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
    }

    @Test
    void compressionHasAnEtagOfItsOwn() throws Exception {
        String path = asset("js/main.js");
        HttpResponse<byte[]> packed = client.send(
                HttpRequest.newBuilder(URI.create(origin + asset("css/base.css")))
                        .header("Accept-Encoding", "br, gzip")
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(packed.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(packed.headers().firstValue("vary")).contains("Accept-Encoding");
        assertThat(packed.headers().firstValue("etag").orElseThrow()).endsWith("-gz\"");
        assertThat(unpacked(packed.body())).isEqualTo(get(asset("css/base.css")).body());
        assertThat(get(path, "Accept-Encoding", "gzip;q=0").headers().firstValue("content-encoding"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/assets/0000000000000000/js/main.js",
                "/console/assets/DIGEST/js/absent.js",
                "/console/assets/DIGEST/importmap.json",
                "/console/assets/DIGEST/../../../Console.class",
                "/console/assets/DIGEST/..%5c..%5cConsole.class",
                "/console/assets/",
            })
    void nothingElseIsServed(String path) throws Exception {
        assertThat(get(path.replace("DIGEST", tree.digest())).statusCode()).isEqualTo(404);
    }

    @Test
    void dotsLeadOnlyToThePage() throws Exception {
        HttpResponse<String> answer = get("/console/assets/" + tree.digest() + "/%2e%2e/%2e%2e/Console.class");
        assertThat(answer.body()).isEqualTo(tree.index().plain().toString());
    }

    @Test
    void headTellsTheLengthAlone() throws Exception {
        HttpResponse<String> head = client.send(
                HttpRequest.newBuilder(URI.create(origin + "/console"))
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("content-length"))
                .contains(Integer.toString(tree.index().plain().length()));
    }

    private String asset(String path) {
        return Console.ASSETS + tree.digest() + "/" + path;
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String unpacked(byte[] gzip) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
