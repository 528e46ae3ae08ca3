package io.thalweg.connectors.runtime.spread;

import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.StoredPosition;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.Message;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has the seated node store the positions of one task, in their order. While nobody is seated they wait; once the seat says that
 * another instance runs the task, none is taken any more. Confined to the worker's context, but for {@link #put}.
 */
final class PositionRelay implements OffsetStore.Relay {

    private static final int BATCH_MAX = 500;
    private static final int WAITING_MAX = 100_000;
    private static final long ASK_MILLIS = 10_000;
    private static final long AGAIN_MILLIS = 100;

    /** What the relay needs of the task and of the node. */
    interface Terms {

        /** The instance, as the seated node knows it; null while it does not. */
        @Nullable
        JsonObject current();

        String seatAddress();

        /** Somebody else runs the task. */
        void onFenced();
    }

    private record Waiting(JsonObject put, Promise<Void> stored, long sinceNanos) {}

    private final VertxInternal vertx;
    private final ContextInternal context;
    private final Terms terms;
    private final long deliveryNanos;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean busy;
    private @Nullable String over;

    PositionRelay(VertxInternal vertx, ContextInternal context, Terms terms, long deliveryMillis) {
        this.vertx = vertx;
        this.context = context;
        this.terms = terms;
        this.deliveryNanos = deliveryMillis * 1_000_000;
    }

    @Override
    public Future<Void> put(JsonObject partition, @Nullable StoredPosition position) {
        Promise<Void> stored = vertx.getOrCreateContext().promise();
        JsonObject put = new JsonObject()
                .put(Wire.PARTITION, partition.copy())
                .put(Wire.POSITION, position == null ? null : position.toJson());
        context.runOnContext(turn -> {
            if (over != null || waiting.size() >= WAITING_MAX) {
                stored.fail(new IllegalStateException(over != null ? over : "too many positions wait to be stored"));
                return;
            }
            waiting.addLast(new Waiting(put, stored, System.nanoTime()));
            flush();
        });
        return stored.future();
    }

    private void flush() {
        if (busy || over != null || waiting.isEmpty()) {
            return;
        }
        busy = true;
        JsonObject current = terms.current();
        if (current == null) {
            again("no node is seated");
            return;
        }
        JsonArray puts = new JsonArray();
        waiting.stream().limit(BATCH_MAX).forEach(each -> puts.add(each.put));
        vertx.eventBus()
                .<JsonObject>request(
                        terms.seatAddress(),
                        current.put(Wire.VERB, Wire.PUT).put(Wire.PUTS, puts),
                        Wire.within(ASK_MILLIS))
                .onComplete(answer -> context.runOnContext(turn -> onAnswer(puts.size(), answer)));
    }

    private void onAnswer(int count, AsyncResult<Message<JsonObject>> answer) {
        if (over != null) {
            return;
        }
        if (answer.succeeded()) {
            busy = false;
            take(count).forEach(each -> each.stored.complete());
            flush();
            return;
        }
        switch (Wire.codeOf(answer.cause())) {
            case Wire.NOT_CURRENT -> {
                close("another instance runs the task by now");
                terms.onFenced();
            }
            case Wire.REFUSED -> {
                busy = false;
                take(count).forEach(each -> each.stored.fail(answer.cause()));
                flush();
            }
            default -> again(String.valueOf(answer.cause().getMessage()));
        }
    }

    private List<Waiting> take(int count) {
        List<Waiting> taken = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            taken.add(waiting.removeFirst());
        }
        return taken;
    }

    private void again(String why) {
        Waiting oldest = waiting.peekFirst();
        if (oldest != null && System.nanoTime() - oldest.sinceNanos > deliveryNanos) {
            take(waiting.size())
                    .forEach(each -> each.stored.fail(
                            new IllegalStateException("the position was not stored by the seated node: " + why)));
            busy = false;
            return;
        }
        context.setTimer(AGAIN_MILLIS, due -> {
            busy = false;
            flush();
        });
    }

    /** What waits fails. */
    void close(String why) {
        if (over == null) {
            over = why;
            take(waiting.size()).forEach(each -> each.stored.fail(new IllegalStateException(why)));
        }
    }
}
