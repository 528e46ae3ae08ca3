package io.thalweg.connectors.runtime.store;

import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.Producer;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.SequencedProducer;
import io.thalweg.client.ThalwegClient;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** One internal topic of one partition, compacted: the newest record of each key is what counts. */
final class CompactedTopic {

    private static final int LOOK_MILLIS = 20;

    /** Compaction keeps the last claim alone. */
    private static final String CLAIM_KEY = "\0thalweg.claim";

    private final Vertx vertx;
    private final ThalwegClient client;
    private final String name;
    private final Producer producer;

    /** Of a claim; null while everybody may write, as on a node alone. */
    private volatile @Nullable FencedWriter fenced;

    /** What the last record of a claim says, and where it is. */
    private @Nullable String lastClaim;

    private long lastClaimOffset = -1;

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
        consumer.batchHandler(records -> records.forEach(record -> {
            if (isClaim(record)) {
                byte[] token = record.value();
                lastClaim = token == null ? null : new String(token, StandardCharsets.UTF_8);
                lastClaimOffset = record.offset();
            } else {
                reader.read(record);
            }
        }));
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

    private static boolean isClaim(ReceivedRecord record) {
        byte[] key = record.key();
        return key != null && new String(key, StandardCharsets.UTF_8).equals(CLAIM_KEY);
    }

    /**
     * Makes this node the only one that can write, then reads all that is in the topic. Completes with the offset of the claim,
     * which is greater than that of any before. Fails, and can be tried again, if somebody else claimed at the same time.
     */
    Future<Long> claim(SeatClaim claim, Reader reader) {
        TopicPartition partition = new TopicPartition(name, 0);
        Promise<Long> claimed = ((VertxInternal) vertx).getOrCreateContext().promise();
        ensure().compose(there ->
                        client.sequencedProducer(claim.producerId(), (short) 0).position(partition))
                .compose(last -> {
                    if (last.epoch() == Short.MAX_VALUE) {
                        return Future.failedFuture(new EpochsExhaustedException(
                                "no epoch is left: producerId=" + claim.producerId() + " topic=" + name));
                    }
                    SequencedProducer owned = client.sequencedProducer(claim.producerId(), (short) (last.epoch() + 1));
                    OutgoingRecord record = new OutgoingRecord(
                            name,
                            0,
                            CLAIM_KEY.getBytes(StandardCharsets.UTF_8),
                            claim.tokenBytes(),
                            List.of(),
                            System.currentTimeMillis());
                    return owned.append(partition, 0, List.of(record)).map(owned);
                })
                .compose(owned -> readAll(reader).map(owned))
                .compose(owned -> {
                    if (!claim.token().equals(lastClaim)) {
                        return Future.failedFuture(
                                new FencedException("another node claimed at the same time: topic=" + name));
                    }
                    fenced = new FencedWriter(vertx, owned, partition, 1, claim.fenced());
                    return Future.succeededFuture(lastClaimOffset);
                })
                .onComplete(claimed);
        return claimed.future();
    }

    /** @param value null to remove the key */
    Future<Void> put(String key, @Nullable String value, List<RecordHeader> headers) {
        byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        OutgoingRecord record = new OutgoingRecord(name, 0, key.getBytes(StandardCharsets.UTF_8), bytes, headers, -1);
        FencedWriter owned = fenced;
        return owned == null ? producer.send(record).mapEmpty() : owned.put(record);
    }

    /** Completes when every write so far of a claim has an outcome. */
    Future<Void> settled() {
        FencedWriter owned = fenced;
        return owned == null ? Future.succeededFuture() : owned.settled();
    }

    Future<Void> close() {
        FencedWriter owned = fenced;
        if (owned != null) {
            owned.close();
        }
        return producer.close();
    }
}
