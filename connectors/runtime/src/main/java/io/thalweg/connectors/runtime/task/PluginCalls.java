package io.thalweg.connectors.runtime.task;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Supplier;

/** Calls a plugin on its context and brings the outcome to the runner's. Whatever it throws fails the future. */
public final class PluginCalls {

    private final Context plugin;
    private final ContextInternal runner;

    PluginCalls(Context plugin, ContextInternal runner) {
        this.plugin = plugin;
        this.runner = runner;
    }

    public ContextInternal runner() {
        return runner;
    }

    /** To be called on the runner's context. */
    public <T> Future<T> call(Supplier<Future<T>> method) {
        Promise<T> promise = runner.promise();
        if (plugin == runner) {
            guarded(method).onComplete(promise); // which a plugin may complete from any thread
        } else {
            plugin.runOnContext(turn -> guarded(method).onComplete(promise));
        }
        return promise.future();
    }

    @SuppressWarnings("CatchingUnchecked")
    private <T> Future<T> guarded(Supplier<Future<T>> method) {
        try {
            Future<T> outcome = method.get();
            return outcome != null
                    ? outcome
                    : Future.failedFuture(new IllegalStateException("the plugin returned no future"));
        } catch (Throwable thrown) {
            if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
                throw fatal;
            }
            return Future.failedFuture(thrown);
        }
    }
}
