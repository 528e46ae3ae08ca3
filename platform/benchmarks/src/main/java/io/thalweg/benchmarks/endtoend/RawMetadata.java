package io.thalweg.benchmarks.endtoend;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A metadata request by hand, so that a client's own start-up does not count in a broker's. */
final class RawMetadata {

    private static final short METADATA = 3;
    private static final short VERSION = 1;
    private static final int NO_TOPICS = 0;
    private static final int TIMEOUT_MILLIS = 2_000;

    private RawMetadata() {}

    /** Whether a broker at this address answers Metadata v1 now, and knows of so many brokers. */
    static boolean answers(String host, int port, int brokersMin) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(2 + 2 + 4 + 2 + 4);
            out.writeShort(METADATA);
            out.writeShort(VERSION);
            out.writeInt(1);
            out.writeShort(-1);
            out.writeInt(NO_TOPICS);
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int length = in.readInt();
            int correlation = in.readInt();
            int brokers = in.readInt();
            return length > 8 && correlation == 1 && brokers >= brokersMin;
        } catch (IOException notYet) {
            return false;
        }
    }
}
