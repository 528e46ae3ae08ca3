package io.thalweg.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.environment.Clock;
import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.TopicPartition;

/** A broker on a Vert.x of its own, with a low limit for blocked event loops, and what tests do with it. */
final class TestBroker implements AutoCloseable {

    final Vertx vertx;
    final Broker broker;
    final BrokerApi api;

    private TestBroker(Vertx vertx, Broker broker) {
        this.vertx = vertx;
        this.broker = broker;
        this.api = broker.api();
    }

    static TestBroker start(Path directory) {
        return start(directory, config -> config);
    }

    static TestBroker start(Path directory, UnaryOperator<BrokerConfig> change) {
        return start(directory, FileSystem.system(), change);
    }

    static TestBroker start(Path directory, FileSystem files, UnaryOperator<BrokerConfig> change) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setBlockedThreadCheckInterval(100)
                .setMaxEventLoopExecuteTime(500)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS));
        // Not seeded: a restart must not give out the ids of before.
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        Environment environment = new Environment(Clock.system(), new VertxTimers(vertx), random, files);
        BrokerConfig small = BrokerConfig.defaults(directory).withJournalBytes(8 << 20);
        try {
            return new TestBroker(vertx, Futures.await(Broker.start(vertx, environment, change.apply(small))));
        } catch (RuntimeException | Error failure) {
            Futures.await(vertx.close());
            throw failure;
        }
    }

    TopicView create(String topic, int partitions) {
        return Futures.await(api.topics().create(NewTopic.named(topic, partitions), false));
    }

    TopicView create(String topic, int partitions, Map<String, String> configs) {
        return Futures.await(
                api.topics().create(new NewTopic(topic, partitions, (short) -1, Map.of(), configs), false));
    }

    Future<AppendResult> append(TopicPartition partition, String... values) {
        return append(partition, batch(values));
    }

    Future<AppendResult> append(TopicPartition partition, ByteBuffer batch) {
        return api.append(new AppendRequest(partition, batch, Acks.ALL, 30_000));
    }

    long appended(TopicPartition partition, String... values) {
        return Futures.await(append(partition, values)).baseOffset();
    }

    static ByteBuffer batch(String... values) {
        BatchBuilder batch = BatchBuilder.uncompressed();
        for (String value : values) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            batch.append(System.currentTimeMillis(), bytes, bytes);
        }
        return batch.build();
    }

    Future<FetchResult> fetch(TopicPartition partition, long offset, int waitMillis, int minBytes) {
        return api.fetch(request(List.of(read(partition, offset)), waitMillis, minBytes, 1 << 20));
    }

    static FetchPartition read(TopicPartition partition, long offset) {
        return new FetchPartition(partition, null, offset, 1 << 20, -1, -1);
    }

    static FetchRequest request(List<FetchPartition> partitions, int waitMillis, int minBytes, int maxBytes) {
        return new FetchRequest(partitions, waitMillis, minBytes, maxBytes, IsolationLevel.READ_UNCOMMITTED);
    }

    /** Reads until the high watermark and gives the values. */
    List<String> values(TopicPartition partition) {
        List<String> values = new ArrayList<>();
        while (true) {
            List<String> more =
                    Futures.await(fetch(partition, values.size(), 0, 0).map(TestBroker::valuesOf));
            if (more.isEmpty()) {
                return values;
            }
            values.addAll(more);
        }
    }

    /** The values of the only partition, from the offset that was asked for on; closes the result. */
    static List<String> valuesOf(FetchResult result) {
        try (result) {
            return valuesOf(result.partitions().get(0));
        }
    }

    static List<String> valuesOf(FetchedPartition partition) {
        ByteBuffer bytes = ByteBuffer.allocate(partition.records().sizeInBytes());
        try {
            partition.records().copyTo(bytes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        List<String> values = new ArrayList<>();
        RecordReader.forEach(bytes.flip(), ReadLimits.defaults(), found -> {
            values.add(StandardCharsets.UTF_8.decode(found.value().duplicate()).toString());
            return true;
        });
        return values;
    }

    /** Appends, again and again while the log refuses for its disk's sake. */
    void awaitAppend(TopicPartition partition, String value) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                appended(partition, value);
                return;
            } catch (ThalwegException refused) {
                if (refused.error() != ErrorCode.KAFKA_STORAGE_ERROR || System.nanoTime() - deadline > 0) {
                    throw refused;
                }
            }
        }
    }

    /** Returns when so many records were appended. */
    void awaitRecords(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (broker.metrics().appendRecords() < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("appended: " + broker.metrics().appendRecords() + " expected: " + count);
            }
            Thread.onSpinWait();
        }
    }

    /** Returns when so many fetches wait. */
    void awaitWaiters(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (broker.metrics().fetchWaiters() < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waiting: " + broker.metrics().fetchWaiters() + " expected: " + count);
            }
            Thread.onSpinWait();
        }
    }

    /** Ends the threads; what they try to write on their way out fails. */
    void closeOnFailedDisk() {
        Futures.await(broker.close().otherwiseEmpty());
        Futures.await(vertx.close());
    }

    /** Also holds every test to closing what it fetched, and the broker to not keeping anything back. */
    @Override
    public void close() {
        assertThat(broker.metrics().fetchLentBytes())
                .as("bytes of fetches not closed")
                .isZero();
        Futures.await(broker.close());
        Futures.await(vertx.close());
    }
}
