package io.thalweg.coordination.runtime;

import io.thalweg.environment.Environment;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one coordinator topic on this node. A partition that this node leads costs an entry in a map until the
 * first operation opens it.
 */
public final class CoordinatorRuntime<S extends CoordinatorShard> implements AutoCloseable {

    private final Environment environment;
    private final CoordinatorRuntimeConfig config;
    private final ShardThreads threads;
    private final CoordinatorLog log;
    private final String topic;
    private final IntFunction<S> shards;
    private final Map<Integer, ShardRunner<S>> runners = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** @param shards makes the empty shard of a partition */
    public CoordinatorRuntime(
            Environment environment,
            CoordinatorRuntimeConfig config,
            ShardThreads threads,
            CoordinatorLog log,
            String topic,
            IntFunction<S> shards) {
        this.environment = environment;
        this.config = config;
        this.threads = threads;
        this.log = log;
        this.topic = topic;
        this.shards = shards;
    }

    /** Runs an operation on the partition's shard, loading it first if need be. NOT_COORDINATOR if another node leads it. */
    public <T> Future<T> execute(int partition, ShardOperation<S, T> operation) {
        Promise<T> promise = threads.promise();
        execute(partition, operation, promise);
        return promise.future();
    }

    /** The same, for a caller that made its promise earlier and elsewhere. */
    public <T> void execute(int partition, ShardOperation<S, T> operation, Promise<T> promise) {
        ShardRunner<S> runner = runner(partition);
        if (runner == null) {
            promise.fail(notCoordinator(new TopicPartition(topic, partition)));
        } else {
            runner.submit(operation, new Reply<>(promise));
        }
    }

    /** Begins to load the partition if it is not open, without waiting. */
    public void open(int partition) {
        ShardRunner<S> runner = runner(partition);
        if (runner != null) {
            runner.open();
        }
    }

    /** Fails all that waits for the partition, whose leadership this node lost or gave up. */
    public void resign(int partition) {
        ShardRunner<S> runner = runners.remove(partition);
        if (runner != null) {
            runner.resign();
        }
    }

    @Override
    public void close() {
        closed = true;
        runners.keySet().forEach(this::resign);
    }

    /** The runner of the epoch that this node leads in now; one of an older epoch is retired. */
    private @Nullable ShardRunner<S> runner(int partition) {
        TopicPartition topicPartition = new TopicPartition(topic, partition);
        int epoch = log.leaderEpoch(topicPartition);
        if (epoch < 0 || closed) {
            resign(partition);
            return null;
        }
        ShardRunner<S> current = runners.get(partition);
        if (current != null && current.epoch() >= epoch) {
            return current;
        }
        return runners.compute(partition, (index, known) -> {
            if (known != null && known.epoch() >= epoch) {
                return known;
            }
            if (known != null) {
                known.resign();
            }
            return new ShardRunner<>(
                    topicPartition, epoch, environment, config, threads.shard(index), log, () -> shards.apply(index));
        });
    }

    static ThalwegException notCoordinator(TopicPartition partition) {
        return new ThalwegException(
                ErrorCode.NOT_COORDINATOR,
                "this node does not lead the coordinator's partition: partition=" + partition
                        + "; look for the coordinator again");
    }
}
