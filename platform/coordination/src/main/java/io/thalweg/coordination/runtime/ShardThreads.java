package io.thalweg.coordination.runtime;

import io.vertx.core.Promise;
import java.util.concurrent.Executor;

/** Where shards run and where answers arrive. */
public interface ShardThreads {

    /** Runs the tasks of one partition, one at a time and in order. Always the same executor for one partition. */
    Executor shard(int partition);

    /** A promise whose future completes on the context of the thread that calls this. */
    <T> Promise<T> promise();
}
