package io.thalweg.broker.peer;

import io.thalweg.environment.Timers;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls to one peer that wait for their answer. Every call ends once: answered, late, or with the connection. */
final class PendingCalls {

    private final PeerNode node;
    private final int broker;
    private final Map<Long, Pending> pending = new HashMap<>();
    private long correlation;

    private record Pending(Promise<Buffer> promise, Timers.Timer deadline) {}

    PendingCalls(PeerNode node, int broker) {
        this.node = node;
        this.broker = broker;
    }

    int size() {
        return pending.size();
    }

    /** @return the call's correlation */
    long add(short method, Duration deadline, Promise<Buffer> promise) {
        long id = correlation++;
        Timers.Timer timer = node.later(deadline.toMillis(), () -> {
            Pending late = pending.remove(id);
            if (late != null) {
                late.promise()
                        .fail(new ThalwegException(
                                ErrorCode.REQUEST_TIMED_OUT,
                                "no answer: broker=" + broker + " method=" + method + " within " + deadline.toMillis()
                                        + " ms"));
            }
        });
        pending.put(id, new Pending(promise, timer));
        return id;
    }

    /** Of a call that is not waited for any more: nothing. */
    void onResponse(Buffer body) throws PeerProtocolException {
        if (body.length() < PeerFrames.RESPONSE_HEAD_BYTES) {
            throw new PeerProtocolException("response is too short: bytes=" + body.length());
        }
        Pending call = pending.remove(body.getLong(0));
        if (call == null) {
            return;
        }
        call.deadline().cancel();
        short error = body.getShort(Long.BYTES);
        Buffer rest = body.slice(PeerFrames.RESPONSE_HEAD_BYTES, body.length());
        if (error == ErrorCode.NONE.code()) {
            call.promise().complete(rest);
        } else {
            call.promise().fail(new ThalwegException(ErrorCode.of(error), rest.toString()));
        }
    }

    void failAll(@Nullable String why) {
        List<Pending> all = new ArrayList<>(pending.values());
        pending.clear();
        for (Pending call : all) {
            call.deadline().cancel();
            call.promise().fail(disconnected(broker, why));
        }
    }

    static ThalwegException disconnected(int broker, @Nullable String why) {
        return new ThalwegException(
                ErrorCode.NETWORK_EXCEPTION,
                "broker=" + broker + " is not connected" + (why == null ? "" : ": " + why) + "; retry later");
    }
}
