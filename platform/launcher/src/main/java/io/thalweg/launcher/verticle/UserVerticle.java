package io.thalweg.launcher.verticle;

import io.thalweg.environment.Clock;
import io.thalweg.environment.Environment;
import io.thalweg.environment.Timers;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One verticle of the settings, with all its instances, from run to run. Its futures never fail: what went wrong is in its
 * description. Safe from any thread; what changes it runs on a context of its own, which no code of the user's is on.
 */
final class UserVerticle {

    private static final Logger LOGGER = LoggerFactory.getLogger(UserVerticle.class);
    static final long START_MILLIS_MAX = 30_000;
    static final long STOP_MILLIS_MAX = 5_000;
    /** What a stop gets more after its threads were interrupted. */
    static final long INTERRUPTED_STOP_MILLIS_MAX = 2_000;
    /** How often each context is asked whether it still answers. */
    static final long ASK_MILLIS = 1_000;
    /** A context that does not answer for so long is called blocked. */
    static final long BLOCKED_MILLIS = 2_000;

    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int FAILURE_CHARS_MAX = 1_000;

    private final Vertx vertx;
    private final VerticleConfig config;
    private final Clock clock;
    private final Timers timers;
    private final Consumer<Throwable> unhandled;
    private final Context context;

    /** Starts and stops come one after the other, in the order of the calls. Confined to the context. */
    private Future<Void> change = Future.succeededFuture();

    // Guarded by this.
    private State state = State.STOPPED;
    /** Null when nothing of the verticle is left. It stays for as long as a stop hangs. */
    private @Nullable VerticleRun run;

    private Silence silence = Silence.NONE;
    private @Nullable String failure;
    private @Nullable Instant since;
    private long exceptions;
    private long loggedNanos;

    /** As it is listed, unless instances do not answer: then it is listed as blocked. */
    enum State {
        /** Nothing of it runs. */
        STOPPED,
        /** Its classes are loaded, its instances start. Stays for a start that hangs. */
        DEPLOYING,
        /** Every instance has started. */
        RUNNING,
        /** An instance could not be made or started. */
        FAILED,
        /** Its instances stop. Stays for a stop that hangs. */
        STOPPING
    }

    /** What the last look at the instances found. */
    private record Silence(
            int instances, long sinceMillis, @Nullable String place) {
        static final Silence NONE = new Silence(0, 0, null);
    }

    /** @param unhandled told of what a verticle threw, after it was counted */
    UserVerticle(Vertx vertx, VerticleConfig config, Environment environment, Consumer<Throwable> unhandled) {
        this.vertx = vertx;
        this.config = config;
        this.clock = environment.clock();
        this.timers = environment.timers();
        this.unhandled = unhandled;
        this.loggedNanos = clock.monotonicNanos() - LOG_NANOS;
        // Not the caller's: a verticle that is started over HTTP must not become a child of the door.
        this.context = ((VertxInternal) vertx).createEventLoopContext();
    }

    String id() {
        return config.id();
    }

    /** Starts it, unless it runs. Completes when it runs, failed, or takes longer than it may. */
    Future<Void> start() {
        return then(this::deploy);
    }

    /** Stops it, if it runs. Completes when it stopped or takes longer than it may. */
    Future<Void> stop() {
        return then(this::undeploy);
    }

    /** Stops it and starts it from its jars, as they are now. */
    Future<Void> restart() {
        return then(() -> undeploy().compose(stopped -> deploy()));
    }

    private Future<Void> then(Supplier<Future<Void>> next) {
        // Bound to no context: it completes after the event loops have gone, too.
        Promise<Void> done = Promise.promise();
        context.runOnContext(turn -> {
            change = change.transform(before -> next.get());
            change.onComplete(done);
        });
        return done.future();
    }

    private Future<Void> deploy() {
        VerticleRun before = current();
        if (before == null) {
            return deployAnew();
        }
        if (goingOn()) {
            return Future.succeededFuture();
        }
        return ended(before).compose(looked -> {
            if (current() == null) {
                return deployAnew();
            }
            note(
                    before,
                    "not started: the run before has not ended, and two must not be at work at once; "
                            + "if its code does not come back, restart the node");
            return Future.succeededFuture();
        });
    }

    private Future<Void> deployAnew() {
        VerticleRun fresh = new VerticleRun(vertx, config, clock, this::onException);
        begin(fresh);
        look(fresh);
        Promise<Void> heard = Promise.promise();
        fresh.start()
                .onComplete(outcome -> context.runOnContext(turn -> {
                    onStarted(fresh, outcome);
                    heard.complete();
                }));
        return within(START_MILLIS_MAX, heard.future(), () -> late("start", START_MILLIS_MAX, fresh));
    }

    private synchronized void begin(VerticleRun fresh) {
        run = fresh;
        exceptions = 0;
        enter(State.DEPLOYING, null);
    }

    private void onStarted(VerticleRun of, AsyncResult<Void> outcome) {
        synchronized (this) {
            if (run != of || state != State.DEPLOYING) {
                return; // stopped meanwhile
            }
            enter(outcome.succeeded() ? State.RUNNING : State.FAILED, outcome.cause());
        }
        if (outcome.failed()) {
            end(of);
        }
    }

    private Future<Void> undeploy() {
        VerticleRun before;
        synchronized (this) {
            before = run;
            enter(before == null ? State.STOPPED : State.STOPPING, null);
        }
        return before == null ? Future.succeededFuture() : ended(before);
    }

    /** Waits for the end of a run: by itself at first, then with its threads interrupted. Completes in time anyhow. */
    private Future<Void> ended(VerticleRun before) {
        Future<Void> end = end(before);
        return within(STOP_MILLIS_MAX, end, () -> interrupt(before))
                .compose(looked -> within(
                        INTERRUPTED_STOP_MILLIS_MAX,
                        end,
                        () -> late("stop", STOP_MILLIS_MAX + INTERRUPTED_STOP_MILLIS_MAX, before)));
    }

    /** Completes once the run is gone and that is noted here. */
    private Future<Void> end(VerticleRun of) {
        Promise<Void> gone = Promise.promise();
        of.end()
                .onComplete(outcome -> context.runOnContext(turn -> {
                    onEnded(of, outcome.cause());
                    gone.complete();
                }));
        return gone.future();
    }

    private synchronized void onEnded(VerticleRun of, @Nullable Throwable cause) {
        if (run == of) {
            run = null;
            silence = Silence.NONE;
            if (state == State.STOPPING) {
                enter(State.STOPPED, cause);
            }
        }
    }

    private static Future<Void> interrupt(VerticleRun of) {
        of.interrupt();
        return Future.succeededFuture();
    }

    /** Work that hangs must hold up neither the node nor what comes after it: completes in time, after {@code late} if it is. */
    private Future<Void> within(long millis, Future<Void> work, Supplier<Future<Void>> late) {
        if (work.isComplete()) {
            return Future.succeededFuture();
        }
        Promise<Void> done = Promise.promise();
        Timers.Timer timer = timers.schedule(
                millis,
                () -> context.runOnContext(turn -> {
                    if (!work.isComplete()) {
                        late.get().onComplete(noted -> done.tryComplete());
                    }
                }));
        work.onComplete(outcome -> {
            timer.cancel();
            done.tryComplete();
        });
        return done.future();
    }

    private Future<Void> late(String what, long millis, VerticleRun of) {
        String text = "its " + what + " has not completed within " + millis + " ms";
        return vertx.executeBlocking(of::place, false).otherwiseEmpty().map(place -> {
            note(of, text + (place == null ? "" : "; code of it is at " + place));
            return null;
        });
    }

    private synchronized void note(VerticleRun of, String what) {
        if (run == of) {
            failure = shortened(what);
            LOGGER.atWarn()
                    .addKeyValue("verticle", config.id())
                    .addKeyValue("state", state)
                    .log("a verticle hangs: {}", what);
        }
    }

    /** Looks every second, as long as there is something of the run, whether its contexts answer. */
    private void look(VerticleRun of) {
        if (current() != of) {
            return;
        }
        of.instances().forEach(VerticleInstance::ask);
        listen(of);
        timers.schedule(ASK_MILLIS, () -> look(of));
    }

    private void listen(VerticleRun of) {
        int silent = 0;
        long sinceMillis = Long.MAX_VALUE;
        for (VerticleInstance instance : of.instances()) {
            long from = instance.silentSinceMillis(TimeUnit.MILLISECONDS.toNanos(BLOCKED_MILLIS));
            if (from >= 0) {
                silent++;
                sinceMillis = Math.min(sinceMillis, from);
            }
        }
        if (heard(of, silent, sinceMillis)) {
            // Walking all stacks takes its time: not on an event loop, and once.
            vertx.executeBlocking(of::place, false).otherwiseEmpty().onSuccess(place -> onBlocked(of, place));
        }
    }

    /** Returns whether it is news that instances are silent. */
    private synchronized boolean heard(VerticleRun of, int silent, long sinceMillis) {
        Silence before = silence;
        if (run != of || (silent == 0 && before.instances == 0)) {
            return false;
        }
        if (silent == 0) {
            silence = Silence.NONE;
            LOGGER.atInfo().addKeyValue("verticle", config.id()).log("a verticle that was blocked answers again");
            return false;
        }
        silence = new Silence(silent, sinceMillis, before.place);
        return before.instances == 0;
    }

    private synchronized void onBlocked(VerticleRun of, @Nullable String place) {
        if (run == of && silence.instances > 0) {
            silence = new Silence(silence.instances, silence.sinceMillis, place);
            LOGGER.atWarn().addKeyValue("verticle", config.id()).log("a verticle is blocked: {}", blockedText());
        }
    }

    private String blockedText() {
        return silence.instances + " of " + config.instances() + (config.instances() == 1 ? " instance" : " instances")
                + " did not answer since " + Instant.ofEpochMilli(silence.sinceMillis)
                + (silence.place == null ? "" : "; code of it is at " + silence.place);
    }

    /** The one place where the state changes. Called with the lock. */
    private void enter(State next, @Nullable Throwable cause) {
        if (next == state && cause == null) {
            return;
        }
        State old = state;
        state = next;
        since = Instant.ofEpochMilli(clock.wallMillis());
        if (next != State.STOPPING) {
            failure = cause == null ? null : describe(cause);
        }
        if (next == State.FAILED) {
            LOGGER.atError()
                    .addKeyValue("verticle", config.id())
                    .setCause(cause)
                    .log("a verticle failed to deploy; the node runs without it");
        } else {
            LOGGER.atInfo()
                    .addKeyValue("verticle", config.id())
                    .addKeyValue("state", next)
                    .log("verticle: {} -> {}", old, next);
        }
    }

    /** Something that a handler of the verticle threw. It goes on; an {@link OutOfMemoryError} is the node's business. */
    private void onException(Throwable thrown) {
        boolean logged;
        synchronized (this) {
            if (thrown instanceof RejectedExecutionException && !goingOn()) {
                return; // an answer to what it had asked came when its threads had ended: no fault of its code
            }
            exceptions++;
            failure = describe(thrown);
            logged = clock.monotonicNanos() - loggedNanos >= LOG_NANOS;
            if (logged) {
                loggedNanos = clock.monotonicNanos();
            }
        }
        if (thrown instanceof VirtualMachineError) {
            unhandled.accept(thrown);
        } else if (logged) {
            LOGGER.atError()
                    .addKeyValue("verticle", config.id())
                    .setCause(thrown)
                    .log("a verticle's handler threw; more of its exceptions are counted and not shown for 10 s");
        }
    }

    private static String describe(Throwable cause) {
        String text = cause.toString();
        Throwable root = cause.getCause();
        return shortened(root != null && root != cause ? text + "; caused by " + root : text);
    }

    private static String shortened(String text) {
        return text.length() <= FAILURE_CHARS_MAX ? text : text.substring(0, FAILURE_CHARS_MAX) + "...";
    }

    private synchronized @Nullable VerticleRun current() {
        return run;
    }

    private synchronized boolean goingOn() {
        return state == State.DEPLOYING || state == State.RUNNING;
    }

    /** As {@code GET /v1/verticles/{name}} answers. */
    synchronized JsonObject description() {
        // A verticle that failed is told as failed, whatever what is left of it does.
        boolean blocked = silence.instances > 0 && state != State.FAILED;
        VerticleRun shown = run;
        List<VerticleInstance> instances = shown == null ? List.of() : shown.instances();
        Instant silentSince = blocked ? Instant.ofEpochMilli(silence.sinceMillis) : null;
        Instant entered = silentSince != null ? silentSince : since;
        return new JsonObject()
                .put("name", config.id())
                .put("class", config.className())
                .put("state", blocked ? "blocked" : state.name().toLowerCase(Locale.ROOT))
                .put("since", entered == null ? null : entered.toString())
                .put("instances", config.instances())
                .put(
                        "startedInstances",
                        instances.stream().filter(VerticleInstance::started).count())
                .put("blockedInstances", blocked ? silence.instances : 0)
                .put("threading", config.threadingName())
                .put("deploymentId", shown == null ? null : shown.deploymentId())
                .put("uptimeMillis", state == State.RUNNING && since != null ? uptimeMillis(since) : 0)
                .put("exceptions", exceptions)
                .put("failure", failure == null && blocked ? blockedText() : failure);
    }

    private long uptimeMillis(Instant running) {
        return Math.max(0, clock.wallMillis() - running.toEpochMilli());
    }
}
