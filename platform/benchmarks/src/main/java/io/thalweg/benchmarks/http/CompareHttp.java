package io.thalweg.benchmarks.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Requests a second of POSTing 1 KB records on 32 connections: a bare vertx-web handler and Thalweg in turn. */
public final class CompareHttp {

    private static final int CONNECTIONS = 32;
    private static final int SECONDS = 10;
    private static final int ROUNDS = 3;
    private static final int RECORD_BYTES = 1_024;

    private CompareHttp() {}

    public static void main(String[] arguments) throws Exception {
        Path jar = Path.of(arguments.length > 0 ? arguments[0] : "platform/launcher/target/thalweg.jar");
        String durability = arguments.length > 1 ? arguments[1] : "fsync";
        Path directory = Files.createTempDirectory("thalweg-http");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        int barePort = freePort();
        int thalwegPort = freePort();
        Process bare = start(
                directory.resolve("bare.txt"),
                List.of(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        BareServer.class.getName(),
                        Integer.toString(barePort)));
        Process thalweg = start(
                directory.resolve("thalweg.txt"),
                List.of(
                        java,
                        "-jar",
                        jar.toString(),
                        "start",
                        "--data-dir",
                        directory.resolve("data").toString(),
                        "--http",
                        "127.0.0.1:" + thalwegPort,
                        "--kafka",
                        "127.0.0.1:0",
                        "--event-bus",
                        "127.0.0.1:0",
                        "--set",
                        "log.durability=" + durability));
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
        try {
            awaitOpen(barePort);
            awaitOpen(thalwegPort);
            createTopic(vertx, thalwegPort);
            Buffer raw = Buffer.buffer(new byte[RECORD_BYTES]);
            Buffer json =
                    Buffer.buffer("{\"records\":[{\"key\":\"k\",\"value\":\"" + "v".repeat(RECORD_BYTES) + "\"}]}");
            measure(vertx, "raw", "application/octet-stream", raw, barePort, thalwegPort);
            measure(vertx, "json", "application/json", json, barePort, thalwegPort);
        } finally {
            bare.destroy();
            thalweg.destroy();
            thalweg.waitFor(20, TimeUnit.SECONDS);
            await(vertx.close());
        }
    }

    private static void measure(Vertx vertx, String name, String type, Buffer body, int barePort, int thalwegPort)
            throws Exception {
        HttpLoad bare = new HttpLoad(vertx, barePort, type, body, CONNECTIONS);
        HttpLoad thalweg = new HttpLoad(vertx, thalwegPort, type, body, CONNECTIONS);
        run(vertx, bare, SECONDS);
        run(vertx, thalweg, SECONDS);
        for (int round = 0; round < ROUNDS; round++) {
            double bareRate = run(vertx, bare, SECONDS);
            double thalwegRate = run(vertx, thalweg, SECONDS);
            System.out.printf(
                    Locale.ROOT,
                    "%s: bare %,.0f req/s, thalweg %,.0f req/s, ratio %.2f%n",
                    name,
                    bareRate,
                    thalwegRate,
                    thalwegRate / bareRate);
        }
    }

    private static double run(Vertx vertx, HttpLoad load, int seconds) throws Exception {
        io.vertx.core.Promise<Long> done = io.vertx.core.Promise.promise();
        vertx.runOnContext(start -> load.run(seconds).onComplete(done));
        return await(done.future()) / (double) seconds;
    }

    private static void createTopic(Vertx vertx, int port) throws Exception {
        HttpClientAgent client = vertx.createHttpClient();
        await(client.request(HttpMethod.POST, port, "127.0.0.1", "/v1/topics")
                .compose(request -> request.putHeader("Content-Type", "application/json")
                        .send("{\"name\":\"bench\",\"partitions\":6}"))
                .compose(response -> response.statusCode() < 300
                        ? Future.succeededFuture()
                        : Future.failedFuture("topic was not created: status=" + response.statusCode())));
    }

    private static Process start(Path output, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static void awaitOpen(int port) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return;
            } catch (IOException notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
                Thread.sleep(20);
            }
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
