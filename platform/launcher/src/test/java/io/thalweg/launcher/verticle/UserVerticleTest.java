package io.thalweg.launcher.verticle;

import static io.thalweg.launcher.verticle.UserVerticle.ASK_MILLIS;
import static io.thalweg.launcher.verticle.UserVerticle.BLOCKED_MILLIS;
import static io.thalweg.launcher.verticle.UserVerticle.INTERRUPTED_STOP_MILLIS_MAX;
import static io.thalweg.launcher.verticle.UserVerticle.START_MILLIS_MAX;
import static io.thalweg.launcher.verticle.UserVerticle.STOP_MILLIS_MAX;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Environment;
import io.thalweg.environment.Timers;
import io.thalweg.testkit.ManualClock;
import io.thalweg.testkit.ManualEnvironment;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Time stands until the test moves it; everything else is waited for by latches that the verticle's own code opens. */
class UserVerticleTest {

    private static final long SECONDS_MAX = 30;

    private final Vertx vertx = Vertx.vertx();
    private final ManualEnvironment manual = ManualEnvironment.create(1, Path.of("/unused"));
    private final BlockingQueue<Long> scheduled = new LinkedBlockingQueue<>();

    @BeforeEach
    void forget() {
        Scripted.entered = new CountDownLatch(1);
        Scripted.release = new CountDownLatch(1);
        Scripted.heard = Promise.promise();
        Scripted.stops = 0;
        Scripted.madeOn = "";
    }

    @AfterEach
    void close() throws Exception {
        Scripted.release.countDown();
        await(vertx.close());
    }

    @Test
    void aStartThatBlocksIsToldAsBlockedFromWhenItDidNotAnswer() throws Exception {
        UserVerticle verticle = verticle("block");

        Future<Void> started = verticle.start();
        await(Scripted.entered);
        assertThat(state(verticle)).isEqualTo("deploying");
        manual.timers().advance(ASK_MILLIS); // asked
        assertThat(state(verticle)).isEqualTo("deploying");
        manual.timers().advance(BLOCKED_MILLIS);

        JsonObject blocked = verticle.description();
        assertThat(blocked.getString("state")).isEqualTo("blocked");
        assertThat(blocked.getInteger("blockedInstances")).isEqualTo(1);
        assertThat(blocked.getLong("startedInstances")).isZero();
        assertThat(blocked.getString("since")).isEqualTo(instant(ASK_MILLIS));
        assertThat(blocked.getString("failure"))
                .contains("1 of 1 instance did not answer since " + instant(ASK_MILLIS));

        Scripted.release.countDown();
        await(started);
        await(answered());
        manual.timers().advance(ASK_MILLIS);
        assertThat(state(verticle)).isEqualTo("running");
        assertThat(verticle.description().getString("failure")).isNull();
    }

    @Test
    void oneThatBlocksBeforeItsStartIsHeardOfIsToldAsBlockedAndNotAsDeployingForEver() throws Exception {
        UserVerticle verticle = verticle("blockBeforeItIsHeard");

        Future<Void> started = verticle.start();
        await(Scripted.entered);
        Scripted.heard.complete(); // its own start's result, which has to come through the context that is blocked
        manual.timers().advance(ASK_MILLIS + BLOCKED_MILLIS);
        assertThat(state(verticle)).isEqualTo("blocked");
        assertThat(verticle.description().getLong("startedInstances")).isZero();

        Scripted.release.countDown();
        await(started);
        await(answered());
        manual.timers().advance(ASK_MILLIS);
        assertThat(state(verticle)).isEqualTo("running");
    }

    @Test
    void aStartIsHeardOfEvenIfItsVerticleBlocksNext() throws Exception {
        UserVerticle verticle = verticle("blockNext");

        await(verticle.start());
        await(Scripted.entered);
        assertThat(state(verticle)).isEqualTo("running");
        manual.timers().advance(ASK_MILLIS + BLOCKED_MILLIS);

        assertThat(state(verticle)).isEqualTo("blocked");
        assertThat(verticle.description().getLong("startedInstances")).isEqualTo(1);
        assertThat(verticle.description().getString("deploymentId")).isNotBlank();
    }

    @Test
    void aStartThatHangsIsNotWaitedForForEver() throws Exception {
        UserVerticle verticle = verticle("hang");

        Future<Void> started = verticle.start();
        await(Scripted.entered);
        awaitScheduled(START_MILLIS_MAX);
        for (long passed = 0; passed < START_MILLIS_MAX; passed += ASK_MILLIS) {
            manual.timers().advance(ASK_MILLIS);
            await(answered()); // a leap of all the time at once would ask and not wait for the answer
        }
        await(started);

        assertThat(state(verticle)).as("it answers").isEqualTo("deploying");
        assertThat(verticle.description().getString("failure"))
                .contains("its start has not completed within " + START_MILLIS_MAX + " ms");
        await(verticle.stop());
        assertThat(state(verticle)).isEqualTo("stopped");
        assertThat(Scripted.stops).as("it had not started").isZero();
    }

    @Test
    void whatWaitsIsInterruptedByAStop() throws Exception {
        UserVerticle verticle = verticle("blockNext");
        await(verticle.start());
        await(Scripted.entered);

        Future<Void> stopped = verticle.stop();
        advance(STOP_MILLIS_MAX);
        await(stopped);

        assertThat(state(verticle)).isEqualTo("stopped");
        assertThat(Scripted.stops).isEqualTo(1);
    }

    @Test
    void whatComputesWithoutEndIsToldAndKeepsASecondRunFromStarting() throws Exception {
        UserVerticle verticle = verticle("compute");
        await(verticle.start());
        await(Scripted.entered);

        Future<Void> restarted = verticle.restart();
        for (int ended = 0; ended < 2; ended++) { // of the stop, and of the start that waits for it once more
            advance(STOP_MILLIS_MAX);
            advance(INTERRUPTED_STOP_MILLIS_MAX);
        }
        await(restarted);

        JsonObject left = verticle.description();
        assertThat(left.getString("state")).isEqualTo("blocked");
        assertThat(left.getString("failure")).contains("not started: the run before has not ended");

        Future<Void> again = verticle.restart();
        Scripted.release.countDown();
        await(again);
        assertThat(state(verticle)).isEqualTo("running");
        assertThat(Scripted.stops).isEqualTo(1);
    }

    @Test
    void aConstructorRunsOnThreadsOfTheVerticle() throws Exception {
        UserVerticle verticle = verticle("nothing");

        await(verticle.start());

        assertThat(Scripted.madeOn).matches("verticle-scripted-\\d+");
    }

    @Test
    void oneInstanceThatFailsIsToldAlthoughTheOtherHangs() throws Exception {
        UserVerticle verticle = verticle("failBesidesOneThatBlocks", 2);

        await(verticle.start());

        assertThat(state(verticle)).isEqualTo("failed");
        assertThat(verticle.description().getString("failure")).contains("not today");
        Scripted.release.countDown();
        await(verticle.stop());
        assertThat(state(verticle)).isEqualTo("stopped");
    }

    @Test
    void whatStoppedAndWhatFailedCanBeStartedAgain() throws Exception {
        UserVerticle verticle = verticle("nothing");

        await(verticle.start());
        await(verticle.stop());
        await(verticle.stop());
        assertThat(state(verticle)).isEqualTo("stopped");
        await(verticle.start());
        await(verticle.start());

        assertThat(state(verticle)).isEqualTo("running");
        assertThat(Scripted.stops).isEqualTo(1);
    }

    private UserVerticle verticle(String script) {
        return verticle(script, 1);
    }

    private UserVerticle verticle(String script, int instances) {
        Timers timers = (millis, task) -> {
            Timers.Timer timer = manual.timers().schedule(millis, task);
            scheduled.add(millis);
            return timer;
        };
        Environment environment = new Environment(
                manual.clock(),
                timers,
                manual.environment().random(),
                manual.environment().fileSystem());
        VerticleConfig config = new VerticleConfig(
                "scripted",
                Scripted.class.getName(),
                instances,
                ThreadingModel.WORKER,
                Math.max(2, instances),
                List.of(),
                new JsonObject().put("script", script));
        return new UserVerticle(vertx, config, environment, thrown -> {});
    }

    /** Lets time pass once someone waits for it. */
    private void advance(long millis) throws InterruptedException {
        awaitScheduled(millis);
        manual.timers().advance(millis);
    }

    private void awaitScheduled(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        Long next = null;
        while (next == null || next != millis) {
            next = scheduled.poll(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            assertThat(next).as("somebody waits for " + millis + " ms").isNotNull();
        }
    }

    /** Completes after all that was asked of the verticle's context before. */
    private static Future<Void> answered() {
        Promise<Void> done = Promise.promise();
        Scripted.on.runOnContext(turn -> done.complete());
        return done.future();
    }

    private static String instant(long afterMillis) {
        return Instant.ofEpochMilli(ManualClock.START_MILLIS + afterMillis).toString();
    }

    private static String state(UserVerticle verticle) {
        return verticle.description().getString("state");
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** Does what its script says. */
    public static final class Scripted extends VerticleBase {

        static volatile CountDownLatch entered = new CountDownLatch(1);
        static volatile CountDownLatch release = new CountDownLatch(1);
        static volatile Promise<Void> heard = Promise.promise();
        static volatile Context on;
        static volatile int stops;
        static volatile String madeOn = "";

        private static int instances;

        @SuppressWarnings("StaticAssignmentInConstructor") // It is made by reflection.
        public Scripted() {
            madeOn = Thread.currentThread().getName();
        }

        @Override
        public Future<?> start() throws Exception {
            on = context;
            switch (config().getString("script")) {
                case "block" -> block();
                case "blockBeforeItIsHeard" -> {
                    context.runOnContext(turn -> blockOrEnd());
                    Promise<Void> throughTheContext = Promise.promise();
                    heard.future().onComplete(done -> on.runOnContext(turn -> throughTheContext.complete()));
                    return throughTheContext.future();
                }
                case "blockNext" -> context.runOnContext(turn -> blockOrEnd());
                case "hang" -> {
                    entered.countDown();
                    return Promise.promise().future();
                }
                case "compute" ->
                    context.runOnContext(turn -> {
                        entered.countDown();
                        while (release.getCount() > 0) {
                            Thread.onSpinWait();
                        }
                    });
                case "failBesidesOneThatBlocks" -> {
                    if (first()) {
                        block();
                    } else {
                        await(entered);
                        throw new IllegalStateException("not today");
                    }
                }
                default -> {}
            }
            return Future.succeededFuture();
        }

        private static synchronized boolean first() {
            return instances++ % 2 == 0;
        }

        private static void block() throws InterruptedException {
            entered.countDown();
            release.await();
        }

        private static void blockOrEnd() {
            try {
                block();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // One thread stops it.
        public Future<?> stop() {
            stops++;
            return Future.succeededFuture();
        }
    }
}
