package io.thalweg.connectors.runtime.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SinkTask;
import io.thalweg.connectors.api.SinkTaskContext;
import io.thalweg.connectors.runtime.convert.Converter;
import io.thalweg.connectors.runtime.policy.Redaction;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.thalweg.connectors.runtime.task.ConnectorVerticle;
import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.thalweg.connectors.runtime.task.TaskLimits;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.thalweg.connectors.runtime.task.TaskSettings;
import io.thalweg.connectors.runtime.task.TaskSetup;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sink task over a consumer that gains and loses partitions when the test says. */
@Timeout(60)
final class SinkRunnerTest {

    private static final TopicPartition ONE = new TopicPartition("t", 1);
    private static final TopicPartition TWO = new TopicPartition("t", 2);

    private final Vertx vertx = Vertx.vertx();
    private final HeldClient client = new HeldClient();
    private final Held plugin = new Held();
    private ConnectorVerticle verticle;
    private Context context;

    @BeforeEach
    void open() throws Exception {
        start();
    }

    @SuppressWarnings("NullAway") // this sink needs no more of its task
    void start() throws Exception {
        TaskIdentity identity = new TaskIdentity("c", 0);
        Converter bytes = Converter.named("bytes", false);
        TaskSettings settings =
                new TaskSettings(List.of("t"), null, bytes, bytes, true, false, -1, 10, "", false, 60_000);
        TaskSetup setup = new TaskSetup(
                vertx,
                client,
                identity,
                new JsonObject(),
                new JsonObject(),
                new Redaction(),
                settings,
                new TaskLimits(1, 1, 1, 200, 10_000, 10_000),
                null,
                null,
                new StatusStore(vertx, client, () -> "w"),
                new TaskMetrics(identity, false),
                null,
                failure -> {});
        verticle = new ConnectorVerticle(calls -> {
            context = calls.runner();
            return new SinkRunner(setup, calls, plugin);
        });
        await(vertx.deployVerticle(
                verticle,
                new DeploymentOptions()
                        .setThreadingModel(plugin.blocking ? ThreadingModel.WORKER : ThreadingModel.EVENT_LOOP)));
    }

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private void on(Runnable step) throws Exception {
        Promise<Void> done = Promise.promise();
        context.runOnContext(turn -> {
            step.run();
            done.complete();
        });
        await(done.future());
    }

    /** Another member has it by now, and has committed more: a commit of ours would take the group back. */
    @Test
    void whatWasPutOfAPartitionThatWasLostMeanwhileIsNotCommitted() throws Exception {
        on(() -> client.consumer.gain(ONE));
        on(() -> client.consumer.hand(ONE, 40));
        on(plugin.puts.take()::complete);
        on(() -> client.consumer.hand(ONE, 41));
        Promise<Void> underWay = plugin.puts.take();
        on(() -> plugin.context.requestCommit());
        on(() -> client.consumer.lose(ONE));
        on(() -> client.consumer.gain(TWO));
        on(underWay::complete);
        on(() -> client.consumer.hand(TWO, 7));
        on(plugin.puts.take()::complete);
        on(() -> plugin.context.requestCommit());

        assertThat(client.consumer.commits.take()).isEqualTo(Map.of(TWO, 8L));
    }

    @Test
    void whatIsReadOfAPartitionThatIsLostBehindASlowPutIsNotPut() throws Exception {
        on(() -> client.consumer.gain(ONE));
        on(() -> client.consumer.gain(TWO));
        on(() -> client.consumer.hand(TWO, 1));
        Promise<Void> underWay = plugin.puts.take();
        on(() -> client.consumer.hand(ONE, 41));
        on(() -> client.consumer.lose(ONE));
        on(underWay::complete);
        on(() -> client.consumer.hand(TWO, 2));
        on(plugin.puts.take()::complete);

        assertThat(plugin.offsets).containsExactly(1L, 2L);
    }

    @Test
    void aRefusalIsAnsweredOnTheContextOfThePluginWhichMayBlock() throws Exception {
        plugin.blocking = true;
        start();
        on(() -> client.consumer.gain(ONE));
        on(() -> client.consumer.hand(ONE, 41));
        assertThat(plugin.answeredOnWorker.take()).isTrue();
    }

    /** Else it would go on beside the instance that takes its place. */
    @Test
    void aTaskWhosePutHangsIsToldToStopAllTheSame() throws Exception {
        on(() -> client.consumer.gain(ONE));
        on(() -> client.consumer.hand(ONE, 41));
        Promise<Void> underWay = plugin.puts.take();
        await(verticle.stopTask());

        assertThat(plugin.stops).hasValue(1);
        on(underWay::complete);
        assertThat(client.consumer.commits).isEmpty();
        assertThat(plugin.stops).hasValue(1);
    }

    /** Its puts are the test's to complete. */
    private static final class Held implements SinkPlugin {
        final BlockingQueue<Promise<Void>> puts = new LinkedBlockingQueue<>();
        final BlockingQueue<Long> offsets = new LinkedBlockingQueue<>();
        final BlockingQueue<Boolean> answeredOnWorker = new LinkedBlockingQueue<>();
        volatile SinkTaskContext context;
        volatile boolean blocking;
        final AtomicInteger stops = new AtomicInteger();

        @Override
        public String name() {
            return "held";
        }

        @Override
        public String version() {
            return "1";
        }

        @Override
        public String description() {
            return "Holds what it is given.";
        }

        @Override
        public JsonObject configSchema() {
            return new JsonObject();
        }

        @Override
        public Delivery delivery() {
            return Delivery.AT_LEAST_ONCE;
        }

        @Override
        public SinkTask newTask() {
            return new SinkTask() {
                @Override
                public Future<Void> start(SinkTaskContext given) {
                    context = given;
                    return Future.succeededFuture();
                }

                @Override
                public Future<Void> put(List<SinkRecord> records) {
                    records.forEach(record -> offsets.add(record.offset()));
                    if (blocking) {
                        return context.refuse(records.get(0), new IllegalArgumentException("no"))
                                .onSuccess(done -> answeredOnWorker.add(Context.isOnWorkerThread()));
                    }
                    Promise<Void> put = Promise.promise();
                    puts.add(put);
                    return put.future();
                }

                @Override
                @SuppressWarnings("NonAtomicVolatileUpdate") // One thread stops it.
                public Future<Void> stop() {
                    stops.incrementAndGet();
                    return Future.succeededFuture();
                }
            };
        }
    }
}
