package io.thalweg.broker.metadata;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns commands into committed metadata: command, record appended, applied and answered when committed. What queues up
 * while an append is on its way is decided together next and goes out in one batch. Active on one node at a time.
 *
 * <p>{@link #submit} may be called from any thread; everything else runs on the controller's context.
 */
public final class Controller {

    private static final Logger LOGGER = LoggerFactory.getLogger(Controller.class);

    /** Commands waiting; beyond it they are refused. */
    static final int QUEUE_MAX = 10_000;

    private static final int BATCH_MAX = 1000;

    /**
     * Decides one change, without side effects. Refuses it by throwing a ThalwegException.
     *
     * @param <T> the answer
     */
    public interface Command<T> {
        Decision<T> decide(MetadataImage.Draft state);
    }

    /**
     * @param records to be committed; empty if nothing changes
     * @param answer made once they are committed and applied
     */
    public record Decision<T>(List<MetadataRecord> records, Function<MetadataImage, T> answer) {}

    /** Makes decisions durable. */
    public interface Committer {

        /**
         * Appends records as one batch; completes on the controller's context when they are committed and published.
         *
         * @param next what they make of the present image
         */
        Future<Void> commit(List<MetadataRecord> records, MetadataImage next);
    }

    private final Vertx vertx;
    private final Context context;
    private final MetadataState state;
    private final Committer committer;
    private final ArrayDeque<Waiting<?>> queue = new ArrayDeque<>();
    private boolean committing;
    private boolean stopped;
    /** Why nothing is decided here; null while this node is the controller. */
    private @Nullable ThalwegException passive =
            new ThalwegException(ErrorCode.NOT_CONTROLLER, "this node is not the controller; ask the one that is");

    /** Decides nothing before {@link #activate}. */
    public Controller(Vertx vertx, Context context, MetadataState state, Committer committer) {
        this.vertx = vertx;
        this.context = context;
        this.state = state;
        this.committer = committer;
    }

    /** Decides from now on: this node leads the metadata and has applied all that is committed. On the controller's context. */
    public void activate() {
        if (!stopped) {
            passive = null;
        }
    }

    /** Decides no more; what waits is refused. On the controller's context. */
    public void deactivate(String why) {
        if (passive == null) {
            refuseAll(new ThalwegException(ErrorCode.NOT_CONTROLLER, why));
        }
    }

    /** Whether it decides now. On the controller's context. */
    public boolean active() {
        return passive == null;
    }

    private void refuseAll(ThalwegException why) {
        passive = why;
        while (!queue.isEmpty()) {
            queue.poll().fail(why);
        }
    }

    /** Completes on the caller's context with the command's answer, once its change is committed and visible. */
    public <T> Future<T> submit(Command<T> command) {
        PromiseInternal<T> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
        context.runOnContext(nothing -> enqueue(new Waiting<>(command, promise)));
        return promise.future();
    }

    /** Refuses all commands from now on; what is being committed still is. */
    public void stop() {
        context.runOnContext(nothing -> {
            stopped = true;
            refuseAll(
                    new ThalwegException(ErrorCode.NOT_CONTROLLER, "the controller is shutting down; ask again later"));
        });
    }

    private void enqueue(Waiting<?> waiting) {
        ThalwegException refusal = passive;
        if (refusal != null) {
            waiting.fail(refusal);
        } else if (queue.size() >= QUEUE_MAX) {
            waiting.fail(new ThalwegException(
                    ErrorCode.THROTTLING_QUOTA_EXCEEDED,
                    "too many metadata changes are waiting: waiting=" + queue.size() + "; retry later"));
        } else {
            queue.add(waiting);
            if (!committing) {
                commitNext();
            }
        }
    }

    private void commitNext() {
        MetadataImage.Draft draft = state.image().draft();
        List<MetadataRecord> records = new ArrayList<>();
        List<Waiting<?>> decided = new ArrayList<>();
        while (!queue.isEmpty() && decided.size() < BATCH_MAX) {
            Waiting<?> next = queue.poll();
            if (next.decide(draft, records)) {
                decided.add(next);
            }
        }
        if (records.isEmpty()) {
            decided.forEach(waiting -> waiting.answer(state.image()));
            return;
        }
        committing = true;
        committer.commit(records, draft.build()).onComplete(committed -> {
            committing = false;
            if (committed.succeeded()) {
                decided.forEach(waiting -> waiting.answer(state.image()));
            } else {
                LOGGER.atWarn()
                        .setMessage("metadata change was not committed")
                        .addKeyValue("records", records.size())
                        .addKeyValue("error", committed.cause().getMessage())
                        .log();
                Throwable cause = toCaller(committed.cause());
                decided.forEach(waiting -> waiting.fail(cause));
            }
            if (!queue.isEmpty() && !committing) {
                commitNext();
            }
        });
    }

    /** Nobody outside knows of the metadata's partition. */
    private static Throwable toCaller(Throwable failure) {
        return ThalwegException.codeOf(failure) != ErrorCode.NOT_LEADER_OR_FOLLOWER
                ? failure
                : new ThalwegException(
                        ErrorCode.REQUEST_TIMED_OUT,
                        "the controller changed before the change was committed; whether it stays is not known: look, and"
                                + " ask again",
                        failure);
    }

    /** A command, its caller and, once decided, its answer. Confined to the controller's context. */
    private static final class Waiting<T> {
        private final Command<T> command;
        private final Promise<T> promise;
        private @Nullable Function<MetadataImage, T> answer;

        Waiting(Command<T> command, Promise<T> promise) {
            this.command = command;
            this.promise = promise;
        }

        /** @return false if the command was refused, and answered so */
        boolean decide(MetadataImage.Draft draft, List<MetadataRecord> records) {
            try {
                Decision<T> decision = command.decide(draft);
                decision.records().forEach(draft::apply);
                records.addAll(decision.records());
                answer = decision.answer();
                return true;
            } catch (ThalwegException refused) {
                promise.fail(refused);
                return false;
            } catch (RuntimeException defect) {
                LOGGER.atError()
                        .setMessage("a metadata command failed")
                        .setCause(defect)
                        .log();
                promise.fail(new ThalwegException(
                        ErrorCode.UNKNOWN_SERVER_ERROR, "a metadata command failed; see the node's log", defect));
                return false;
            }
        }

        void answer(MetadataImage image) {
            Function<MetadataImage, T> known = answer;
            if (known != null) {
                promise.complete(known.apply(image));
            }
        }

        void fail(Throwable cause) {
            promise.fail(cause);
        }
    }
}
