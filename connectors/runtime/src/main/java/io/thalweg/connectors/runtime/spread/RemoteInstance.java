package io.thalweg.connectors.runtime.spread;

import io.thalweg.connectors.runtime.herder.TaskInstance;
import io.thalweg.connectors.runtime.herder.TaskMovedException;
import io.thalweg.connectors.runtime.task.DeadLetters;
import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** An instance of a task on a node of the cluster, as the seated node sees it. Confined to the herder's context. */
final class RemoteInstance implements TaskInstance {

    private static final long AGAIN_MILLIS = 500;

    /** A task failed on its node, which told how. */
    static final class RemoteTaskException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RemoteTaskException(String trace) {
            super(trace);
        }
    }

    private final SeatTasks seat;
    private final WorkerNode node;
    private final long number;
    private final TaskIdentity identity;
    private final String pluginName;
    private final JsonObject config;
    private final Handler<Throwable> failed;

    private @Nullable Promise<Void> starting;
    private @Nullable Promise<Void> stopping;
    private boolean sent;
    private boolean moving;

    /** It can change nothing any more: its node is no member, or it has stopped. */
    private boolean over;

    RemoteInstance(
            SeatTasks seat,
            WorkerNode node,
            long number,
            TaskIdentity identity,
            String pluginName,
            JsonObject config,
            Handler<Throwable> failed) {
        this.seat = seat;
        this.node = node;
        this.number = number;
        this.identity = identity;
        this.pluginName = pluginName;
        this.config = config;
        this.failed = failed;
    }

    long number() {
        return number;
    }

    TaskIdentity identity() {
        return identity;
    }

    WorkerNode node() {
        return node;
    }

    /** Whether it is to stay where it is, as far as is known. */
    boolean stays() {
        return stopping == null && !over;
    }

    /** It is to leave its node for the sake of balance. */
    void move() {
        moving = true;
    }

    @Override
    public String worker() {
        return node.worker();
    }

    @Override
    public String trace(Throwable failure) {
        return failure instanceof RemoteTaskException remote
                ? String.valueOf(remote.getMessage())
                : DeadLetters.trace(failure);
    }

    @Override
    public Future<Void> start(long startMillis) {
        Promise<Void> started = Promise.promise();
        starting = started;
        // What an instance before this one had stored is in the log before this one reads it.
        seat.settled().onComplete(settled -> {
            if (over || stopping != null) {
                started.tryFail(TaskMovedException.beforeItStarted());
                return;
            }
            sent = true;
            JsonObject message = Wire.about(identity)
                    .put(Wire.CLASS, pluginName)
                    .put(Wire.CONFIG, config)
                    .put(Wire.INSTANCE, number);
            seat.ask(node, Wire.START, message, seat.startMillis()).onComplete(answer -> onStarted(started, answer));
        });
        return started.future();
    }

    private void onStarted(Promise<Void> started, AsyncResult<JsonObject> answer) {
        if (answer.succeeded()) {
            started.tryComplete();
        } else if (Wire.codeOf(answer.cause()) == Wire.TASK_FAILED) {
            started.tryFail(
                    new RemoteTaskException(String.valueOf(answer.cause().getMessage())));
        } else {
            seat.onSilent(node, answer.cause());
            TaskMovedException moved = new TaskMovedException("the node did not start the task: node=" + node.id() + " "
                    + answer.cause().getMessage());
            // Not at once: where nobody answers, it would be tried without end.
            seat.context().setTimer(AGAIN_MILLIS, due -> started.tryFail(moved));
        }
    }

    @Override
    public Future<Void> stop() {
        Promise<Void> ending = stopping;
        if (ending == null) {
            ending = Promise.promise();
            stopping = ending;
            if (over || !sent) {
                end();
            } else {
                askToStop();
            }
        }
        return ending.future();
    }

    private void askToStop() {
        if (over) {
            return;
        }
        seat.ask(node, Wire.STOP, Wire.about(identity).put(Wire.INSTANCE, number), seat.stopMillis())
                .onComplete(answer -> {
                    if (answer.succeeded()) {
                        end();
                    } else if (!over && !seat.closed()) {
                        seat.context().setTimer(AGAIN_MILLIS, due -> askToStop());
                    }
                });
    }

    private void end() {
        over = true;
        seat.forget(this);
        Promise<Void> started = starting;
        if (started != null) {
            started.tryFail(TaskMovedException.beforeItStarted());
        }
        Promise<Void> ending = stopping;
        if (ending != null) {
            ending.tryComplete();
        }
        if (moving) {
            moving = false;
            // Behind the herder, which hears that it has stopped and places the task anew.
            seat.context().runOnContext(turn -> seat.onMoved(identity));
        }
    }

    /** Its node is a member no more: whatever still runs there is refused what it wants to store. */
    void lose(String why) {
        if (!over) {
            boolean told = stopping != null;
            end();
            if (!told) {
                failed.handle(new TaskMovedException(why));
            }
        }
    }

    /** It ended by itself. */
    void onEnded(@Nullable String trace, String why) {
        if (stays()) {
            Throwable failure = trace == null ? new TaskMovedException(why) : new RemoteTaskException(trace);
            Promise<Void> started = starting;
            if (started == null || !started.tryFail(failure)) {
                failed.handle(failure);
            }
        }
    }
}
