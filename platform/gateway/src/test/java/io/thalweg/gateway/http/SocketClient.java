package io.thalweg.gateway.http;

import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket client whose every message is held against the OpenAPI description. */
final class SocketClient implements AutoCloseable {
    private static final long SECONDS_MAX = 120;

    private final WebSocketClient client;
    private final WebSocket socket;
    private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();

    private SocketClient(WebSocketClient client, WebSocket socket) {
        this.client = client;
        this.socket = socket;
        socket.textMessageHandler(text -> received.add(new JsonObject(text)));
        socket.resume();
    }

    static SocketClient open(DoorFixture door) {
        WebSocketClient client = door.vertx().createWebSocketClient();
        WebSocket socket = DoorFixture.await(client.connect(new WebSocketConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(door.port())
                        .setURI("/v1/stream"))
                .onSuccess(WebSocket::pause));
        return new SocketClient(client, socket);
    }

    void send(JsonObject message) {
        DoorFixture.await(socket.writeTextMessage(message.encode()));
    }

    void sendText(String text) {
        DoorFixture.await(socket.writeTextMessage(text));
    }

    WebSocket socket() {
        return socket;
    }

    /** The next message. */
    JsonObject next() {
        try {
            JsonObject message = received.poll(SECONDS_MAX, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("no message came");
            }
            OpenApiContract.check(OpenApiContract.schema("SocketMessage"), message, message.encode());
            return message;
        } catch (InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    JsonObject next(String op) {
        JsonObject message = next();
        if (!message.getString("op").equals(op)) {
            throw new AssertionError("expected " + op + ", but got " + message);
        }
        return message;
    }

    /** Messages that came and were not taken. */
    int waiting() {
        return received.size();
    }

    JsonArray records(int count) {
        JsonArray records = new JsonArray();
        while (records.size() < count) {
            next("records").getJsonArray("records").forEach(records::add);
        }
        return records;
    }

    @Override
    public void close() {
        DoorFixture.await(client.close());
    }
}
