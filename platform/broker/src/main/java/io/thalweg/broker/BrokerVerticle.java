package io.thalweg.broker;

import io.thalweg.environment.Environment;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/** Deploys one broker node; its context, which may block, is the controller's. */
final class BrokerVerticle extends VerticleBase {

    private final Environment environment;
    private final BrokerConfig config;
    private @Nullable BrokerNode node;

    BrokerVerticle(Environment environment, BrokerConfig config) {
        this.environment = environment;
        this.config = config;
    }

    @Override
    public Future<?> start() {
        return vertx.executeBlocking(() -> BrokerNode.open(vertx, context, environment, config))
                .compose(opened -> {
                    node = opened;
                    return opened.serve()
                            .recover(failure -> opened.close().transform(closed -> Future.failedFuture(failure)));
                });
    }

    @Override
    public Future<?> stop() {
        BrokerNode started = node;
        return started == null ? Future.succeededFuture() : started.close();
    }

    BrokerNode node() {
        BrokerNode started = node;
        if (started == null) {
            throw new IllegalStateException("the broker is not started");
        }
        return started;
    }
}
