package io.thalweg.streams.runtime;

import io.thalweg.broker.Broker;
import io.thalweg.broker.BrokerConfig;
import io.thalweg.broker.VertxTimers;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.ConfigOperation;
import io.thalweg.broker.api.TopicsApi.ConfigResource;
import io.thalweg.broker.api.TopicsApi.ConfigResourceType;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.LocalClient;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.ThalwegClient;
import io.thalweg.client.consume.PulledPartitions;
import io.thalweg.coordination.group.GroupCoordinatorConfig;
import io.thalweg.environment.Clock;
import io.thalweg.environment.Environment;
import io.thalweg.log.Durability;
import io.thalweg.streams.topology.Topology;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/** A real broker in this process, with what the tests do to it. */
final class StreamsNode {

    static final int SMALL_SEGMENT_BYTES = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final Vertx vertx;
    final ThalwegClient client;
    private final Broker broker;
    private final Producer producer;
    private final ClockAhead clock = new ClockAhead();

    /** The machine's clocks, and what a test added to both. */
    private static final class ClockAhead implements Clock {
        private final AtomicLong aheadMillis = new AtomicLong();

        @Override
        public long wallMillis() {
            return Clock.system().wallMillis() + aheadMillis.get();
        }

        @Override
        public long monotonicNanos() {
            return Clock.system().monotonicNanos() + aheadMillis.get() * 1_000_000;
        }
    }

    StreamsNode(Path directory) throws Exception {
        vertx = Vertx.vertx();
        BrokerConfig config = BrokerConfig.defaults(directory)
                .withDurability(Durability.OS)
                .withJournalBytes(16 << 20)
                .withTailBytes(8 << 20)
                .withGroups(GroupCoordinatorConfig.defaults()
                        .withOffsetsTopicPartitions(1)
                        .withInitialRebalanceDelayMillis(0));
        Environment machine = VertxTimers.environment(vertx);
        Environment ahead = new Environment(clock, machine.timers(), machine.random(), machine.fileSystem());
        broker = await(Broker.start(vertx, ahead, config));
        client = LocalClient.create(vertx, broker.api());
        producer = client.producer(ProducerConfig.defaults());
    }

    static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        }
    }

    void create(String topic, int partitions) throws Exception {
        create(topic, partitions, Map.of());
    }

    void create(String topic, int partitions, Map<String, String> configs) throws Exception {
        await(client.topics().create(new NewTopic(topic, partitions, (short) -1, Map.of(), configs), false));
    }

    /** Publishes in pieces that the producer's buffer takes. */
    void publish(List<OutgoingRecord> records) throws Exception {
        for (int from = 0; from < records.size(); from += 5_000) {
            List<SendOutcome> outcomes =
                    await(producer.send(records.subList(from, Math.min(records.size(), from + 5_000))));
            for (SendOutcome outcome : outcomes) {
                if (outcome.failure() != null) {
                    throw new AssertionError("not published", outcome.failure());
                }
            }
        }
    }

    int partitions(String topic) {
        return client.cluster().topic(topic).partitions().size();
    }

    /** Where a partition begins. */
    long beginning(String topic, int partition) throws Exception {
        Context context = vertx.getOrCreateContext();
        PulledPartitions pulled = on(context, () -> Future.succeededFuture(client.pull(ConsumerConfig.alone())));
        long beginning = on(context, () -> pulled.beginning(new TopicPartition(topic, partition)));
        on(context, () -> {
            pulled.close();
            return Future.succeededFuture();
        });
        return beginning;
    }

    /** Puts the broker's clocks forward. */
    void letTimePass(Duration time) {
        clock.aheadMillis.addAndGet(time.toMillis());
    }

    /** Sets segments so small that a topic has several. */
    void smallSegments(String topic) throws Exception {
        await(client.topics()
                .alterConfigs(
                        new ConfigResource(ConfigResourceType.TOPIC, topic),
                        List.of(new ConfigChange(
                                "segment.bytes", ConfigOperation.SET, Integer.toString(SMALL_SEGMENT_BYTES))),
                        false));
    }

    /** All that a topic holds up to now, in the order of each partition. */
    List<ReceivedRecord> read(String topic) throws Exception {
        Context context = vertx.getOrCreateContext();
        Set<TopicPartition> partitions = partitionsOf(topic);
        Consumer consumer = consumer(context, partitions);
        on(context, () -> consumer.seekToEnd(partitions));
        var ends = on(context, () -> Future.succeededFuture(consumer.positions()));
        return read(
                context,
                consumer,
                partitions,
                records -> consumer.positions().entrySet().stream()
                        .allMatch(position -> position.getValue() >= ends.get(position.getKey())));
    }

    /** What a topic holds from its beginning, once it is as expected. */
    List<ReceivedRecord> readUntil(String topic, Predicate<List<ReceivedRecord>> expected) throws Exception {
        Context context = vertx.getOrCreateContext();
        Set<TopicPartition> partitions = partitionsOf(topic);
        return read(context, consumer(context, partitions), partitions, expected);
    }

    private Set<TopicPartition> partitionsOf(String topic) {
        Set<TopicPartition> partitions = new HashSet<>();
        for (int i = 0; i < partitions(topic); i++) {
            partitions.add(new TopicPartition(topic, i));
        }
        return partitions;
    }

    private Consumer consumer(Context context, Set<TopicPartition> partitions) throws Exception {
        Consumer consumer = on(context, () -> Future.succeededFuture(client.consumer(ConsumerConfig.alone())));
        on(context, () -> consumer.assign(partitions));
        return consumer;
    }

    private static List<ReceivedRecord> read(
            Context context,
            Consumer consumer,
            Set<TopicPartition> partitions,
            Predicate<List<ReceivedRecord>> expected)
            throws Exception {
        List<ReceivedRecord> records = new ArrayList<>();
        Promise<List<ReceivedRecord>> done = Promise.promise();
        on(context, () -> consumer.seekToBeginning(partitions));
        Runnable check = () -> {
            if (expected.test(records)) {
                done.tryComplete(List.copyOf(records));
            }
        };
        context.runOnContext(turn -> {
            consumer.batchHandler(batch -> {
                records.addAll(batch);
                check.run();
            });
            check.run();
        });
        List<ReceivedRecord> read = await(done.future());
        await(consumer.close());
        return read;
    }

    static <T> T on(Context context, Supplier<Future<T>> task) throws Exception {
        Promise<T> promise = Promise.promise();
        context.runOnContext(turn -> task.get().onComplete(promise));
        return await(promise.future());
    }

    StreamsRuntime start(Topology topology, StreamsRuntimeConfig config) throws Exception {
        return await(StreamsRuntime.start(vertx, client, topology, config));
    }

    /** Asks again and again for the view until it is as expected. */
    JsonObject until(StreamsRuntime runtime, String what, Predicate<JsonObject> expected) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonObject view = await(runtime.describe());
        while (!expected.test(view)) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(what + " did not come about: " + view.encodePrettily());
            }
            // The view takes a turn of each processor, so this does not spin against it.
            view = await(runtime.describe());
        }
        return view;
    }

    /** Until all tasks run and have processed all that their inputs hold. */
    JsonObject untilCaughtUp(StreamsRuntime runtime, int tasks) throws Exception {
        return until(runtime, "caught up", view -> caughtUp(view, tasks));
    }

    private static boolean caughtUp(JsonObject view, int tasks) {
        if (view.getJsonArray("tasks").size() != tasks) {
            return false;
        }
        for (Object entry : view.getJsonArray("tasks")) {
            JsonObject task = (JsonObject) entry;
            if (!task.getString("state").equals("RUNNING")) {
                return false;
            }
            for (Object one : task.getJsonArray("inputs")) {
                JsonObject input = (JsonObject) one;
                if (input.getLong("lag", -1L) != 0
                        || !input.getLong("committed").equals(input.getLong("end"))) {
                    return false;
                }
            }
        }
        return true;
    }

    void close() throws Exception {
        await(broker.close());
        await(vertx.close());
    }
}
