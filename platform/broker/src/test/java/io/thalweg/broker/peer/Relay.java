package io.thalweg.broker.peer;

import io.thalweg.broker.Futures;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A wire between two brokers that can be stopped without either end being told. */
final class Relay {

    private final Set<NetSocket> sockets = ConcurrentHashMap.newKeySet();
    private final NetServer server;
    private final NetClient client;
    final int port;
    private volatile boolean stopped;

    Relay(Vertx vertx, int target) {
        client = vertx.createNetClient();
        server = vertx.createNetServer().connectHandler(from -> {
            from.pause();
            client.connect(target, "127.0.0.1").onComplete(connected -> {
                if (connected.failed()) {
                    from.close();
                    return;
                }
                NetSocket to = connected.result();
                sockets.add(from);
                sockets.add(to);
                from.closeHandler(closed -> to.close());
                to.closeHandler(closed -> from.close());
                from.handler(to::write);
                to.handler(from::write);
                if (stopped) {
                    to.pause();
                } else {
                    from.resume();
                }
            });
        });
        port = Futures.await(server.listen(0, "127.0.0.1")).actualPort();
    }

    /** Nothing arrives any more, and nothing is refused. */
    void stop() {
        stopped = true;
        sockets.forEach(NetSocket::pause);
    }

    /** What was held back arrives, and what comes. */
    void resume() {
        stopped = false;
        sockets.forEach(NetSocket::resume);
    }
}
