package io.thalweg.gateway.kafka.handler;

import io.vertx.core.Future;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Serves one API.
 *
 * @param <Q> the generated request
 */
public interface ApiHandler<Q extends ApiMessage> {

    ApiKeys key();

    /** Called on the connection's event loop. {@code request} may point into the frame until the reply is complete. */
    Future<Reply> handle(Q request, RequestContext context);

    /**
     * Whether the next request of the same kind may start before this one is answered. Only for handlers that give
     * their work to the broker, in order, before {@link #handle} returns.
     */
    default boolean pipelines() {
        return false;
    }
}
