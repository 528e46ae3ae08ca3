package io.thalweg.broker;

import io.thalweg.coordination.runtime.ShardThreads;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** Gives each coordinator shard an event-loop context of its own, spread over the event loops as they are first used. */
final class VertxShardThreads implements ShardThreads {

    private final VertxInternal vertx;
    private final Map<Integer, ContextInternal> contexts = new ConcurrentHashMap<>();

    VertxShardThreads(Vertx vertx) {
        this.vertx = (VertxInternal) vertx;
    }

    @Override
    public Executor shard(int partition) {
        ContextInternal context = contexts.computeIfAbsent(partition, index -> vertx.createEventLoopContext());
        return task -> context.runOnContext(ignored -> task.run());
    }

    @Override
    public <T> Promise<T> promise() {
        return vertx.getOrCreateContext().promise();
    }
}
