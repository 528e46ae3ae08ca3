package io.thalweg.connectors.runtime.herder;

import io.thalweg.connectors.runtime.policy.Redaction;
import io.thalweg.connectors.runtime.task.ConnectorVerticle;
import io.thalweg.connectors.runtime.task.DeadLetters;
import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.thalweg.connectors.runtime.task.TaskSetup;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One instance of a task: its verticle, from deployment to the end. Confined to the herder's context. */
final class LocalInstance implements TaskInstance {

    private static final Logger LOGGER = LoggerFactory.getLogger(LocalInstance.class);

    private final Vertx vertx;
    private final TaskIdentity identity;
    private final Redaction redaction;
    private final ConnectorVerticle verticle;
    private final boolean blocking;
    private @Nullable Future<String> deployment;
    private @Nullable Future<Void> stopped;

    LocalInstance(Vertx vertx, TaskSetup setup, ConnectorVerticle verticle, boolean blocking) {
        this.vertx = vertx;
        this.identity = setup.identity();
        this.redaction = setup.redaction();
        this.verticle = verticle;
        this.blocking = blocking;
    }

    @Override
    public @Nullable String worker() {
        return null;
    }

    @Override
    public String trace(Throwable failure) {
        return redaction.apply(DeadLetters.trace(failure));
    }

    @Override
    public Future<Void> start(long startMillis) {
        Future<String> deployed = vertx.deployVerticle(verticle, options());
        deployment = deployed;
        return deployed.timeout(startMillis, TimeUnit.MILLISECONDS).mapEmpty();
    }

    private DeploymentOptions options() {
        DeploymentOptions options = new DeploymentOptions();
        if (!blocking) {
            return options.setThreadingModel(ThreadingModel.EVENT_LOOP);
        }
        if (((VertxInternal) vertx).isVirtualThreadAvailable()) {
            return options.setThreadingModel(ThreadingModel.VIRTUAL_THREAD);
        }
        // A pool of its own: a task that hangs keeps nobody else's thread.
        return options.setThreadingModel(ThreadingModel.WORKER)
                .setWorkerPoolName("connector-" + identity)
                .setWorkerPoolSize(1);
    }

    @Override
    public Future<Void> stop() {
        Future<Void> ending = stopped;
        if (ending == null) {
            ending = verticle.stopTask().recover(failure -> {
                LOGGER.atWarn()
                        .addKeyValue("connector", identity.connector())
                        .addKeyValue("task", identity.index())
                        .addKeyValue("error", failure.toString())
                        .log("a task failed to stop");
                return Future.succeededFuture();
            });
            stopped = ending;
            ending.onComplete(done -> undeploy());
        }
        return ending;
    }

    /** Not waited for: on a worker that the plugin blocks it never ends. */
    private void undeploy() {
        Future<String> deployed = deployment;
        if (deployed != null) {
            deployed.compose(vertx::undeploy)
                    .onFailure(failure -> LOGGER.atDebug()
                            .addKeyValue("connector", identity.connector())
                            .addKeyValue("task", identity.index())
                            .addKeyValue("error", failure.toString())
                            .log("undeployed already"));
        }
    }
}
