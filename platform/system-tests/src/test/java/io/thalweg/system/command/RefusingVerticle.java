package io.thalweg.system.command;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** A user's verticle that fails to start. */
public final class RefusingVerticle extends VerticleBase {

    @Override
    public Future<?> start() {
        return Future.failedFuture("not today");
    }
}
