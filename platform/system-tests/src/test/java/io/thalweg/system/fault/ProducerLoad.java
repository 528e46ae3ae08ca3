package io.thalweg.system.fault;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryEvent.Outcome;
import io.thalweg.system.history.HistoryEvent.Send;
import io.thalweg.system.history.SendsInOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.VoidSerializer;

/** Idempotent kafka-clients producers with acks=all, one for each partition, sending rising numbers without pause. */
public final class ProducerLoad implements AutoCloseable {

    /** Enough for full batches while the node is away, few enough to be caught up at once afterwards. */
    private static final int IN_FLIGHT_MAX = 2_000;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final History history;
    private final long pauseNanos;
    private final Map<String, Object> overrides;
    private final AckTimes ackTimes;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicLong acknowledged = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();

    /** As fast as it goes. */
    ProducerLoad(History history, String bootstrap, String topic, int partitions) {
        this(history, bootstrap, topic, partitions, 0);
    }

    /** With so long between two records of a partition, so that the history of a long test fits into memory. */
    ProducerLoad(History history, String bootstrap, String topic, int partitions, long pauseMicros) {
        this(history, bootstrap, topic, partitions, pauseMicros, Map.of());
    }

    /** @param overrides of the producers' settings */
    public ProducerLoad(
            History history,
            String bootstrap,
            String topic,
            int partitions,
            long pauseMicros,
            Map<String, Object> overrides) {
        this.history = history;
        this.pauseNanos = pauseMicros * 1_000;
        this.overrides = Map.copyOf(overrides);
        this.ackTimes = new AckTimes(partitions);
        for (int partition = 0; partition < partitions; partition++) {
            int own = partition;
            Thread thread = new Thread(() -> produce(bootstrap, topic, own), "load-" + partition);
            thread.start();
            threads.add(thread);
        }
    }

    private void produce(String bootstrap, String topic, int partition) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrap,
                "acks", "all",
                "enable.idempotence", true,
                "linger.ms", 1,
                "request.timeout.ms", 5_000,
                "delivery.timeout.ms", 180_000,
                "reconnect.backoff.ms", 20,
                "reconnect.backoff.max.ms", 100,
                "retry.backoff.ms", 20,
                "retry.backoff.max.ms", 100));
        properties.putAll(overrides);
        Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
        String key = topic + "/" + partition;
        String process = "writer-" + partition;
        SendsInOrder sends = new SendsInOrder(history);
        try (KafkaProducer<Void, Long> producer =
                new KafkaProducer<>(properties, new VoidSerializer(), new LongSerializer())) {
            for (long value = 1; running.get(); value++) {
                long sent = value;
                inFlight.acquireUninterruptibly();
                if (pauseNanos > 0) {
                    LockSupport.parkNanos(pauseNanos);
                }
                var unused = producer.send(new ProducerRecord<>(topic, partition, null, value), (metadata, failure) -> {
                    inFlight.release();
                    if (failure == null) {
                        acknowledged.incrementAndGet();
                        ackTimes.acknowledged(partition, System.nanoTime());
                        sends.add(sent, new Send(process, key, sent, metadata.offset(), Outcome.OK));
                    } else {
                        sends.add(sent, new Send(process, key, sent, -1, outcome(failure)));
                    }
                });
            }
        } finally {
            sends.end();
        }
    }

    private static Outcome outcome(Exception failure) {
        return failure instanceof RecordTooLargeException || failure instanceof AuthorizationException
                ? Outcome.FAIL
                : Outcome.INFO;
    }

    /** When acknowledgements came. */
    public AckTimes ackTimes() {
        return ackTimes;
    }

    public long acknowledged() {
        return acknowledged.get();
    }

    /** Returns when {@code more} records have been acknowledged after now; fails if none at all was for two minutes. */
    public void awaitAcknowledged(long more) throws InterruptedException {
        long wanted = acknowledged.get() + more;
        await(() -> wanted - acknowledged.get());
    }

    /** The same for each partition. */
    public void awaitAcknowledgedOnEach(long more) throws InterruptedException {
        long[] before = ackTimes.counts();
        await(() -> {
            long[] now = ackTimes.counts();
            long missing = 0;
            for (int partition = 0; partition < now.length; partition++) {
                missing += Math.max(0, before[partition] + more - now[partition]);
            }
            return missing;
        });
    }

    private void await(LongSupplier missing) throws InterruptedException {
        long seen = missing.getAsLong();
        long progressNanos = System.nanoTime();
        for (long now = seen; now > 0; now = missing.getAsLong()) {
            if (now < seen) {
                seen = now;
                progressNanos = System.nanoTime();
            } else if (System.nanoTime() - progressNanos > PATIENCE_NANOS) {
                throw new AssertionError(
                        "no progress: missing=" + now + " acknowledged=" + Arrays.toString(ackTimes.counts()));
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    @Override
    public void close() {
        finish();
    }

    /** Stops sending, waits for every outcome and returns how many records were acknowledged. */
    public long finish() {
        running.set(false);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return acknowledged.get();
    }
}
