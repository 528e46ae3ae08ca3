package io.thalweg.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.api.BrokerApi.ProducerPosition;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.SequencedProducer;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.testkit.Seeds;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over a log that loses requests, loses answers and refuses large batches: every change is there once and in order. */
final class ChangelogWriterTest {

    private static final TopicPartition PARTITION = new TopicPartition("changes", 0);
    private static final int FIRST_SEQUENCE = Integer.MAX_VALUE - 100;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = Contexts.eventLoop(vertx);

    @AfterEach
    void stop() throws Exception {
        StreamsNode.await(vertx.close());
    }

    private static OutgoingRecord change(int number) {
        byte[] bytes = ByteBuffer.allocate(4).putInt(number).array();
        return new OutgoingRecord(PARTITION.topic(), 0, bytes, bytes, List.of(), number);
    }

    private static List<OutgoingRecord> changes(int from, int to) {
        List<OutgoingRecord> changes = new ArrayList<>();
        for (int i = from; i < to; i++) {
            changes.add(change(i));
        }
        return changes;
    }

    private static int number(OutgoingRecord record) {
        return ByteBuffer.wrap(record.value()).getInt();
    }

    @Seeds(count = 10)
    void everyChangeIsThereOnceAndInOrderWhateverFails(long seed) throws Exception {
        FaultyLog log = new FaultyLog(new Random(seed));
        List<Future<Long>> ends = new ArrayList<>();
        StreamsNode.await(Contexts.on(context, () -> {
            ChangelogWriter writer = new ChangelogWriter(context, log, PARTITION, FIRST_SEQUENCE, () -> 0);
            for (int from = 0; from < 300; from += 10) {
                ends.add(writer.append(changes(from, from + 10)));
            }
            return Future.all(ends).mapEmpty();
        }));

        assertThat(log.numbers())
                .isEqualTo(changes(0, 300).stream()
                        .map(ChangelogWriterTest::number)
                        .toList());
        for (int i = 0; i < ends.size(); i++) {
            assertThat(ends.get(i).result()).isIn((long) (i + 1) * 10, -1L);
        }
    }

    /** Compaction would take them for written long ago. */
    @Test
    void changesOfOldEventsAreFollowedByWhenTheyWereWritten() throws Exception {
        long now = 1_800_000_000_000L;
        FaultyLog log = new FaultyLog(null);
        List<Future<Long>> ends = new ArrayList<>();
        StreamsNode.await(Contexts.on(context, () -> {
            ChangelogWriter writer = new ChangelogWriter(context, log, PARTITION, FIRST_SEQUENCE, () -> now);
            ends.add(writer.append(changes(0, 3)));
            ends.add(writer.append(List.of(
                    new OutgoingRecord(PARTITION.topic(), 0, new byte[4], new byte[4], List.of(), now - 1_000))));
            return Future.all(ends).mapEmpty();
        }));

        assertThat(log.records.stream().map(OutgoingRecord::timestampMillis))
                .containsExactly(0L, 1L, 2L, now, now - 1_000);
        assertThat(ends.stream().map(Future::result)).containsExactly(3L, 5L);
    }

    @Test
    void whoeverIsFencedHearsOfItForAllThatWaits() {
        Held log = new Held();
        List<Future<Long>> ends = new ArrayList<>();
        Future<Void> done = Contexts.on(context, () -> {
            ChangelogWriter writer = new ChangelogWriter(context, log, PARTITION, 1, () -> 0);
            ends.add(writer.append(changes(0, 1)));
            ends.add(writer.append(changes(1, 2)));
            log.answer.fail(new ThalwegException(ErrorCode.INVALID_PRODUCER_EPOCH, "somebody came later"));
            ends.add(writer.append(changes(2, 3)));
            return Future.join(ends).mapEmpty();
        });

        assertThatThrownBy(() -> StreamsNode.await(done)).isInstanceOf(FencedException.class);
        assertThat(ends).allSatisfy(end -> assertThat(end.cause()).isInstanceOf(FencedException.class));
    }

    @Test
    void whatHasNoOutcomeWhenTheTaskIsClosedFails() {
        Held log = new Held();
        List<Future<Long>> ends = new ArrayList<>();
        Future<Void> done = Contexts.on(context, () -> {
            ChangelogWriter writer = new ChangelogWriter(context, log, PARTITION, 1, () -> 0);
            ends.add(writer.append(changes(0, 1)));
            writer.close();
            log.answer.complete(0L);
            ends.add(writer.append(changes(1, 2)));
            return Future.join(ends).mapEmpty();
        });

        assertThatThrownBy(() -> StreamsNode.await(done)).hasMessageContaining("the task was closed");
        assertThat(log.appends).isEqualTo(1);
    }

    private abstract static class FakeProducer implements SequencedProducer {
        @Override
        public long producerId() {
            return 1;
        }

        @Override
        public Future<Integer> lastSequence(TopicPartition partition) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<ProducerPosition> position(TopicPartition partition) {
            throw new UnsupportedOperationException();
        }
    }

    /** One whose answer the test gives. */
    private static final class Held extends FakeProducer {
        private final Promise<Long> answer = Promise.promise();
        private int appends;

        @Override
        public Future<Long> append(TopicPartition partition, int firstSequence, List<OutgoingRecord> records) {
            appends++;
            return answer.future();
        }
    }

    private static final class FaultyLog extends FakeProducer {
        private static final int RECORDS_MAX = 25;

        private final @Nullable Random random;
        private final List<OutgoingRecord> records = new ArrayList<>();
        private int lastFirst = -1;
        private int lastCount;
        private int next = FIRST_SEQUENCE;

        /** @param random null for one without faults */
        FaultyLog(@Nullable Random random) {
            this.random = random;
        }

        List<Integer> numbers() {
            return records.stream().map(ChangelogWriterTest::number).toList();
        }

        @Override
        public Future<Long> append(TopicPartition partition, int firstSequence, List<OutgoingRecord> batch) {
            if (fails()) {
                return failed(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            }
            if (batch.size() > RECORDS_MAX) {
                return failed(ErrorCode.MESSAGE_TOO_LARGE);
            }
            long first = -1;
            if (firstSequence != lastFirst || batch.size() != lastCount) {
                if (firstSequence != next) {
                    return failed(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
                }
                first = records.size();
                records.addAll(batch);
                lastFirst = firstSequence;
                lastCount = batch.size();
                next = (int) ((firstSequence + (long) batch.size()) & Integer.MAX_VALUE);
            }
            return fails() ? failed(ErrorCode.REQUEST_TIMED_OUT) : Future.succeededFuture(first);
        }

        private boolean fails() {
            return random != null && random.nextInt(6) == 0;
        }

        private static Future<Long> failed(ErrorCode error) {
            return Future.failedFuture(new ThalwegException(error, "told to"));
        }
    }
}
