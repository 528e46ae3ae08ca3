package io.thalweg.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is advertised works: every API in every version gets a response that parses to its last byte. */
@ExtendWith(LeakWatch.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiVersionsIT {

    private static final String TOPIC = "versions";

    private KafkaNode node;
    private Uuid topicId;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        node = KafkaNode.start(directory);
        node.createTopic(TOPIC, 1);
        topicId = node.broker.api().cluster().topic(TOPIC).id();
    }

    @AfterAll
    void stop() throws Exception {
        node.close();
    }

    @Test
    void everyAdvertisedVersionOfEveryApiIsAnswered() throws Exception {
        List<String> failures = new ArrayList<>();
        int answered = 0;
        for (ApiVersion api : advertised()) {
            ApiKeys key = ApiKeys.forId(api.apiKey());
            // Produce 0 to 2 are advertised for librdkafka's sake only, as Kafka does (KAFKA-18659).
            int from = Math.max(api.minVersion(), key.oldestVersion());
            for (int version = from; version <= api.maxVersion(); version++) {
                try (RawClient client = new RawClient(node.gateway.port())) {
                    client.send(key, version, version, request(key, version));
                    ApiMessage response = client.receive(key, version, version);
                    check(key, response);
                    answered++;
                } catch (Exception | AssertionError failure) {
                    failures.add(key + " v" + version + ": " + failure);
                }
            }
        }
        assertThat(failures).isEmpty();
        assertThat(answered).isGreaterThan(130);
    }

    @Test
    void theRangesAreKafkas() throws Exception {
        for (ApiVersion api : advertised()) {
            ApiKeys key = ApiKeys.forId(api.apiKey());
            int from = key == ApiKeys.PRODUCE ? 0 : key.oldestVersion();
            assertThat((int) api.minVersion()).as("%s", key).isEqualTo(from);
            assertThat(api.maxVersion()).as("%s", key).isEqualTo(key.messageType.highestSupportedVersion(false));
        }
    }

    private List<ApiVersion> advertised() throws Exception {
        try (RawClient client = new RawClient(node.gateway.port())) {
            client.send(ApiKeys.API_VERSIONS, 0, 1, new ApiVersionsRequestData());
            ApiVersionsResponseData response = (ApiVersionsResponseData) client.receive(ApiKeys.API_VERSIONS, 0, 1);
            return List.copyOf(response.apiKeys());
        }
    }

    private static void check(ApiKeys key, ApiMessage response) {
        if (response instanceof ProduceResponseData produced) {
            assertOk(produced.responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .get(0)
                    .errorCode());
        } else if (response instanceof FetchResponseData fetched) {
            assertOk(fetched.responses().get(0).partitions().get(0).errorCode());
        } else if (response instanceof ListOffsetsResponseData listed) {
            assertOk(listed.topics().get(0).partitions().get(0).errorCode());
        } else if (response instanceof MetadataResponseData metadata) {
            assertOk(metadata.topics().iterator().next().errorCode());
        } else if (response instanceof OffsetCommitResponseData committed) {
            assertOk(committed.topics().get(0).partitions().get(0).errorCode());
        } else if (response instanceof InitProducerIdResponseData given) {
            assertOk(given.errorCode());
        } else if (response instanceof CreateTopicsResponseData created) {
            assertOk(created.topics().iterator().next().errorCode());
        } else if (response instanceof DescribeConfigsResponseData described) {
            assertOk(described.results().get(0).errorCode());
        } else {
            assertThat(response).as("%s", key).isNotNull();
        }
    }

    private static void assertOk(short code) {
        assertThat(Errors.forCode(code)).isEqualTo(Errors.NONE);
    }

    private ApiMessage request(ApiKeys key, int version) {
        return switch (key) {
            case API_VERSIONS ->
                new ApiVersionsRequestData().setClientSoftwareName("raw").setClientSoftwareVersion("1");
            case PRODUCE -> produce(version);
            case FETCH -> fetch(version);
            case METADATA ->
                new MetadataRequestData()
                        .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(TOPIC)));
            case LIST_OFFSETS ->
                new ListOffsetsRequestData()
                        .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                                .setName(TOPIC)
                                .setPartitions(
                                        List.of(new ListOffsetsRequestData.ListOffsetsPartition().setTimestamp(-1)))));
            case OFFSET_COMMIT -> commit(version);
            case OFFSET_FETCH -> offsets(version);
            case FIND_COORDINATOR ->
                version < 4
                        ? new FindCoordinatorRequestData().setKey("g")
                        : new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g", "h"));
            case JOIN_GROUP ->
                new JoinGroupRequestData()
                        .setGroupId("joined")
                        .setProtocolType("consumer")
                        .setSessionTimeoutMs(10_000)
                        .setRebalanceTimeoutMs(10_000);
            case SYNC_GROUP ->
                new SyncGroupRequestData()
                        .setGroupId("g")
                        .setMemberId("m")
                        .setProtocolType(version >= 5 ? "consumer" : null)
                        .setProtocolName(version >= 5 ? "range" : null);
            case HEARTBEAT -> new HeartbeatRequestData().setGroupId("g").setMemberId("m");
            case LEAVE_GROUP ->
                version < 3
                        ? new LeaveGroupRequestData().setGroupId("g").setMemberId("m")
                        : new LeaveGroupRequestData()
                                .setGroupId("g")
                                .setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId("m")));
            case DESCRIBE_GROUPS -> new DescribeGroupsRequestData().setGroups(List.of("g"));
            case DELETE_GROUPS -> new DeleteGroupsRequestData().setGroupsNames(List.of("absent"));
            case CREATE_TOPICS -> {
                CreateTopicsRequestData request = new CreateTopicsRequestData().setValidateOnly(true);
                request.topics()
                        .add(new CreateTopicsRequestData.CreatableTopic()
                                .setName("new")
                                .setNumPartitions(1)
                                .setReplicationFactor((short) 1));
                yield request;
            }
            case DELETE_TOPICS ->
                version < 6
                        ? new DeleteTopicsRequestData().setTopicNames(List.of("absent"))
                        : new DeleteTopicsRequestData()
                                .setTopics(List.of(
                                        new DeleteTopicsRequestData.DeleteTopicState().setName("absent"),
                                        new DeleteTopicsRequestData.DeleteTopicState().setTopicId(new Uuid(3, 4))));
            case CREATE_PARTITIONS -> {
                CreatePartitionsRequestData request = new CreatePartitionsRequestData().setValidateOnly(true);
                request.topics()
                        .add(new CreatePartitionsRequestData.CreatePartitionsTopic()
                                .setName(TOPIC)
                                .setCount(2)
                                .setAssignments(null));
                yield request;
            }
            case DELETE_RECORDS ->
                new DeleteRecordsRequestData()
                        .setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic()
                                .setName(TOPIC)
                                .setPartitions(
                                        List.of(new DeleteRecordsRequestData.DeleteRecordsPartition().setOffset(0)))));
            case DESCRIBE_CONFIGS ->
                new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                                .setResourceType((byte) 2)
                                .setResourceName(TOPIC)
                                .setConfigurationKeys(null)));
            case OFFSET_FOR_LEADER_EPOCH -> {
                OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData();
                request.topics()
                        .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                                .setTopic(TOPIC)
                                .setPartitions(
                                        List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition())));
                yield request;
            }
            case INIT_PRODUCER_ID -> new InitProducerIdRequestData().setTransactionalId(null);
            case OFFSET_DELETE -> new OffsetDeleteRequestData().setGroupId("absent");
            default -> key.messageType.newRequest();
        };
    }

    private ProduceRequestData produce(int version) {
        MemoryRecords records =
                MemoryRecords.withRecords(Compression.NONE, new SimpleRecord("value".getBytes(StandardCharsets.UTF_8)));
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(5_000);
        ProduceRequestData.TopicProduceData topic = new ProduceRequestData.TopicProduceData()
                .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                        .setIndex(0)
                        .setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(bytes(records))))));
        request.topicData().add(version >= 13 ? topic.setTopicId(topicId) : topic.setName(TOPIC));
        return request;
    }

    private static byte[] bytes(MemoryRecords records) {
        byte[] bytes = new byte[records.sizeInBytes()];
        records.buffer().get(bytes);
        return bytes;
    }

    private FetchRequestData fetch(int version) {
        FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic()
                .setPartitions(List.of(
                        new FetchRequestData.FetchPartition().setPartition(0).setPartitionMaxBytes(1 << 20)));
        FetchRequestData request = new FetchRequestData().setMaxWaitMs(10);
        if (version >= 7) {
            request.setSessionEpoch(version % 2 == 0 ? 0 : -1);
        }
        request.setTopics(List.of(version >= 13 ? topic.setTopicId(topicId) : topic.setTopic(TOPIC)));
        return request;
    }

    private OffsetCommitRequestData commit(int version) {
        OffsetCommitRequestData.OffsetCommitRequestTopic topic = new OffsetCommitRequestData.OffsetCommitRequestTopic()
                .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                        .setCommittedOffset(version)
                        .setCommittedMetadata("m")));
        return new OffsetCommitRequestData()
                .setGroupId("outside")
                .setTopics(List.of(version >= 10 ? topic.setTopicId(topicId) : topic.setName(TOPIC)));
    }

    private OffsetFetchRequestData offsets(int version) {
        if (version < 8) {
            return new OffsetFetchRequestData()
                    .setGroupId("outside")
                    .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopic()
                            .setName(TOPIC)
                            .setPartitionIndexes(List.of(0))));
        }
        OffsetFetchRequestData.OffsetFetchRequestTopics topic =
                new OffsetFetchRequestData.OffsetFetchRequestTopics().setPartitionIndexes(List.of(0));
        if (version >= 10) {
            topic.setTopicId(topicId);
        } else {
            topic.setName(TOPIC);
        }
        return new OffsetFetchRequestData()
                .setGroups(List.of(
                        new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                .setGroupId("outside")
                                .setTopics(List.of(topic)),
                        new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                .setGroupId("all")
                                .setTopics(null)));
    }
}
