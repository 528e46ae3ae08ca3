package io.thalweg.connectors.runtime.task;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One instance of one task. Deployed on an event loop, or on a worker or virtual thread for a plugin that blocks; the runner
 * is on an event loop either way, so that a plugin that hangs can still be given up.
 */
public final class ConnectorVerticle extends VerticleBase {

    private final Function<PluginCalls, TaskRunner> newRunner;
    private @Nullable ContextInternal runnerContext;
    private @Nullable TaskRunner runner;

    public ConnectorVerticle(Function<PluginCalls, TaskRunner> newRunner) {
        this.newRunner = newRunner;
    }

    @Override
    public Future<?> start() {
        ContextInternal own = ((ContextInternal) context).unwrap();
        ContextInternal loop = own.isEventLoopContext() ? own : ((VertxInternal) vertx).createEventLoopContext();
        runnerContext = loop;
        return on(loop, () -> {
            TaskRunner made = newRunner.apply(new PluginCalls(own, loop));
            runner = made;
            return made.start();
        });
    }

    /** Not {@link #stop()}: a worker that the plugin blocks would never get there. To be called from any thread. */
    public Future<Void> stopTask() {
        ContextInternal loop = runnerContext;
        if (loop == null) {
            return Future.succeededFuture();
        }
        return on(loop, () -> {
            TaskRunner started = runner;
            return started == null ? loop.succeededFuture() : started.stop();
        });
    }

    private static Future<Void> on(ContextInternal loop, java.util.function.Supplier<Future<Void>> task) {
        Promise<Void> promise = Promise.promise();
        loop.runOnContext(turn -> {
            try {
                task.get().onComplete(promise);
            } catch (RuntimeException failure) {
                promise.fail(failure);
            }
        });
        return promise.future();
    }
}
