package io.thalweg.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an attacker or a broken program sends: a clear refusal, and the door goes on serving (scenarios 33, 36, 37). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileInputIT {
    private static final int CONNECTIONS_MAX = 40;
    private static final int FIRST_REQUEST_MILLIS = 1_500;
    private static final int PATIENCE_MILLIS = 120_000;

    private Path directory;
    private DoorFixture door;

    @BeforeAll
    void start(@TempDir Path temporary) {
        directory = temporary;
        HttpLimits limits = HttpLimits.defaults();
        HttpLimits tight = new HttpLimits(
                limits.bodyBytesMax(),
                limits.headerBytesMax(),
                limits.urlBytesMax(),
                CONNECTIONS_MAX,
                CONNECTIONS_MAX,
                FIRST_REQUEST_MILLIS,
                limits.bodyMillis(),
                3_000,
                limits.heartbeatMillis(),
                limits.slowReaderMillis(),
                limits.streamBufferBytesMax(),
                limits.streamsMax(),
                limits.publishBytesInFlightMax(),
                limits.readRecordsMax(),
                limits.readBytesMax(),
                limits.readWaitMillisMax(),
                limits.idempotencyKeysMax(),
                limits.idempotencyTtlMillis());
        door = new DoorFixture(
                directory,
                HttpGatewayConfig.defaults()
                        .withInstances(2)
                        .withLimits(tight)
                        .withAllowedOrigins(java.util.Set.of("https://console.example")));
        door.createTopic("flights", 1);
    }

    @AfterEach
    void stillServes() {
        assertThat(door.get("/health/live").statusCode()).isEqualTo(200);
        HttpResponse<String> published = door.publish("flights", "text/plain", "still here");
        assertThat(published.statusCode()).as(published.body()).isEqualTo(200);
    }

    @AfterAll
    void stop() {
        door.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "%2e%2e",
                "%2e%2e%2fx",
                "..%2f..%2fetc%2fpasswd",
                "..%5c..%5cx",
                "a%00b",
                "a%20b",
                "a%2fb",
                "%ff",
                "a%0d%0ab",
                "a;b",
                "caf%c3%a9",
                "CON%3a",
                "*",
                "%zz",
                "%"
            })
    void hostileTopicNamesAreRefusedAndLeaveNothingOnDisk(String name) throws IOException {
        List<Path> before = files();
        for (String request : List.of(
                "POST /v1/topics/" + name + "/records",
                "GET /v1/topics/" + name + "/records",
                "GET /v1/topics/" + name,
                "DELETE /v1/topics/" + name,
                "GET /v1/topics/" + name + "/events",
                "POST /topics/" + name)) {
            String answer =
                    raw(request + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/vnd.kafka.json.v2+json\r\n"
                            + "Content-Length: 27\r\nConnection: close\r\n\r\n{\"records\":[{\"value\":\"x\"}]}");
            assertThat(status(answer)).as(request + "\n" + answer).isIn(400, 404, 405);
        }

        assertThat(files()).isEqualTo(before);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isDirectory).sorted().toList();
        }
    }

    @Test
    void nameThatIsTooLongIsRefused() {
        assertThat(door.publish("x".repeat(250), "text/plain", "v").statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LOCALHOST:1234, 200",
        "127.0.0.1, 200",
        "[::1]:80, 200",
        "evil.example, 421",
        "localhost.evil.example, 421",
        "127.0.0.1.evil.example:80, 421",
        "localhost@evil.example, 421",
        "0x7f000001, 421"
    })
    void onlyOwnHostsAreServed(String host, int status) {
        assertThat(status(raw("GET /health/live HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost, 200",
        "https://console.example, 200",
        "https://localhost, 403",
        "http://localhost:81, 403",
        "http://evil.example, 403",
        "http://localhost.evil.example, 403",
        "https://console.example.evil, 403",
        "null, 403"
    })
    void onlyOwnOriginsArePublishedFor(String origin, int status) {
        for (String type : List.of("text/plain", "application/json")) {
            String body = type.equals("text/plain") ? "x" : "{\"records\":[{\"value\":1}]}";
            assertThat(status(raw("POST /v1/topics/flights/records HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin
                            + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length()
                            + "\r\nConnection: close\r\n\r\n" + body)))
                    .as(type)
                    .isEqualTo(status);
        }
        String stream = raw(
                "GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                true);
        assertThat(status(stream)).isEqualTo(status == 200 ? 101 : 403);
        assertThat(stream).doesNotContainIgnoringCase("access-control-allow");
    }

    @Test
    void answersCarryTheSecurityHeaders() {
        for (String path : List.of("/v1/topics", "/nowhere", "/v1/topics/..a/records?x=1")) {
            HttpResponse<String> answer = door.get(path);
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .startsWith("default-src 'none'");
        }
    }

    @Test
    void hugeAndDeepAndBrokenBodiesAreRefusedCheaply() {
        String deep = "{\"records\":[{\"value\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}]}";
        assertThat(door.publish("flights", "application/json", deep).statusCode())
                .isEqualTo(400);
        assertThat(door.publish("flights", "application/json", "{\"records\":[{\"value\":" + "[".repeat(900_000))
                        .statusCode())
                .isEqualTo(400);
        assertThat(door.publish("flights", "application/json", "x".repeat(2_000_000))
                        .statusCode())
                .isEqualTo(413);
        assertThat(door.publish("flights", "application/x-ndjson", "x".repeat(3_000_000))
                        .statusCode())
                .isEqualTo(413);
        for (String body : List.of(
                "",
                "null",
                "[]",
                "{\"records\":null}",
                "{\"records\":[1]}",
                "{\"records\":[{\"value\":1}]}x",
                "\ud800")) {
            assertThat(door.publish("flights", "application/json", body).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(door.json("POST", "/v1/topics", "{\"name\":7}").statusCode()).isEqualTo(400);
        assertThat(door.json("POST", "/v1/topics", "{\"name\":\"a\",\"partitions\":\"x\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(door.json("POST", "/v1/topics", "{\"name\":\"a\",\"partitions\":99999999999}")
                        .statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0", "limit=x", "limit=99999999999", "wait=-1", "wait=9999999", "partition=-1", "partition=x",
                "from=-5", "from=yesterday", "from=99999999999999999999", "from=c", "from=c%00", "maxBytes=0",
                        "colour=red",
                "from=1&from=2", "from=1969-12-31T00:00:00Z"
            })
    void senselessQueriesAreInvalid(String query) {
        assertThat(door.get("/v1/topics/flights/records?" + query).statusCode())
                .as(query)
                .isEqualTo(400);
    }

    @Test
    void missingPartitionIsNotFoundAndWrongMethodIsNotAllowed() {
        assertThat(door.get("/v1/topics/flights/records?partition=9").statusCode())
                .isEqualTo(404);
        assertThat(door.json("PUT", "/v1/topics/flights", "{}").statusCode()).isEqualTo(405);
        assertThat(door.get("/v2/topics").statusCode()).isEqualTo(404);
        assertThat(door.get("/v1/stream").statusCode()).isEqualTo(426);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/9.9\r\n\r\n",
                "\u0000\u0001\u0002\r\n\r\n",
                "GET /v1/topics HTTP/1.1\r\n\r\n",
                "POST /v1/topics/flights/records HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\nx",
                "POST /v1/topics/flights/records HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\nx",
                "POST /v1/topics/flights/records HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "POST /v1/topics/flights/records HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabcd",
                "POST /v1/topics/flights/records HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000000\r\n\r\nx"
            })
    void brokenRequestsAreRefusedOrCut(String request) {
        String answer = raw(request);
        assertThat(answer.isEmpty() ? 400 : status(answer)).as(answer).isIn(400, 413, 421, 501, 505);
        assertThat(answer).doesNotContain("Exception", "\tat ");
    }

    @Test
    void hugeHeadersAndLinesAreRefused() {
        assertThat(status(raw("GET /v1/topics?x=" + "y".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n")))
                .isEqualTo(414);
        assertThat(status(raw("GET /v1/topics HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(40_000) + "\r\n\r\n")))
                .isEqualTo(431);
    }

    @Test
    void floodOfSilentConnectionsDoesNotShutAClientOut() throws IOException {
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 3 * CONNECTIONS_MAX; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
            socket.getOutputStream().write("GET /hea".getBytes(ISO_8859_1));
            silent.add(socket);
        }

        assertThat(status(raw("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")))
                .isEqualTo(200);
        while (door.gateway().metrics().connectionsOpen() > CONNECTIONS_MAX) {
            Thread.onSpinWait();
        }
        for (Socket socket : silent) {
            // Each is closed by the server, at once or after the time for a first request.
            socket.setSoTimeout(PATIENCE_MILLIS);
            try (socket) {
                assertThat(socket.getInputStream().read()).isNegative();
            } catch (SocketException reset) {
                assertThat(reset).hasMessageContaining("reset");
            }
        }
    }

    private String raw(String request) {
        return raw(request, false);
    }

    /** Sends bytes and reads until the server closes; only the head if that is all that is wanted. */
    private String raw(String request, boolean headOnly) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(ISO_8859_1));
            out.flush();
            StringBuilder answer = new StringBuilder();
            for (int b = socket.getInputStream().read();
                    b >= 0;
                    b = socket.getInputStream().read()) {
                answer.append((char) b);
                if (headOnly && answer.toString().endsWith("\r\n\r\n")) {
                    break;
                }
            }
            return answer.toString();
        } catch (SocketException reset) {
            return "";
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static int status(String answer) {
        return answer.isEmpty() ? 0 : Integer.parseInt(answer.split(" ")[1]);
    }
}
