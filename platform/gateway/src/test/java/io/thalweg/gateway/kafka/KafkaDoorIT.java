package io.thalweg.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.gateway.kafka.FakeBroker.Begun;
import io.thalweg.log.RecordSlices;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order the door does and answers what it is asked, and whose the bytes are meanwhile. */
@SuppressWarnings("try") // clients that only have to be there, or that leave early
class KafkaDoorIT extends ScriptedDoor {

    private static final int PRODUCE = 9;
    private static final int FETCH = 11;
    private static final long FOREVER = 3_600_000;

    // ---- order

    @Test
    void appendsArePipelinedInOrderAndAnsweredInOrderWhateverEndsFirst() throws Exception {
        try (RawClient client = client()) {
            List<Begun<AppendRequest, AppendResult>> begun = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                client.send(ApiKeys.PRODUCE, PRODUCE, i, produce((short) 1, batch(i, 100)));
            }
            for (int i = 0; i < 5; i++) {
                Begun<AppendRequest, AppendResult> append = FakeBroker.next(broker.appends);
                assertThat(marker(append.request.records())).isEqualTo(i);
                begun.add(append);
            }
            for (int i : new int[] {4, 2, 0, 3, 1}) {
                begun.get(i).answer(new AppendResult(1000 + i, -1, 0, 0));
            }
            for (int i = 0; i < 5; i++) {
                ProduceResponseData response = (ProduceResponseData) client.receive(ApiKeys.PRODUCE, PRODUCE, i);
                assertThat(response.responses()
                                .iterator()
                                .next()
                                .partitionResponses()
                                .get(0)
                                .baseOffset())
                        .isEqualTo(1000 + i);
            }
        }
    }

    @Test
    void anotherRequestWaitsForTheAppendsBeforeItAndAppendsWaitForAnother() throws Exception {
        try (RawClient client = client()) {
            client.send(ApiKeys.PRODUCE, PRODUCE, 1, produce((short) 1, batch(1, 50)));
            client.send(ApiKeys.FETCH, FETCH, 2, fetch());
            client.send(ApiKeys.PRODUCE, PRODUCE, 3, produce((short) 1, batch(3, 50)));
            Begun<AppendRequest, AppendResult> first = FakeBroker.next(broker.appends);
            assertThat(broker.fetches).isEmpty();
            first.answer(new AppendResult(0, -1, 0, 0));
            var fetch = FakeBroker.next(broker.fetches);
            assertThat(broker.appends).isEmpty();
            fetch.answer(fetched(RecordSlices.EMPTY));
            FakeBroker.next(broker.appends).answer(new AppendResult(1, -1, 0, 0));
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
            assertThat(client.receiveCorrelationId()).isEqualTo(3);
        }
    }

    @Test
    void noMoreRequestsAreBegunThanMayBeInFlight() throws Exception {
        restart(KafkaGatewayConfig.defaults().withRequestLimits(1 << 20, 1 << 20, 3));
        try (RawClient client = client()) {
            for (int i = 0; i < 10; i++) {
                client.send(ApiKeys.PRODUCE, PRODUCE, i, produce((short) 1, batch(i, 100)));
            }
            for (int i = 0; i < 10; i++) {
                Begun<AppendRequest, AppendResult> append = FakeBroker.next(broker.appends);
                assertThat(broker.appends.size()).isLessThan(3);
                append.answer(new AppendResult(i, -1, 0, 0));
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
            }
        }
    }

    @Test
    void aFullBudgetHoldsOtherConnectionsBackUntilItIsFree() throws Exception {
        restart(KafkaGatewayConfig.defaults().withRequestLimits(1 << 20, 100_000, 10));
        try (RawClient first = client();
                RawClient second = client()) {
            first.send(ApiKeys.PRODUCE, PRODUCE, 1, produce((short) 1, batch(1, 200_000)));
            Begun<AppendRequest, AppendResult> large = FakeBroker.next(broker.appends);
            second.send(ApiKeys.PRODUCE, PRODUCE, 2, produce((short) 1, batch(2, 100)));
            second.send(ApiKeys.PRODUCE, PRODUCE, 3, produce((short) 1, batch(3, 100)));
            assertThat(broker.appends.poll(200, TimeUnit.MILLISECONDS)).isNull();
            large.answer(new AppendResult(0, -1, 0, 0));
            FakeBroker.next(broker.appends).answer(new AppendResult(1, -1, 0, 0));
            FakeBroker.next(broker.appends).answer(new AppendResult(2, -1, 0, 0));
            assertThat(first.receiveCorrelationId()).isEqualTo(1);
            assertThat(second.receiveCorrelationId()).isEqualTo(2);
            assertThat(second.receiveCorrelationId()).isEqualTo(3);
        }
    }

    @Test
    void appendsWaitWhileTheBrokerIsCongestedAndReadsDoNot() throws Exception {
        try (RawClient producer = client();
                RawClient reader = client()) {
            Promise<Void> congestion = Promise.promise();
            broker.congested = congestion;
            producer.send(ApiKeys.PRODUCE, PRODUCE, 1, produce((short) 1, batch(1, 100)));
            reader.send(ApiKeys.FETCH, FETCH, 1, fetch());
            FakeBroker.next(broker.fetches).answer(fetched(RecordSlices.EMPTY));
            assertThat(reader.receiveCorrelationId()).isEqualTo(1);
            assertThat(broker.appends.poll(100, TimeUnit.MILLISECONDS)).isNull();
            broker.congested = null;
            congestion.complete();
            FakeBroker.next(broker.appends).answer(new AppendResult(0, -1, 0, 0));
            assertThat(producer.receiveCorrelationId()).isEqualTo(1);
        }
    }

    // ---- bytes

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBatchKeepsItsBytesUntilItsAppendEndsWhateverElseIsRead(boolean nativeTransport) throws Exception {
        close();
        start(nativeTransport, KafkaGatewayConfig.defaults());
        Random random = new Random(3);
        try (RawClient client = client();
                RawClient other = client()) {
            List<Begun<AppendRequest, AppendResult>> begun = new ArrayList<>();
            List<byte[]> sent = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                byte[] batch = batch(i, 61 + random.nextInt(i % 8 == 0 ? 900_000 : 5_000));
                sent.add(batch);
                client.send(ApiKeys.PRODUCE, PRODUCE, i, produce((short) 1, batch));
                begun.add(FakeBroker.next(broker.appends));
                other.send(ApiKeys.PRODUCE, PRODUCE, i, produce((short) 1, batch(0, 10_000)));
                FakeBroker.next(broker.appends).answer(new AppendResult(0, -1, 0, 0));
                assertThat(other.receiveCorrelationId()).isEqualTo(i);
            }
            for (int i = 0; i < 40; i++) {
                assertThat(begun.get(i).request.records()).as("append %d", i).isEqualTo(ByteBuffer.wrap(sent.get(i)));
                begun.get(i).answer(new AppendResult(i, -1, 0, 0));
            }
            for (int i = 0; i < 40; i++) {
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fetchedMemoryAndFilesArriveInOrderAndAreGivenBackOnce(boolean nativeTransport, @TempDir Path directory)
            throws Exception {
        close();
        start(nativeTransport, KafkaGatewayConfig.defaults());
        byte[] content = new byte[3_000_000];
        new Random(5).nextBytes(content);
        Path segment = Files.write(directory.resolve("segment"), content);
        try (FileHandle file = FileSystem.system().openForRead(segment);
                RawClient client = client()) {
            for (int i = 0; i < 20; i++) {
                Slices slices = new Slices(
                        new RecordSlices.Memory(direct(content, 0, 1_000)),
                        new RecordSlices.Region(file, 1_000, 1_999_000),
                        new RecordSlices.Memory(direct(content, 2_000_000, 10)),
                        new RecordSlices.Region(file, 2_000_010, 999_990));
                client.send(ApiKeys.FETCH, FETCH, i, fetch());
                FakeBroker.next(broker.fetches).answer(fetched(slices));
                FetchResponseData response = (FetchResponseData) client.receive(ApiKeys.FETCH, FETCH, i);
                var partition = response.responses().get(0).partitions().get(0);
                assertThat(((MemoryRecords) partition.records()).buffer()).isEqualTo(ByteBuffer.wrap(content));
                assertThat(slices.closed.await(120, TimeUnit.SECONDS)).isTrue();
                assertThat(slices.closes).hasValue(1);
            }
        }
    }

    @Test
    void recordsForAClientThatHasGoneAreGivenBack() throws Exception {
        Slices slices = new Slices(new RecordSlices.Memory(direct(new byte[100], 0, 100)));
        try (RawClient client = client()) {
            client.send(ApiKeys.FETCH, FETCH, 1, fetch());
            var begun = FakeBroker.next(broker.fetches);
            client.close();
            awaitConnections(0);
            begun.answer(fetched(slices));
        }
        assertThat(slices.closed.await(120, TimeUnit.SECONDS)).isTrue();
        assertThat(slices.closes).hasValue(1);
    }

    @Test
    void aClientThatDoesNotReadIsCutAndItsRecordsGivenBack() throws Exception {
        restart(KafkaGatewayConfig.defaults().withPatience(60_000, 10_000, 10_000, 300));
        byte[] content = new byte[20_000_000];
        List<Slices> given = new ArrayList<>();
        broker.fetchAnswer = request -> {
            Slices slices = new Slices(new RecordSlices.Memory(direct(content, 0, content.length)));
            given.add(slices);
            return fetched(slices);
        };
        try (RawClient client = new RawClient(gateway.port(), InetAddress.getLoopbackAddress(), 4096)) {
            ByteArrayOutputStream ten = new ByteArrayOutputStream();
            for (int i = 0; i < 10; i++) {
                ten.writeBytes(RawClient.frame(ApiKeys.FETCH, (short) FETCH, i, fetch()));
            }
            // At once: it may be cut before a second write.
            client.send(ten.toByteArray());
            await(() -> gateway.metrics().connectionsCut.sum() == 1);
            awaitConnections(0);
            assertThat(given).hasSize(1);
            assertThat(given.get(0).closed.await(120, TimeUnit.SECONDS)).isTrue();
        }
    }

    // ---- answers

    @Test
    void producersThatWantNoAcknowledgementGetNoneAndAreCutOnFailure() throws Exception {
        try (RawClient client = client()) {
            client.send(ApiKeys.PRODUCE, PRODUCE, 1, produce((short) 0, batch(1, 100)));
            FakeBroker.next(broker.appends).answer(new AppendResult(-1, -1, 0, 0));
            client.send(ApiKeys.API_VERSIONS, 0, 2, new ApiVersionsRequestData());
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
            client.send(ApiKeys.PRODUCE, PRODUCE, 3, produce((short) 0, batch(1, 100)));
            FakeBroker.next(broker.appends).fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAClientSentBeforeItLeftIsServed(boolean nativeTransport) throws Exception {
        close();
        start(nativeTransport, KafkaGatewayConfig.defaults());
        try (RawClient client = client()) {
            for (int i = 0; i < 500; i++) {
                client.send(ApiKeys.PRODUCE, PRODUCE, i, produce((short) 0, batch(i, 1_000)));
            }
        }
        for (int i = 0; i < 500; i++) {
            Begun<AppendRequest, AppendResult> append = FakeBroker.next(broker.appends);
            assertThat(marker(append.request.records())).isEqualTo(i);
            append.answer(new AppendResult(i, -1, 0, 0));
        }
        awaitConnections(0);
    }

    @Test
    void aClientThatEndedItsSideStillGetsItsAcknowledgements() throws Exception {
        try (RawClient client = client()) {
            client.send(ApiKeys.PRODUCE, PRODUCE, 1, produce((short) 1, batch(1, 1_000)));
            client.send(ApiKeys.PRODUCE, PRODUCE, 2, produce((short) 1, batch(2, 1_000)));
            client.shutdownOutput();
            FakeBroker.next(broker.appends).answer(new AppendResult(1, -1, 0, 0));
            FakeBroker.next(broker.appends).answer(new AppendResult(2, -1, 0, 0));
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void anApiVersionsRequestOfTheFutureIsAnsweredInVersionZero() throws Exception {
        try (RawClient client = client()) {
            byte[] frame = RawClient.frame(
                    ApiKeys.API_VERSIONS,
                    (short) 4,
                    9,
                    new ApiVersionsRequestData().setClientSoftwareName("x").setClientSoftwareVersion("1"));
            ByteBuffer.wrap(frame).putShort(6, (short) 99);
            client.send(frame);
            ApiVersionsResponseData response = (ApiVersionsResponseData) client.receive(ApiKeys.API_VERSIONS, 0, 9);
            assertThat(response.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
            assertThat(response.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion())
                    .isEqualTo((short) 4);
            client.send(ApiKeys.API_VERSIONS, 0, 10, new ApiVersionsRequestData());
            ApiVersionsResponseData known = (ApiVersionsResponseData) client.receive(ApiKeys.API_VERSIONS, 0, 10);
            assertThat(known.apiKeys().find(ApiKeys.PRODUCE.id).minVersion()).isZero();
            assertThat(known.apiKeys().find(ApiKeys.PRODUCE.id).maxVersion()).isEqualTo((short) 13);
            assertThat(known.apiKeys().find(ApiKeys.FETCH.id).minVersion()).isEqualTo((short) 4);
        }
    }

    @Test
    void defectsAndRefusalsBecomeTheErrorResponseOfTheirApi() throws Exception {
        try (RawClient client = client()) {
            client.send(
                    ApiKeys.HEARTBEAT,
                    4,
                    1,
                    new HeartbeatRequestData().setGroupId("g").setMemberId("m"));
            HeartbeatResponseData refused = (HeartbeatResponseData) client.receive(ApiKeys.HEARTBEAT, 4, 1);
            assertThat(refused.errorCode()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
            var lookUp = new ListOffsetsRequestData.ListOffsetsTopic()
                    .setName("t")
                    .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()));
            client.send(ApiKeys.LIST_OFFSETS, 7, 2, new ListOffsetsRequestData().setTopics(List.of(lookUp)));
            ListOffsetsResponseData failed = (ListOffsetsResponseData) client.receive(ApiKeys.LIST_OFFSETS, 7, 2);
            assertThat(failed.topics().get(0).partitions().get(0).errorCode())
                    .isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR.code());
            var epochs = new OffsetForLeaderEpochRequestData();
            epochs.topics()
                    .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                            .setTopic("t")
                            .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition())));
            client.send(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, 3, epochs);
            OffsetForLeaderEpochResponseData thrown =
                    (OffsetForLeaderEpochResponseData) client.receive(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, 3);
            assertThat(thrown.topics().iterator().next().partitions().get(0).errorCode())
                    .isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR.code());
        }
    }

    @Test
    void aPageOfTopicsBeginsAtItsCursor() throws Exception {
        try (RawClient client = client()) {
            var cursor = new DescribeTopicPartitionsRequestData.Cursor();
            var all = new DescribeTopicPartitionsRequestData().setResponsePartitionLimit(10);
            client.send(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, 1, all);
            assertThat(topics(client, 1)).containsExactly("t:1");
            // A cursor of a topic that was deleted meanwhile goes on behind its place.
            client.send(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, 2, all.setCursor(cursor.setTopicName("gone")));
            assertThat(topics(client, 2)).containsExactly("t:1");
            client.send(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, 3, all.setCursor(cursor.setTopicName("u")));
            assertThat(topics(client, 3)).isEmpty();
            client.send(
                    ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                    0,
                    4,
                    all.setCursor(cursor.setTopicName("t").setPartitionIndex(9)));
            assertThat(topics(client, 4)).containsExactly("t:0");
            var other = new DescribeTopicPartitionsRequestData.TopicRequest().setName("other");
            client.send(
                    ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                    0,
                    5,
                    all.setTopics(List.of(other)).setCursor(cursor.setPartitionIndex(0)));
            DescribeTopicPartitionsResponseData refused =
                    (DescribeTopicPartitionsResponseData) client.receive(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, 5);
            assertThat(refused.topics().find("other").errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        }
    }

    /** Names and how many partitions were described of each; the page must be the last. */
    private static List<String> topics(RawClient client, int correlationId) throws IOException {
        DescribeTopicPartitionsResponseData page = (DescribeTopicPartitionsResponseData)
                client.receive(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, correlationId);
        assertThat(page.nextCursor()).isNull();
        return page.topics().stream()
                .map(topic -> topic.name() + ":" + topic.partitions().size())
                .toList();
    }

    // ---- end

    @Test
    void closingTheDoorLetsRequestsUnderWayFinish() throws Exception {
        restart(KafkaGatewayConfig.defaults().withDrainMillis(FOREVER));
        try (RawClient busy = client();
                RawClient idle = served(client())) {
            busy.send(ApiKeys.PRODUCE, PRODUCE, 1, produce((short) 1, batch(1, 100)));
            Begun<AppendRequest, AppendResult> append = FakeBroker.next(broker.appends);
            var closing = gateway.close();
            assertThat(idle.closedByServer()).isTrue();
            append.answer(new AppendResult(7, -1, 0, 0));
            assertThat(busy.receiveCorrelationId()).isEqualTo(1);
            assertThat(busy.closedByServer()).isTrue();
            KafkaNode.await(closing);
        }
        start(true, KafkaGatewayConfig.defaults());
    }

    private static FetchRequestData fetch() {
        FetchRequestData request = new FetchRequestData().setMaxWaitMs(500).setSessionEpoch(-1);
        request.topics()
                .add(new FetchRequestData.FetchTopic()
                        .setTopic("t")
                        .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartition(0))));
        return request;
    }

    private static FetchResult fetched(RecordSlices slices) {
        return new FetchResult(List.of(new FetchedPartition(
                new org.apache.kafka.common.TopicPartition("t", 0), ErrorCode.NONE, 1, 1, 0, List.of(), null, slices)));
    }

    private static ByteBuffer direct(byte[] content, int from, int length) {
        return ByteBuffer.allocateDirect(length)
                .put(content, from, length)
                .flip()
                .asReadOnlyBuffer();
    }

    /** Counts how often it is closed. */
    private static final class Slices implements RecordSlices {
        private final List<Part> parts;
        final AtomicInteger closes = new AtomicInteger();
        final CountDownLatch closed = new CountDownLatch(1);

        Slices(Part... parts) {
            this.parts = List.of(parts);
        }

        @Override
        public int sizeInBytes() {
            return parts.stream().mapToInt(Part::length).sum();
        }

        @Override
        public List<Part> parts() {
            return parts;
        }

        @Override
        public void copyTo(ByteBuffer target) {
            throw new AssertionError("records are never copied here");
        }

        @Override
        public void close() {
            closes.incrementAndGet();
            closed.countDown();
        }
    }
}
