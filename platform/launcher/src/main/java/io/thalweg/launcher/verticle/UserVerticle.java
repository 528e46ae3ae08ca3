package io.thalweg.launcher.verticle;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One verticle of the settings, with all its instances. Its futures never fail: what went wrong is in its description. */
final class UserVerticle {

    private static final Logger LOGGER = LoggerFactory.getLogger(UserVerticle.class);
    private static final long START_MILLIS_MAX = 30_000;
    private static final long STOP_MILLIS_MAX = 5_000;
    /** A context that does not answer for so long is called blocked. */
    private static final long BLOCKED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int FAILURE_CHARS_MAX = 1_000;

    private final Vertx vertx;
    private final VerticleConfig config;
    private final Consumer<Throwable> unhandled;

    // Guarded by this.
    private State state = State.STOPPED;
    private List<Instance> instances = List.of();
    private @Nullable VerticleClassLoader loader;
    private @Nullable String deploymentId;
    private @Nullable String failure;
    private @Nullable Instant since;
    private long exceptions;
    private long loggedNanos = System.nanoTime() - LOG_NANOS;
    private Future<Void> change = Future.succeededFuture();

    /** As it is listed; {@link #DEPLOYING} stays for a start that hangs. */
    enum State {
        STOPPED,
        DEPLOYING,
        RUNNING,
        FAILED,
        STOPPING
    }

    /** @param unhandled told of what a verticle threw, after it was counted */
    UserVerticle(Vertx vertx, VerticleConfig config, Consumer<Throwable> unhandled) {
        this.vertx = vertx;
        this.config = config;
        this.unhandled = unhandled;
    }

    String id() {
        return config.id();
    }

    /** Starts and stops come one after the other, in the order of the calls. */
    private synchronized Future<Void> then(java.util.function.Supplier<Future<Void>> next) {
        change = change.transform(before -> next.get());
        return change;
    }

    /** Deploys it, if it does not run. Completes when it runs, failed, or takes longer than it may. */
    Future<Void> start() {
        return then(this::deploy);
    }

    /** Undeploys it, if it runs. Completes when it stopped or takes longer than it may. */
    Future<Void> stop() {
        return then(this::undeploy);
    }

    /** Stops it and starts it from its jars, as they are now. */
    Future<Void> restart() {
        return then(() -> undeploy().compose(stopped -> deploy()));
    }

    private Future<Void> deploy() {
        synchronized (this) {
            if (state == State.RUNNING || state == State.DEPLOYING) {
                return Future.succeededFuture();
            }
            enter(State.DEPLOYING, null);
            instances = new ArrayList<>();
            exceptions = 0;
        }
        Future<String> deployed = vertx.executeBlocking(this::verticleClass, false)
                .compose(type -> vertx.deployVerticle(() -> instance(type), options(type)))
                .andThen(outcome -> {
                    if (outcome.succeeded()) {
                        onDeployed(outcome.result());
                    } else {
                        onFailed(outcome.cause());
                    }
                });
        return bounded(deployed, START_MILLIS_MAX, "its start has not completed");
    }

    private Class<? extends Deployable> verticleClass() throws ClassNotFoundException {
        VerticleClassLoader fresh = VerticleClassLoader.of(config, UserVerticle.class.getClassLoader());
        synchronized (this) {
            loader = fresh;
        }
        Class<?> type = Class.forName(config.className(), true, fresh);
        if (!Deployable.class.isAssignableFrom(type)) {
            throw new IllegalArgumentException(
                    "not a verticle: class=" + config.className() + "; extend io.vertx.core.VerticleBase");
        }
        return type.asSubclass(Deployable.class);
    }

    private DeploymentOptions options(Class<?> type) {
        return new DeploymentOptions()
                .setInstances(config.instances())
                .setConfig(config.config().copy())
                .setThreadingModel(config.threading())
                .setWorkerPoolName("verticle-" + config.id())
                .setWorkerPoolSize(config.workerThreads())
                .setClassLoader(type.getClassLoader());
    }

    private Instance instance(Class<? extends Deployable> type) {
        try {
            Instance instance = new Instance(type.getDeclaredConstructor().newInstance());
            synchronized (this) {
                instances.add(instance);
            }
            return instance;
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("its constructor threw: " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "it needs a public constructor without arguments: class=" + type.getName(), e);
        }
    }

    /** The user's object, with an ear on its context. */
    private final class Instance implements Deployable {
        private final Deployable verticle;
        private volatile @Nullable Context context;
        /** When a question to the context was left unanswered; 0 if none is. */
        private volatile long askedNanos;

        Instance(Deployable verticle) {
            this.verticle = verticle;
        }

        @Override
        public Future<?> deploy(Context context) throws Exception {
            this.context = context;
            context.exceptionHandler(UserVerticle.this::onException);
            return verticle.deploy(context);
        }

        @Override
        public Future<?> undeploy(Context context) throws Exception {
            return verticle.undeploy(context);
        }

        /** Whether its context did not answer the question before; asks again. */
        boolean blocked() {
            Context asked = context;
            long since = askedNanos;
            if (asked == null) {
                return false;
            }
            if (since != 0) {
                return System.nanoTime() - since > BLOCKED_NANOS;
            }
            askedNanos = System.nanoTime() | 1;
            asked.runOnContext(answered -> askedNanos = 0);
            return false;
        }
    }

    private Future<Void> undeploy() {
        String id;
        synchronized (this) {
            id = deploymentId;
            if (id == null) {
                if (state != State.DEPLOYING) {
                    enter(State.STOPPED, null);
                }
                return Future.succeededFuture();
            }
            enter(State.STOPPING, null);
        }
        Future<Void> undeployed = vertx.undeploy(id).andThen(outcome -> onUndeployed(outcome.cause()));
        return bounded(undeployed, STOP_MILLIS_MAX, "its stop has not completed");
    }

    private synchronized void onDeployed(String id) {
        deploymentId = id;
        enter(State.RUNNING, null);
    }

    private synchronized void onFailed(Throwable cause) {
        deploymentId = null;
        closeLoader();
        enter(State.FAILED, cause);
    }

    private synchronized void onUndeployed(@Nullable Throwable cause) {
        deploymentId = null;
        instances = List.of();
        closeLoader();
        enter(State.STOPPED, cause);
    }

    private void closeLoader() {
        VerticleClassLoader unused = loader;
        loader = null;
        if (unused != null) {
            vertx.executeBlocking(
                            () -> {
                                unused.close();
                                return null;
                            },
                            false)
                    .onFailure(failure -> LOGGER.atDebug()
                            .addKeyValue("verticle", config.id())
                            .setCause(failure)
                            .log("a class loader could not be closed"));
        }
    }

    /** A start or a stop that hangs must hold up neither the node nor what comes after it. */
    private Future<Void> bounded(Future<?> work, long millis, String hanging) {
        Promise<Void> done = Promise.promise();
        long timer = vertx.setTimer(millis, due -> {
            if (done.tryComplete()) {
                onHanging(hanging + " within " + millis + " ms");
            }
        });
        work.onComplete(outcome -> {
            vertx.cancelTimer(timer);
            done.tryComplete();
        });
        return done.future();
    }

    private synchronized void onHanging(String what) {
        failure = what;
        LOGGER.atWarn()
                .addKeyValue("verticle", config.id())
                .addKeyValue("state", state)
                .log("a verticle hangs: {}", what);
    }

    /** The one place where the state changes. */
    private void enter(State next, @Nullable Throwable cause) {
        if (next == state && cause == null) {
            return;
        }
        State old = state;
        state = next;
        since = Instant.now();
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
            exceptions++;
            failure = describe(thrown);
            logged = System.nanoTime() - loggedNanos >= LOG_NANOS;
            if (logged) {
                loggedNanos = System.nanoTime();
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
        if (root != null && root != cause) {
            text += "; caused by " + root;
        }
        return text.length() <= FAILURE_CHARS_MAX ? text : text.substring(0, FAILURE_CHARS_MAX) + "...";
    }

    synchronized boolean running() {
        return state == State.RUNNING;
    }

    synchronized boolean failed() {
        return state == State.FAILED;
    }

    /** As {@code GET /v1/verticles/{name}} answers. */
    synchronized JsonObject description() {
        int blocked = 0;
        for (Instance instance : instances) {
            blocked += state == State.RUNNING && instance.blocked() ? 1 : 0;
        }
        Instant entered = since;
        return new JsonObject()
                .put("name", config.id())
                .put("class", config.className())
                .put("state", state.name().toLowerCase(Locale.ROOT))
                .put("instances", config.instances())
                .put("threading", config.threadingName())
                .put("deploymentId", deploymentId)
                .put("since", entered == null ? null : entered.toString())
                .put(
                        "uptimeMillis",
                        state == State.RUNNING && entered != null
                                ? Math.max(0, System.currentTimeMillis() - entered.toEpochMilli())
                                : 0)
                .put("blockedInstances", blocked)
                .put("exceptions", exceptions)
                .put("failure", failure);
    }
}
