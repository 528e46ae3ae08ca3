package io.thalweg.gateway.eventbus;

import static io.thalweg.gateway.eventbus.EventBusFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import io.vertx.ext.eventbus.bridge.tcp.impl.protocol.FrameHelper;
import io.vertx.ext.eventbus.bridge.tcp.impl.protocol.FrameParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vert.x' own clients, unmodified: its TCP bridge's codec, and its JavaScript clients over SockJS where node is there. */
final class StockClientsIT {

    private static final Path SCRIPT = Path.of("src/test/js/bridge-client.js");
    private static final Path PACKAGES = Path.of("target/js-clients");
    private static final long INSTALL_SECONDS_MAX = 60;

    @TempDir
    Path directory;

    private EventBusFixture node;

    @BeforeEach
    void start() throws Exception {
        node = new EventBusFixture(directory, EventBusGatewayConfig.defaults());
        node.create("js.topic", 1);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    @Test
    void theTcpBridgesOwnCodecUnderstandsTheDoorAndIsUnderstood() throws Exception {
        List<JsonObject> frames = new ArrayList<>();
        Promise<Void> all = Promise.promise();
        NetSocket socket = await(node.vertx.createNetClient().connect(node.gateway.port(), "127.0.0.1"));
        socket.handler(new FrameParser(frame -> {
            frames.add(frame.result());
            JsonObject body = frame.result().getJsonObject("body");
            if ("subscribed".equals(frame.result().getString("address"))) {
                FrameHelper.sendFrame("register", body.getString("address"), null, socket);
            } else if (frames.size() == 5) {
                all.complete();
            }
        }));
        FrameHelper.sendFrame("ping", socket);
        FrameHelper.sendFrame("send", "produce.js.topic", "produced", new JsonObject().put("value", "v"), socket);
        FrameHelper.sendFrame("send", "not.permitted", "denied", new JsonObject(), socket);
        FrameHelper.sendFrame(
                "send", "subscribe.js.topic", "subscribed", new JsonObject().put("from", "earliest"), socket);
        await(all.future());
        assertThat(frames).extracting(frame -> frame.getString("type")).contains("pong", "err", "message");
        assertThat(frames).anySatisfy(frame -> {
            assertThat(frame.getString("address")).startsWith("sub.");
            assertThat(frame.getJsonObject("body").getString("value")).isEqualTo("v");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"vertx3-eventbus-client", "@vertx/eventbus-bridge-client.js"})
    void theJavaScriptClientPublishesFetchesAndSubscribesOverSockJs(String module) throws Exception {
        install();
        Process process = new ProcessBuilder(
                        "node",
                        SCRIPT.toAbsolutePath().toString(),
                        PACKAGES.resolve("node_modules")
                                .resolve(module)
                                .toAbsolutePath()
                                .toString(),
                        "http://127.0.0.1:" + node.http.port() + "/eventbus",
                        "js.topic")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        JsonObject seen = new JsonObject(output);
        assertThat(seen.getJsonObject("produced").getJsonObject("body").getLong("offset"))
                .isEqualTo(4);
        assertThat(seen.getJsonObject("denied").getJsonObject("error").getInteger("failureCode"))
                .isEqualTo(31);
        assertThat(seen.getJsonObject("fetched").getJsonObject("body").getJsonArray("records"))
                .hasSize(2);
        assertThat(seen.getJsonArray("records"))
                .isEqualTo(new JsonArray().add(0).add(1).add(2).add(3).add(4));
        assertThat(seen.getJsonObject("unsubscribed").containsKey("body")).isTrue();
    }

    private static void install() throws IOException, InterruptedException {
        assumeTrue(runs("node", "--version") && runs("npm", "--version"), "node and npm are not on the path");
        if (Files.isDirectory(PACKAGES.resolve("node_modules/@vertx"))) {
            return;
        }
        Files.createDirectories(PACKAGES);
        if (!runs(
                "npm",
                "install",
                "--prefix",
                PACKAGES.toString(),
                "--prefer-offline",
                "--no-audit",
                "--no-fund",
                "vertx3-eventbus-client@3.9.4",
                "@vertx/eventbus-bridge-client.js@1.0.0")) {
            abort("the JavaScript clients could not be installed");
        }
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(INSTALL_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        }
    }
}
