package io.thalweg.launcher.demo;

import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.ThalwegClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** The client that verticles use, inside the node. */
final class InProcessDoor implements DemoDoor {

    private static final int RECORDS_IN_FLIGHT = 1_000;

    private final Vertx vertx;
    private final ThalwegClient client;

    InProcessDoor(Vertx vertx, ThalwegClient client) {
        this.vertx = vertx;
        this.client = client;
    }

    @Override
    public String name() {
        return "In process";
    }

    @Override
    public PublishReport publish(String topic, List<Flight> flights) throws Exception {
        Latencies latencies = new Latencies();
        Semaphore inFlight = new Semaphore(RECORDS_IN_FLIGHT);
        Producer producer = client.producer(ProducerConfig.defaults());
        List<Future<?>> sends = new ArrayList<>();
        long start = System.nanoTime();
        for (Flight flight : flights) {
            inFlight.acquire();
            long sent = System.nanoTime();
            sends.add(producer.send(OutgoingRecord.of(topic, flight.key(), flight.value()))
                    .onComplete(answer -> {
                        latencies.add(System.nanoTime() - sent);
                        inFlight.release();
                    }));
        }
        await(Future.all(sends));
        double seconds = (System.nanoTime() - start) / 1e9;
        await(producer.close());
        return new PublishReport(
                name(), flights.size(), 1, seconds, latencies.percentileMillis(0.5), latencies.percentileMillis(0.99));
    }

    @Override
    public ReadReport read(String topic, String group, int count) throws Exception {
        Promise<ReadReport> done = Promise.promise();
        vertx.getOrCreateContext().runOnContext(now -> {
            Consumer consumer = client.consumer(ConsumerConfig.inGroup(group));
            ReadProgress progress = new ReadProgress(name(), count);
            consumer.exceptionHandler(done::tryFail).handler(record -> {
                if (add(progress, record)) {
                    ReadReport report = progress.report();
                    consumer.close().onComplete(closed -> done.tryComplete(report));
                }
            });
            consumer.subscribe(Set.of(topic)).onFailure(done::tryFail);
        });
        return await(done.future());
    }

    private static boolean add(ReadProgress progress, ReceivedRecord record) {
        return !progress.done()
                && progress.add(
                        record.partition(),
                        record.offset(),
                        new String(Objects.requireNonNull(record.key()), StandardCharsets.UTF_8),
                        Flight.from(new JsonObject(Buffer.buffer(Objects.requireNonNull(record.value())))));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get();
    }
}
