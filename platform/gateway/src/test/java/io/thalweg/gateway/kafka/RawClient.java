package io.thalweg.gateway.kafka;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/** A client that sends exactly what a test wants, and blocks. */
final class RawClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 120_000;

    private final Socket socket = new Socket();
    private final DataInputStream in;

    RawClient(int port) throws IOException {
        this(port, InetAddress.getLoopbackAddress(), 0);
    }

    RawClient(int port, InetAddress from, int receiveBufferBytes) throws IOException {
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    static byte[] frame(ApiKeys key, short version, int correlationId, ApiMessage body) {
        short headerVersion = key.messageType.requestHeaderVersion(version);
        ByteBuffer header = MessageUtil.toByteBufferAccessor(
                        new RequestHeaderData()
                                .setRequestApiKey(key.id)
                                .setRequestApiVersion(version)
                                .setCorrelationId(correlationId)
                                .setClientId("raw"),
                        headerVersion)
                .buffer();
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(body, version).buffer();
        return ByteBuffer.allocate(4 + header.remaining() + bytes.remaining())
                .putInt(header.remaining() + bytes.remaining())
                .put(header)
                .put(bytes)
                .array();
    }

    void send(ApiKeys key, int version, int correlationId, ApiMessage body) throws IOException {
        send(frame(key, (short) version, correlationId, body));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** The next frame without its length. */
    ByteBuffer receive() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return ByteBuffer.wrap(frame);
    }

    int receiveCorrelationId() throws IOException {
        return receive().getInt();
    }

    /** The next response, which must be the one to {@code correlationId} and have no byte too many. */
    ApiMessage receive(ApiKeys key, int version, int correlationId) throws IOException {
        ByteBuffer frame = receive();
        ResponseHeaderData header = new ResponseHeaderData(
                new ByteBufferAccessor(frame), key.messageType.responseHeaderVersion((short) version));
        if (header.correlationId() != correlationId) {
            throw new AssertionError(
                    "response to another request: found=" + header.correlationId() + " expected=" + correlationId);
        }
        ApiMessage response = key.messageType.newResponse();
        response.read(new ByteBufferAccessor(frame), (short) version);
        if (frame.hasRemaining()) {
            throw new AssertionError("response has bytes too many: " + frame.remaining());
        }
        return response;
    }

    /** Whether the server closed the connection, within the socket's patience. */
    boolean closedByServer() throws IOException {
        try {
            in.readByte();
            return false;
        } catch (EOFException | SocketException closed) {
            return true;
        }
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
