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
 * while an append is on its way is decided together next and goes out in one batch.
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

    /** Appends records as one batch; completes on the controller's context when they are committed. */
    public interface Committer {
        Future<Void> commit(List<MetadataRecord> records);
    }

    /** Told of each new image, before the commands behind it are answered. */
    public interface Listener {
        void onImage(MetadataImage before, MetadataImage after);
    }

    private final Vertx vertx;
    private final Context context;
    private final Committer committer;
    private final Listener listener;
    private final ArrayDeque<Waiting<?>> queue = new ArrayDeque<>();
    private MetadataImage image;
    private boolean committing;
    private @Nullable ThalwegException stopped;

    public Controller(Vertx vertx, Context context, MetadataImage image, Committer committer, Listener listener) {
        this.vertx = vertx;
        this.context = context;
        this.image = image;
        this.committer = committer;
        this.listener = listener;
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
            stopped =
                    new ThalwegException(ErrorCode.NOT_CONTROLLER, "the controller is shutting down; ask again later");
            while (!queue.isEmpty()) {
                queue.poll().fail(stopped);
            }
        });
    }

    private void enqueue(Waiting<?> waiting) {
        if (stopped != null) {
            waiting.fail(stopped);
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
        MetadataImage.Draft draft = image.draft();
        List<MetadataRecord> records = new ArrayList<>();
        List<Waiting<?>> decided = new ArrayList<>();
        while (!queue.isEmpty() && decided.size() < BATCH_MAX) {
            Waiting<?> next = queue.poll();
            if (next.decide(draft, records)) {
                decided.add(next);
            }
        }
        if (records.isEmpty()) {
            decided.forEach(waiting -> waiting.answer(image));
            return;
        }
        committing = true;
        committer.commit(records).onComplete(committed -> {
            committing = false;
            if (committed.succeeded()) {
                publish(draft.build(), decided);
            } else {
                LOGGER.atWarn()
                        .setMessage("metadata change was not committed")
                        .addKeyValue("records", records.size())
                        .addKeyValue("error", committed.cause().getMessage())
                        .log();
                decided.forEach(waiting -> waiting.fail(committed.cause()));
            }
            if (!queue.isEmpty() && !committing) {
                commitNext();
            }
        });
    }

    private void publish(MetadataImage next, List<Waiting<?>> decided) {
        MetadataImage before = image;
        image = next;
        listener.onImage(before, next);
        decided.forEach(waiting -> waiting.answer(next));
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
