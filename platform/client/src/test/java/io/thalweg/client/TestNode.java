package io.thalweg.client;

import static io.thalweg.client.ProducerTest.await;

import io.thalweg.broker.Broker;
import io.thalweg.broker.BrokerConfig;
import io.thalweg.broker.VertxTimers;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.log.Durability;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.function.Supplier;

/** A real broker in this process. */
final class TestNode {

    final Vertx vertx;
    final Broker broker;
    final ThalwegClient client;

    TestNode(Path directory) throws Exception {
        vertx = Vertx.vertx();
        BrokerConfig config = BrokerConfig.defaults(directory)
                .withDurability(Durability.OS)
                .withJournalBytes(16 << 20)
                .withTailBytes(8 << 20);
        broker = await(Broker.start(vertx, VertxTimers.environment(vertx), config));
        client = LocalClient.create(vertx, broker.api());
    }

    void create(String topic, int partitions) throws Exception {
        await(broker.api().topics().create(NewTopic.named(topic, partitions), false));
    }

    /** Runs on a context of its own kind and waits for the outcome. */
    static <T> T on(Context context, Supplier<Future<T>> task) throws Exception {
        Promise<T> promise = Promise.promise();
        context.runOnContext(turn -> task.get().onComplete(promise));
        return await(promise.future());
    }

    void close() throws Exception {
        await(broker.close());
        await(vertx.close());
    }
}
