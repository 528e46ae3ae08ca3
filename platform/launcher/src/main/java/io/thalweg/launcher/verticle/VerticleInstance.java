package io.thalweg.launcher.verticle;

import io.thalweg.environment.Clock;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A shell around one object of the user's. The shell is deployed before the code in it starts, so that Vert.x knows the
 * deployment, and can end it, whatever that code does; and it has an ear on the context that the code runs on. Safe from any
 * thread.
 */
final class VerticleInstance implements Deployable {

    private final Deployable verticle;
    private final Clock clock;
    private final Handler<Throwable> thrown;

    private volatile @Nullable Context context;
    private volatile boolean started;
    /** What the context was asked and has not answered. */
    private volatile @Nullable Question open;

    private record Question(long askedNanos, long askedMillis) {}

    /** @param thrown told of what the code throws in a handler */
    VerticleInstance(Deployable verticle, Clock clock, Handler<Throwable> thrown) {
        this.verticle = verticle;
        this.clock = clock;
        this.thrown = thrown;
    }

    /** The shell's own. Completes before any code of the user's runs on the context, so that nothing can keep it back. */
    @Override
    public Future<?> deploy(Context ownContext) {
        context = ownContext;
        ownContext.exceptionHandler(thrown);
        return Future.succeededFuture();
    }

    /** Starts the code in a deployed shell. The future is bound to no context: it is heard of even if the code blocks next. */
    Future<Void> start() {
        Context on = Objects.requireNonNull(context);
        Promise<Void> heard = Promise.promise();
        on.runOnContext(turn -> {
            try {
                verticle.deploy(on).onComplete(outcome -> {
                    started = outcome.succeeded();
                    if (outcome.succeeded()) {
                        heard.tryComplete();
                    } else {
                        heard.tryFail(outcome.cause());
                    }
                });
            } catch (Throwable refused) {
                heard.tryFail(refused);
            }
        });
        return heard.future();
    }

    /** Whether the code's own start completed. */
    boolean started() {
        return started;
    }

    /** The user's code is stopped only if it had started, as Vert.x does it. */
    @Override
    public Future<?> undeploy(Context ownContext) throws Exception {
        return started ? verticle.undeploy(ownContext) : Future.succeededFuture();
    }

    /** Asks the context to answer, unless a question is open. */
    void ask() {
        Context asked = context;
        if (asked == null || open != null) {
            return;
        }
        open = new Question(clock.monotonicNanos(), clock.wallMillis());
        asked.runOnContext(answered -> open = null);
    }

    /** Since when the context has not answered, in milliseconds since the epoch; -1 if that is not for {@code leastNanos}. */
    long silentSinceMillis(long leastNanos) {
        Question question = open;
        return question != null && clock.monotonicNanos() - question.askedNanos >= leastNanos
                ? question.askedMillis
                : -1;
    }
}
