package io.thalweg.system.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many connections of one client address that say little or nothing, and what became of them: one that reads the end of its
 * stream was closed by the node, which must have accepted it first.
 */
final class Flood implements AutoCloseable {
    /** So that the flood has an address of its own; loopback too. */
    private static final String ADDRESS = "127.0.0.2";

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final Selector selector;
    private final List<SocketChannel> connected = new ArrayList<>();
    private final ByteBuffer dropped = ByteBuffer.allocate(4_096);
    private int closed;

    private Flood(Selector selector) {
        this.selector = selector;
    }

    static Flood open() throws IOException {
        return new Flood(Selector.open());
    }

    /** Adds so many, each of which says {@code first}; a connection is made by the kernel, whatever the node does. */
    void connect(int port, int connections, byte[] first) throws IOException {
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = SocketChannel.open();
            connected.add(channel);
            channel.bind(new InetSocketAddress(ADDRESS, 0));
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            try {
                channel.write(ByteBuffer.wrap(first));
            } catch (IOException closedAlready) {
                // Reading says so, too.
            }
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
        }
    }

    int size() {
        return connected.size();
    }

    /** Returns once the node has closed so many in all; how many it has by then. */
    int awaitClosed(int wanted) throws IOException {
        long progressNanos = System.nanoTime();
        while (closed < wanted) {
            int before = closed;
            selector.select(1_000);
            for (SelectionKey ready : selector.selectedKeys()) {
                if (ended((SocketChannel) ready.channel())) {
                    ready.cancel();
                    closed++;
                }
            }
            selector.selectedKeys().clear();
            if (closed > before) {
                progressNanos = System.nanoTime();
            } else if (System.nanoTime() - progressNanos > PATIENCE_NANOS) {
                throw new AssertionError("the node closed no more connections: connected=" + connected.size()
                        + " closed=" + closed + " wanted=" + wanted);
            }
        }
        return closed;
    }

    /** Drops what the node says before it closes. */
    private boolean ended(SocketChannel channel) {
        try {
            dropped.clear();
            return channel.read(dropped) < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : connected) {
            channel.close();
        }
        selector.close();
    }
}
