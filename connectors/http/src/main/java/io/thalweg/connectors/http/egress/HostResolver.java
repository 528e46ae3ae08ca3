package io.thalweg.connectors.http.egress;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;

/** The addresses of a host. */
@FunctionalInterface
public interface HostResolver {

    /** At least one, in the order to try. Fails with {@link java.net.UnknownHostException}. */
    Future<List<InetAddress>> resolve(String host);

    /** As the JVM resolves names, on a worker thread. */
    static HostResolver system(Vertx vertx) {
        return host -> vertx.executeBlocking(() -> List.of(InetAddress.getAllByName(host)), false);
    }
}
