package io.thalweg.broker.peer;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** Somebody who dials a broker and sends what he likes. */
final class RawPeer implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    RawPeer(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    void send(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void sendFrame(int type, byte... body) throws IOException {
        out.writeInt(1 + body.length);
        out.writeByte(type);
        out.write(body);
        out.flush();
    }

    /** Its type and body; null once the broker ended the connection. */
    byte[] frame() throws IOException {
        try {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return frame;
        } catch (EOFException | SocketException ended) {
            return null;
        }
    }

    /** Returns once the broker ended the connection; whatever it says before is skipped. */
    void awaitEnd() throws IOException {
        try {
            while (in.read() >= 0) {
                // what it still says
            }
        } catch (SocketException reset) {
            // ended the hard way
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
