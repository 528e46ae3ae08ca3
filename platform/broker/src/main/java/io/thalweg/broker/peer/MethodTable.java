package io.thalweg.broker.peer;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The methods that this broker answers. Methods may be added by any thread. */
final class MethodTable {

    private final Map<Short, Method> methods = new ConcurrentHashMap<>();

    /** @param open whether brokers that belong to no cluster yet may call it */
    private record Method(PeerRpc.CallHandler handler, boolean open) {}

    void add(short method, PeerRpc.CallHandler handler, boolean open) {
        if (methods.putIfAbsent(method, new Method(handler, open)) != null) {
            throw new IllegalArgumentException("method=" + method + " has a handler already");
        }
    }

    /** @param member whether the caller is of this broker's cluster */
    Future<Buffer> call(int from, boolean member, short method, Buffer body) {
        Method found = methods.get(method);
        if (found == null) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "method=" + method + " is not known; is a broker of another version?"));
        }
        if (!member && !found.open()) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
                    "method=" + method + " refused: broker " + from + " belongs to no cluster yet"));
        }
        try {
            return found.handler().handle(from, body);
        } catch (RuntimeException defect) {
            return Future.failedFuture(defect);
        }
    }
}
