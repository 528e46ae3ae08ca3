package io.thalweg.connectors.runtime.store;

import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.Producer;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.ThalwegClient;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** One internal topic of one partition, compacted: the newest record of each key is what counts. */
final class CompactedTopic {

    private static final int LOOK_MILLIS = 20;

    private final Vertx vertx;
    private final ThalwegClient client;
    private final String name;
    private final Producer producer;

    CompactedTopic(Vertx vertx, ThalwegClient client, String name) {
        this.vertx = vertx;
        this.client = client;
        this.name = name;
        this.producer = client.producer(ProducerConfig.defaults());
    }

    /** Is given the records of a topic, oldest first. */
    interface Reader {
        void read(ReceivedRecord record);
    }

    /** Creates the topic if it is absent, and reads all that is in it. To be called on an event loop. */
    Future<Void> load(Reader reader) {
        return ensure().compose(there -> readAll(reader));
    }

    Future<Void> ensure() {
        if (client.cluster().topic(name) != null) {
            return Future.succeededFuture();
        }
        NewTopic topic = new NewTopic(name, 1, (short) -1, Map.of(), Map.of("cleanup.policy", "compact"));
        return client.topics()
                .createInternal(topic)
                .<Void>mapEmpty()
                .recover(failure -> ThalwegException.codeOf(failure) == ErrorCode.TOPIC_ALREADY_EXISTS
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure));
    }

    private Future<Void> readAll(Reader reader) {
        TopicPartition partition = new TopicPartition(name, 0);
        Consumer consumer = client.consumer(ConsumerConfig.alone());
        Promise<Void> done = Promise.promise();
        consumer.pause();
        consumer.exceptionHandler(done::tryFail);
        consumer.batchHandler(records -> records.forEach(reader::read));
        consumer.assign(Set.of(partition))
                .compose(assigned -> consumer.seekToEnd(Set.of(partition)))
                .compose(ended -> {
                    long end = consumer.positions().getOrDefault(partition, 0L);
                    return consumer.seekToBeginning(Set.of(partition)).map(begun -> end);
                })
                .onFailure(done::tryFail)
                .onSuccess(end -> {
                    consumer.resume();
                    // Compaction may have taken the last records: what counts is the position, not what was read.
                    vertx.setPeriodic(1, LOOK_MILLIS, timer -> {
                        if (done.future().isComplete()) {
                            vertx.cancelTimer(timer);
                        } else if (consumer.positions().getOrDefault(partition, 0L) >= end) {
                            vertx.cancelTimer(timer);
                            done.tryComplete();
                        }
                    });
                });
        return done.future().eventually(() -> consumer.close());
    }

    /** @param value null to remove the key */
    Future<Void> put(String key, @Nullable String value, List<RecordHeader> headers) {
        byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        return producer.send(new OutgoingRecord(name, 0, key.getBytes(StandardCharsets.UTF_8), bytes, headers, -1))
                .mapEmpty();
    }

    Future<Void> close() {
        return producer.close();
    }
}
