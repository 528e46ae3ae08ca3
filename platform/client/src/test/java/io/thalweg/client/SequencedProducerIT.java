package io.thalweg.client;

import static io.thalweg.client.ProducerTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SequencedProducerIT {

    private static final TopicPartition PARTITION = new TopicPartition("lines", 0);

    private TestNode node;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        node = new TestNode(directory);
        node.create("lines", 1);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    @Test
    void aProducerThatTheLogDoesNotKnowStandsBeforeItsFirstRecord() throws Exception {
        SequencedProducer producer = await(node.client.sequencedProducer(-1));
        assertThat(await(producer.lastSequence(PARTITION))).isEqualTo(-1);
    }

    @Test
    void whoTakesOverAnIdLearnsWhatIsThereAndGoesOnBehindIt() throws Exception {
        SequencedProducer first = await(node.client.sequencedProducer(-1));
        assertThat(await(first.append(PARTITION, 0, records(0, 5)))).isEqualTo(0);

        SequencedProducer second = await(node.client.sequencedProducer(first.producerId()));
        assertThat(await(second.lastSequence(PARTITION))).isEqualTo(4);
        assertThat(await(second.append(PARTITION, 5, records(5, 7)))).isEqualTo(5);
        assertThat(await(first.lastSequence(PARTITION))).isEqualTo(6);
    }

    @Test
    void theSameBatchAgainIsThereOnce() throws Exception {
        SequencedProducer producer = await(node.client.sequencedProducer(-1));
        await(producer.append(PARTITION, 0, records(0, 3)));
        assertThat(await(producer.append(PARTITION, 0, records(0, 3)))).isEqualTo(0);
        assertThat(await(producer.append(PARTITION, 3, records(3, 4)))).isEqualTo(3);
    }

    @Test
    void aBatchThatOverlapsOrLeavesAGapIsRefused() throws Exception {
        SequencedProducer producer = await(node.client.sequencedProducer(-1));
        await(producer.append(PARTITION, 0, records(0, 3)));
        assertThat(codeOf(producer.append(PARTITION, 2, records(2, 5))))
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(codeOf(producer.append(PARTITION, 4, records(4, 5))))
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(await(producer.lastSequence(PARTITION))).isEqualTo(2);
    }

    @Test
    void aLaterEpochIsAloneFromItsFirstBatchOn() throws Exception {
        SequencedProducer first = await(node.client.sequencedProducer(-1));
        await(first.append(PARTITION, 0, records(0, 3)));
        assertThat(await(first.position(PARTITION)).epoch()).isEqualTo((short) 0);

        SequencedProducer second = node.client.sequencedProducer(first.producerId(), (short) 1);
        await(first.append(PARTITION, 3, records(3, 4)));
        assertThat(await(second.append(PARTITION, 0, records(4, 5)))).isEqualTo(4);
        assertThat(codeOf(first.append(PARTITION, 4, records(5, 6)))).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(codeOf(first.append(PARTITION, 3, records(3, 4)))).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(await(second.position(PARTITION)).epoch()).isEqualTo((short) 1);
        assertThat(await(second.append(PARTITION, 1, records(5, 6)))).isEqualTo(5);
    }

    @Test
    void whatLiesBeforeAnOffsetCanBeDeleted() throws Exception {
        SequencedProducer producer = await(node.client.sequencedProducer(-1));
        await(producer.append(PARTITION, 0, records(0, 5)));
        assertThat(await(node.client.deleteRecords(PARTITION, 3))).isEqualTo(3);
        assertThat(codeOf(node.client.deleteRecords(PARTITION, 99))).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    private static ErrorCode codeOf(Future<?> failed) throws Exception {
        return await(failed.transform(outcome -> Future.succeededFuture(
                outcome.succeeded() ? ErrorCode.NONE : ThalwegException.codeOf(outcome.cause()))));
    }

    private static List<OutgoingRecord> records(int from, int to) {
        List<OutgoingRecord> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            records.add(OutgoingRecord.of("lines", null, ("line " + i).getBytes(StandardCharsets.UTF_8)));
        }
        return records;
    }
}
