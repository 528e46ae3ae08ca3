package io.thalweg.streams.runtime;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Deploys one {@link ProcessorLoop} on an event loop of its own. */
final class StreamProcessorVerticle extends VerticleBase {

    private final ApplicationRun app;
    private final GroupSeat seat;
    private final Consumer<ProcessorLoop> onStarted;
    private @Nullable ProcessorLoop loop;

    /** @param onStarted called on the verticle's context */
    StreamProcessorVerticle(ApplicationRun app, GroupSeat seat, Consumer<ProcessorLoop> onStarted) {
        this.app = app;
        this.seat = seat;
        this.onStarted = onStarted;
    }

    @Override
    public Future<?> start() {
        ProcessorLoop started = new ProcessorLoop(app, context, seat);
        loop = started;
        onStarted.accept(started);
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        ProcessorLoop started = loop;
        return started == null ? Future.succeededFuture() : started.close();
    }
}
