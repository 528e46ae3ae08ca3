package io.thalweg.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServer;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two servers that echo, behind one gate. */
@Timeout(120)
class AcceptGateIT {

    private static final int SOCKETS_MAX = 10;
    private static final int CLIENTS = 40;

    private final AcceptGate gate = new AcceptGate();
    private Vertx vertx;

    private NetServer[] start(boolean nativeTransport) throws Exception {
        VertxOptions options = new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(nativeTransport);
        vertx = Vertx.builder()
                .with(options)
                .withTransport(gate.transport(options))
                .build();
        gate.bound(SOCKETS_MAX);
        return new NetServer[] {listen(), listen()};
    }

    private NetServer listen() throws Exception {
        return await(vertx.createNetServer()
                .connectHandler(socket -> socket.handler(socket::write))
                .listen(0, "127.0.0.1"));
    }

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoComesWhenAllSocketsAreTakenIsServedOnceOneIsFree(boolean nativeTransport) throws Exception {
        NetServer[] servers = start(nativeTransport);
        Deque<Socket> clients = new ArrayDeque<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), servers[i % 2].actualPort());
                client.getOutputStream().write(i);
                clients.add(client);
            }
            for (int i = 0; i < CLIENTS; i++) {
                // Served in the order in which they came, though more than fit are waiting.
                assertThat(gate.open()).isLessThanOrEqualTo(SOCKETS_MAX + servers.length);
                try (Socket first = clients.removeFirst()) {
                    assertThat(first.getInputStream().read()).isEqualTo(i);
                }
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
