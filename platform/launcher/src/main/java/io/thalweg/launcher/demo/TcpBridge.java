package io.thalweg.launcher.demo;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The Vert.x TCP bridge's wire format: a length in 4 bytes, then JSON. Confined to the socket's context. */
final class TcpBridge {

    private static final int LENGTH_BYTES = 4;

    private final NetSocket socket;
    private final Map<String, Promise<JsonObject>> replies = new HashMap<>();
    private final Map<String, Consumer<JsonObject>> handlers = new HashMap<>();
    private long nextReply;

    TcpBridge(NetSocket socket) {
        this.socket = socket;
        RecordParser parser = RecordParser.newFixed(LENGTH_BYTES);
        boolean[] inBody = {false};
        parser.handler(buffer -> {
            if (inBody[0]) {
                parser.fixedSizeMode(LENGTH_BYTES);
                inBody[0] = false;
                onFrame(buffer.toJsonObject());
            } else {
                parser.fixedSizeMode(buffer.getInt(0));
                inBody[0] = true;
            }
        });
        socket.handler(parser);
        socket.closeHandler(closed -> {
            Map<String, Promise<JsonObject>> open = new HashMap<>(replies);
            replies.clear();
            open.values().forEach(reply -> reply.tryFail(new DemoFailure("the event-bus door closed the connection")));
        });
    }

    /** Sends and completes with the reply's body. */
    Future<JsonObject> request(String address, JsonObject body) {
        String replyAddress = "reply." + nextReply++;
        Promise<JsonObject> reply = Promise.promise();
        replies.put(replyAddress, reply);
        write(new JsonObject()
                .put("type", "send")
                .put("address", address)
                .put("replyAddress", replyAddress)
                .put("body", body));
        return reply.future();
    }

    void send(String address, JsonObject body) {
        write(new JsonObject().put("type", "send").put("address", address).put("body", body));
    }

    void register(String address, Consumer<JsonObject> handler) {
        handlers.put(address, handler);
        write(new JsonObject().put("type", "register").put("address", address));
    }

    Future<Void> close() {
        return socket.close();
    }

    private void write(JsonObject frame) {
        Buffer body = frame.toBuffer();
        socket.write(Buffer.buffer(LENGTH_BYTES + body.length())
                .appendInt(body.length())
                .appendBuffer(body));
    }

    private void onFrame(JsonObject frame) {
        String address = frame.getString("address", "");
        Promise<JsonObject> reply = replies.remove(address);
        if (frame.getString("type", "").equals("err")) {
            DemoFailure failure = new DemoFailure("the event-bus door answered: " + frame.encode());
            if (reply != null) {
                reply.fail(failure);
            } else {
                replies.values().forEach(open -> open.tryFail(failure));
            }
        } else if (reply != null) {
            reply.complete(frame.getJsonObject("body", new JsonObject()));
        } else if (handlers.containsKey(address)) {
            handlers.get(address).accept(frame.getJsonObject("body", new JsonObject()));
        }
    }
}
