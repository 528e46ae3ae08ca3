package io.thalweg.launcher.verticle;

import io.thalweg.environment.Clock;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * One run of a verticle, from the loading of its classes until nothing of it is left; a restart makes another. The user's
 * code, constructors and static initialisers too, is called on threads of the verticle's own pool or on its contexts.
 * {@link #start} and {@link #end} are called on one context of the platform's; the rest is safe from any thread.
 */
final class VerticleRun {

    private final Vertx vertx;
    private final VerticleConfig config;
    private final Clock clock;
    private final Handler<Throwable> thrown;
    private final String poolName;
    private final WorkerExecutor pool;

    private volatile List<VerticleInstance> instances = List.of();
    private volatile @Nullable VerticleClassLoader loader;
    private volatile @Nullable String deploymentId;
    private volatile boolean ending;

    /** Completes with the shells' deployment; not while a constructor or a static initialiser hangs. */
    private Future<String> deployed = Future.failedFuture("not started");

    private @Nullable Future<Void> ended;

    VerticleRun(Vertx vertx, VerticleConfig config, Clock clock, Handler<Throwable> thrown) {
        this.vertx = vertx;
        this.config = config;
        this.clock = clock;
        this.thrown = thrown;
        this.poolName = "verticle-" + config.id();
        this.pool = vertx.createSharedWorkerExecutor(poolName, config.workerThreads());
    }

    /** Once. Completes when every instance has started; fails as soon as one has not, and then wants {@link #end}. */
    Future<Void> start() {
        deployed = pool.executeBlocking(this::make, false).compose(this::deploy);
        return deployed.compose(id -> startAll());
    }

    private List<VerticleInstance> make() throws Exception {
        VerticleClassLoader fresh = VerticleClassLoader.of(config, VerticleRun.class.getClassLoader());
        loader = fresh;
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(fresh);
        try {
            Class<?> type = Class.forName(config.className(), true, fresh);
            if (!Deployable.class.isAssignableFrom(type)) {
                throw new IllegalArgumentException(
                        "not a verticle: class=" + config.className() + "; extend io.vertx.core.VerticleBase");
            }
            List<VerticleInstance> made = new ArrayList<>();
            for (int i = 0; i < config.instances(); i++) {
                made.add(new VerticleInstance(instance(type.asSubclass(Deployable.class)), clock, thrown));
            }
            return List.copyOf(made);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static Deployable instance(Class<? extends Deployable> type) {
        try {
            return type.getDeclaredConstructor().newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("its constructor threw: " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "it needs a public constructor without arguments: class=" + type.getName(), e);
        }
    }

    private Future<String> deploy(List<VerticleInstance> made) {
        if (ending) {
            return Future.failedFuture(stopped());
        }
        instances = made;
        Iterator<VerticleInstance> next = made.iterator();
        return vertx.deployVerticle(next::next, options()).onSuccess(id -> deploymentId = id);
    }

    private DeploymentOptions options() {
        return new DeploymentOptions()
                .setInstances(config.instances())
                .setConfig(config.config().copy())
                .setThreadingModel(config.threading())
                .setWorkerPoolName(poolName)
                .setWorkerPoolSize(config.workerThreads())
                .setClassLoader(loader);
    }

    private Future<Void> startAll() {
        if (ending) {
            return Future.failedFuture(stopped());
        }
        List<Future<Void>> starts = new ArrayList<>();
        instances.forEach(instance -> starts.add(instance.start()));
        return Future.all(starts).mapEmpty();
    }

    private static CancellationException stopped() {
        return new CancellationException("it was stopped before it had started");
    }

    /**
     * Undeploys it. Completes when the user's stops have completed and its classes and threads are given back, with what a
     * stop failed with; not while its code blocks. Idempotent.
     */
    Future<Void> end() {
        Future<Void> known = ended;
        if (known != null) {
            return known;
        }
        ending = true;
        Promise<Void> done = Promise.promise();
        ended = done.future();
        deployed.transform(outcome ->
                        outcome.succeeded() ? vertx.undeploy(outcome.result()) : Future.<Void>succeededFuture())
                .eventually(this::release)
                .onComplete(done);
        return done.future();
    }

    private Future<Void> release() {
        instances = List.of();
        deploymentId = null;
        VerticleClassLoader unused = loader;
        loader = null;
        Future<Void> closed = unused == null
                ? Future.succeededFuture()
                : vertx.executeBlocking(
                        () -> {
                            unused.close();
                            return null;
                        },
                        false);
        return closed.eventually(pool::close);
    }

    /** Wakes what sleeps or waits on the threads of its pool. */
    void interrupt() {
        VerticleThreads.interrupt(poolName);
    }

    /** Of the shells; null before they are deployed. */
    @Nullable
    String deploymentId() {
        return deploymentId;
    }

    List<VerticleInstance> instances() {
        return instances;
    }

    /** Where its code stands; null if that cannot be told. */
    @Nullable
    String place() {
        VerticleClassLoader of = loader;
        return of == null ? null : VerticleThreads.place(String.valueOf(of.getName()));
    }
}
