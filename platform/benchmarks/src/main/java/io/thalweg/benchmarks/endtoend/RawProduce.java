package io.thalweg.benchmarks.endtoend;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** One record published by hand to partition 0, so that a client's own start-up does not count in a broker's. */
final class RawProduce {

    private static final short METADATA = 3;
    private static final short METADATA_VERSION = 4;
    private static final short PRODUCE = 0;
    private static final short PRODUCE_VERSION = 7;
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int BATCH_HEADER_BYTES = 61;
    private static final int CRC_COVERS_FROM = 21;

    private RawProduce() {}

    /** Creates the topic if it is absent, then returns when the record was acknowledged with acks=all. */
    static void acknowledged(String bootstrap, String topic) throws IOException {
        int port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            ByteBuffer metadata = ByteBuffer.allocate(256);
            header(metadata, METADATA, METADATA_VERSION);
            metadata.putInt(1).putShort((short) name.length).put(name).put((byte) 1);
            exchange(socket, metadata);
            ByteBuffer produce = ByteBuffer.allocate(512);
            header(produce, PRODUCE, PRODUCE_VERSION);
            ByteBuffer batch = batch();
            produce.putShort((short) -1).putShort((short) -1).putInt(TIMEOUT_MILLIS);
            produce.putInt(1).putShort((short) name.length).put(name);
            produce.putInt(1).putInt(0).putInt(batch.remaining()).put(batch);
            ByteBuffer answer = exchange(socket, produce);
            // correlation id, topic count, name, partition count, partition index, error
            short error = answer.getShort(4 + 4 + 2 + name.length + 4 + 4);
            if (error != 0) {
                throw new IOException("record was refused: error=" + error);
            }
        }
    }

    private static void header(ByteBuffer request, short key, short version) {
        request.putInt(0).putShort(key).putShort(version).putInt(1).putShort((short) -1);
    }

    private static ByteBuffer exchange(Socket socket, ByteBuffer request) throws IOException {
        request.flip();
        request.putInt(0, request.remaining() - 4);
        byte[] bytes = new byte[request.remaining()];
        request.get(bytes);
        socket.getOutputStream().write(bytes);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        return ByteBuffer.wrap(answer);
    }

    /** A batch of magic 2 with one record without a key and a value of four bytes. */
    private static ByteBuffer batch() {
        byte[] record = {0, 0, 0, 1, 8, 'd', 'o', 'n', 'e', 0};
        ByteBuffer batch = ByteBuffer.allocate(BATCH_HEADER_BYTES + 1 + record.length);
        batch.putLong(0).putInt(batch.capacity() - 12).putInt(-1).put((byte) 2).putInt(0);
        batch.putShort((short) 0).putInt(0);
        long now = System.currentTimeMillis();
        batch.putLong(now)
                .putLong(now)
                .putLong(-1)
                .putShort((short) -1)
                .putInt(-1)
                .putInt(1);
        batch.put((byte) (record.length * 2)).put(record);
        CRC32C crc = new CRC32C();
        crc.update(batch.array(), CRC_COVERS_FROM, batch.capacity() - CRC_COVERS_FROM);
        batch.putInt(17, (int) crc.getValue());
        batch.flip();
        return batch;
    }
}
