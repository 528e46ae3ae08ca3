package io.thalweg.gateway.eventbus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client of the TCP bridge's wire format on a plain socket; blocks. */
final class TcpBridgeClient implements AutoCloseable {

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private int replies;

    TcpBridgeClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) EventBusFixture.SECONDS_MAX * 1_000);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void send(JsonObject frame) throws IOException {
        raw(frame(frame.toBuffer().getBytes()));
    }

    static byte[] frame(byte[] json) {
        return Buffer.buffer().appendInt(json.length).appendBytes(json).getBytes();
    }

    /** The next frame, or null at the end of the stream. */
    JsonObject read() throws IOException {
        try {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            return new JsonObject(new String(bytes, StandardCharsets.UTF_8));
        } catch (EOFException closed) {
            return null;
        }
    }

    /** Whether the server closed the connection, after what it still had to say. */
    boolean closedByServer() throws IOException {
        try {
            JsonObject last;
            do {
                last = read();
            } while (last != null);
            return true;
        } catch (SocketException reset) {
            return true;
        }
    }

    String post(String address, Object body) throws IOException {
        String replyAddress = "reply-" + ++replies;
        JsonObject frame =
                new JsonObject().put("type", "send").put("address", address).put("replyAddress", replyAddress);
        send(body == null ? frame : frame.put("body", body));
        return replyAddress;
    }

    /** Sends, and returns the frame that answers. Frames for other addresses that come before are an error. */
    JsonObject request(String address, Object body) throws IOException {
        String replyAddress = post(address, body);
        JsonObject answer = read();
        if (answer == null || !replyAddress.equals(answer.getString("address"))) {
            throw new AssertionError("expected the answer to " + address + " found=" + answer);
        }
        return answer;
    }

    JsonObject body(String address, Object body) throws IOException {
        JsonObject answer = request(address, body);
        if (!"message".equals(answer.getString("type"))) {
            throw new AssertionError("failed: " + answer);
        }
        return answer.getJsonObject("body");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
