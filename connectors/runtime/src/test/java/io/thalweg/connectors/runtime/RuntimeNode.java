package io.thalweg.connectors.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.thalweg.broker.Broker;
import io.thalweg.broker.BrokerConfig;
import io.thalweg.broker.VertxTimers;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.LocalClient;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.runtime.plugin.ConnectorConfig;
import io.thalweg.connectors.runtime.store.TargetState;
import io.thalweg.log.Durability;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/** A real broker in this process, and connectors on it. */
final class RuntimeNode {

    final Vertx vertx;
    final Broker broker;
    final ThalwegClient client;
    ConnectorsRuntime runtime;

    RuntimeNode(Path directory) throws Exception {
        vertx = Vertx.vertx();
        BrokerConfig config = BrokerConfig.defaults(directory)
                .withDurability(Durability.OS)
                .withJournalBytes(16 << 20)
                .withTailBytes(8 << 20);
        broker = await(Broker.start(vertx, VertxTimers.environment(vertx), config));
        client = LocalClient.create(vertx, broker.api());
    }

    void start(RuntimeConfig config, ConnectorPlugin... plugins) throws Exception {
        runtime = await(ConnectorsRuntime.start(vertx, client, config, List.of(plugins)));
    }

    void create(String topic, int partitions) throws Exception {
        await(broker.api().topics().create(NewTopic.named(topic, partitions), false));
    }

    void put(String name, JsonObject config) throws Exception {
        await(runtime.herder()
                .put(ConnectorConfig.from(config.copy().put("name", name)), true, TargetState.STARTED, ""));
    }

    /** All of a topic from its beginning, and what comes to it; it must exist. */
    Follower follow(String topic) throws Exception {
        Consumer consumer = consumer();
        Follower follower = new Follower(consumer);
        await(consumer.assign(partitions(topic)));
        await(consumer.seekToBeginning(partitions(topic)));
        consumer.resume();
        return follower;
    }

    /** All of a topic, up to what is there now. */
    List<ReceivedRecord> read(String topic) throws Exception {
        Set<TopicPartition> partitions = partitions(topic);
        Consumer consumer = consumer();
        Follower follower = new Follower(consumer);
        await(consumer.assign(partitions));
        await(consumer.seekToEnd(partitions));
        var end = consumer.positions();
        await(consumer.seekToBeginning(partitions));
        consumer.resume();
        follower.until(read -> end.entrySet().stream()
                .allMatch(e -> consumer.positions().getOrDefault(e.getKey(), 0L) >= e.getValue()));
        // Positions move in the turn that hands the records over, and before it does: only behind that turn all are
        // here.
        await(consumer.close());
        return follower.seen();
    }

    /** How many records a topic has from its beginning, if nothing was taken out of it. */
    long size(String topic) throws Exception {
        Consumer consumer = consumer();
        await(consumer.assign(partitions(topic)));
        await(consumer.seekToEnd(partitions(topic)));
        long size = consumer.positions().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        await(consumer.close());
        return size;
    }

    private Consumer consumer() throws Exception {
        Consumer consumer = on(() -> Future.succeededFuture(client.consumer(ConsumerConfig.alone())));
        consumer.pause();
        return consumer;
    }

    private Set<TopicPartition> partitions(String topic) {
        Set<TopicPartition> partitions = new HashSet<>();
        client.cluster().topic(topic).partitions().forEach(p -> partitions.add(new TopicPartition(topic, p.index())));
        return partitions;
    }

    <T> T on(Supplier<Future<T>> task) throws Exception {
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        Promise<T> promise = Promise.promise();
        context.runOnContext(turn -> task.get().onComplete(promise));
        return await(promise.future());
    }

    static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, SECONDS);
        } catch (java.util.concurrent.ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        }
    }

    void close() throws Exception {
        if (runtime != null) {
            await(runtime.close());
        }
        await(broker.close());
        await(vertx.close());
    }
}
