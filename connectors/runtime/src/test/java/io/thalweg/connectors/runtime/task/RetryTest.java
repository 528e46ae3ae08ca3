package io.thalweg.connectors.runtime.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.runtime.convert.Converter;
import io.thalweg.connectors.runtime.policy.Redaction;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.thalweg.connectors.runtime.transform.TransformChain;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RetryTest {

    private final Vertx vertx = Vertx.vertx();
    private final ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
    private boolean stopping;

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @SuppressWarnings("NullAway") // a retry needs no more of its task
    private Retry retry(long timeoutMillis) {
        TaskIdentity identity = new TaskIdentity("c", 0);
        Converter bytes = Converter.named("bytes", false);
        TaskSettings settings =
                new TaskSettings(List.of(), null, bytes, bytes, TransformChain.none(), false, false, timeoutMillis, 1, "", false, 1_000);
        TaskSetup setup = new TaskSetup(
                vertx,
                null,
                identity,
                new JsonObject(),
                new JsonObject(),
                new Redaction(),
                settings,
                TaskLimits.defaults(),
                null,
                null,
                null,
                new TaskMetrics(identity, true),
                null,
                failure -> {});
        return new Retry(context, setup, () -> stopping);
    }

    private <T> Future<T> on(java.util.function.Supplier<Future<T>> task) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(turn -> task.get().onComplete(promise));
        return promise.future();
    }

    /** A chain of futures, one for each attempt, overflows the stack when the last one succeeds. */
    @Test
    void whatSucceedsAfterThousandsOfAttemptsSucceeds() throws Exception {
        Retry retry = retry(-1);
        int[] attempts = new int[1];
        Future<String> done = on(() -> retry.run("put", () -> {
            attempts[0]++;
            return attempts[0] < 20_000
                    ? wakenAfter(retry, Future.failedFuture(new RetriableException("later", null)))
                    : Future.succeededFuture("done");
        }));
        assertThat(await(done)).isEqualTo("done");
    }

    /** The wait that follows ends at once. */
    private <T> Future<T> wakenAfter(Retry retry, Future<T> outcome) {
        context.runOnContext(turn -> retry.wake());
        return outcome;
    }

    @Test
    void aWaitThatIsEndedWhileTheTaskStopsFailsWithTheLastFailure() {
        Retry retry = retry(-1);
        Future<Void> done = on(() -> {
            Future<Void> trying = retry.run("put", () -> Future.failedFuture(new RetriableException("down", null)));
            stopping = true;
            retry.wake();
            return trying;
        });
        assertThat(done.toCompletionStage().toCompletableFuture())
                .failsWithin(30, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("down");
    }

    @Test
    void aFailureThatIsForGoodIsNotTriedAgain() {
        Retry retry = retry(-1);
        Future<Void> done = on(() -> retry.run("put", () -> Future.failedFuture(new IllegalStateException("no"))));
        assertThat(done.toCompletionStage().toCompletableFuture())
                .failsWithin(30, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("no");
    }
}
