package io.thalweg.broker.peer;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/** Calls to other brokers, and answers to theirs. */
public interface PeerRpc {

    /**
     * Calls a method of another broker.
     *
     * @param body not changed until the future completes
     * @param deadline at most {@link PeerConfig#deadlineMax}; then the call fails with REQUEST_TIMED_OUT
     * @return what its handler answered, completed on the caller's context. Fails with the handler's own
     *     {@link io.thalweg.log.error.ThalwegException}; with NETWORK_EXCEPTION if the broker is not
     *     connected or the connection ended meanwhile; with THROTTLING_QUOTA_EXCEEDED if too many calls are under way or too much
     *     waits to be sent
     */
    Future<Buffer> call(int broker, short method, Buffer body, Duration deadline);

    /** Answers calls of a method from now on; one handler for each. Any thread. */
    void handle(short method, CallHandler handler);

    /** As {@link #handle}, and brokers that belong to no cluster yet may call it too: to ask to be let in. */
    void handleNewcomers(short method, CallHandler handler);

    /** Serves one method. */
    @FunctionalInterface
    interface CallHandler {

        /**
         * Called on the transport's context, in the order in which the calls of one peer came; does not block.
         *
         * @param from the caller's broker id, which it proved
         * @param body the handler's own
         * @return the answer, of at most {@link PeerConfig#frameBytesMax}; a {@link io.thalweg.log.error.ThalwegException} reaches
         *     the caller as it is, anything else as UNKNOWN_SERVER_ERROR
         */
        Future<Buffer> handle(int from, Buffer body);
    }
}
