package io.thalweg.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.gateway.kafka.FakeBroker.Begun;
import io.thalweg.log.RecordSlices;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the door of broker 1 tells of a cluster: brokers 1 and 2 live, in racks a and b, broker 3 is dead. Broker 1 leads
 * partition 0, broker 2 partition 1, the dead one partition 2, nobody partition 3; partition 1 is being moved.
 */
class ClusterDoorIT {

    private final FakeBroker broker = new FakeBroker();
    private Vertx vertx;
    private KafkaGateway gateway;

    @BeforeEach
    void open() throws Exception {
        broker.view = view(2);
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        gateway = KafkaNode.await(KafkaGateway.start(
                vertx, broker, 1, KafkaGatewayConfig.defaults().withListener("127.0.0.1", 0)));
    }

    private static ClusterView view(int controller) {
        return view(controller, 2, 7);
    }

    /** @param leader of partition 1 */
    private static ClusterView view(int controller, int leader, int epoch) {
        List<PartitionView> partitions = List.of(
                new PartitionView(0, 1, 5, List.of(1, 2, 3), List.of(1, 2)),
                new PartitionView(1, leader, epoch, List.of(2, 3), List.of(2), List.of(2, 1)),
                new PartitionView(2, 3, 4, List.of(3), List.of(3)),
                new PartitionView(3, -1, 6, List.of(3, 2), List.of(3)));
        return new ClusterView(
                1,
                "cluster",
                controller,
                List.of(node(1, "a", true), node(2, "b", true), node(3, "b", false)),
                Map.of("t", new TopicView("t", FakeBroker.TOPIC_ID, false, partitions, Map.of())),
                Map.of(FakeBroker.TOPIC_ID, "t"));
    }

    private static BrokerNode node(int id, String rack, boolean alive) {
        return new BrokerNode(id, rack, Map.of("kafka", new Endpoint("host-" + id, 9090 + id)), alive, false);
    }

    @AfterEach
    void close() throws Exception {
        KafkaNode.await(gateway.close());
        KafkaNode.await(vertx.close());
    }

    @Test
    void metadataNamesLivingBrokersLeadersAndWhatIsOffline() throws Exception {
        MetadataResponseData metadata =
                (MetadataResponseData) ask(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(null));

        assertThat(metadata.controllerId()).isEqualTo(2);
        assertThat(metadata.brokers())
                .extracting(found -> found.nodeId() + " " + found.host() + ":" + found.port() + " " + found.rack())
                .containsExactlyInAnyOrder("1 host-1:9091 a", "2 host-2:9092 b");
        List<MetadataResponsePartition> partitions = metadata.topics().find("t").partitions();
        assertThat(partitions).extracting(MetadataResponsePartition::leaderId).containsExactly(1, 2, -1, -1);
        assertThat(partitions)
                .extracting(MetadataResponsePartition::leaderEpoch)
                .containsExactly(5, 7, 4, 6);
        assertThat(partitions)
                .extracting(partition -> ErrorCode.of(partition.errorCode()))
                .containsExactly(
                        ErrorCode.NONE, ErrorCode.NONE, ErrorCode.LEADER_NOT_AVAILABLE, ErrorCode.LEADER_NOT_AVAILABLE);
        assertThat(partitions)
                .extracting(MetadataResponsePartition::offlineReplicas)
                .containsExactly(List.of(3), List.of(3), List.of(3), List.of(3));
        assertThat(partitions)
                .extracting(MetadataResponsePartition::isrNodes)
                .containsExactly(List.of(1, 2), List.of(2), List.of(3), List.of(3));
    }

    @Test
    void whileTheControllerIsAwayAnotherBrokerIsNamedForIt() throws Exception {
        broker.view = view(3);
        MetadataResponseData metadata =
                (MetadataResponseData) ask(ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(List.of()));
        DescribeClusterResponseData cluster =
                (DescribeClusterResponseData) ask(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData());

        assertThat(metadata.controllerId()).isEqualTo(1);
        assertThat(cluster.controllerId()).isEqualTo(1);
        assertThat(cluster.brokers()).extracting(found -> found.brokerId()).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void whoAsksForBrokersThatAreAwayIsToldOfThem() throws Exception {
        DescribeClusterResponseData cluster = (DescribeClusterResponseData)
                ask(ApiKeys.DESCRIBE_CLUSTER, 2, new DescribeClusterRequestData().setIncludeFencedBrokers(true));

        assertThat(cluster.brokers())
                .extracting(found -> found.brokerId() + (found.isFenced() ? " away" : ""))
                .containsExactlyInAnyOrder("1", "2", "3 away");
    }

    @ParameterizedTest
    @ValueSource(shorts = {3, 9, 10, 12, 13})
    void anAppendAtTheWrongBrokerIsToldWhoLeads(short version) throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            client.send(ApiKeys.PRODUCE, version, 1, produce(version));
            Begun<AppendRequest, AppendResult> append = FakeBroker.next(broker.appends);
            append.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            ProduceResponseData response = (ProduceResponseData) client.receive(ApiKeys.PRODUCE, version, 1);

            PartitionProduceResponse partition =
                    response.responses().iterator().next().partitionResponses().get(0);
            assertThat(ErrorCode.of(partition.errorCode())).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            boolean hinted = version >= 10;
            assertThat(partition.currentLeader().leaderId()).isEqualTo(hinted ? 2 : -1);
            assertThat(partition.currentLeader().leaderEpoch()).isEqualTo(hinted ? 7 : -1);
            assertThat(response.nodeEndpoints())
                    .extracting(found -> found.nodeId() + " " + found.host() + ":" + found.port() + " " + found.rack())
                    .containsExactlyElementsOf(hinted ? List.of("2 host-2:9092 b") : List.of());
        }
    }

    /** Until then its client would only ask again, later and later. */
    @Test
    void anAppendWhileTheLeadershipChangesHandsIsAnsweredWhenTheNextLeaderIsKnown() throws Exception {
        broker.view = view(2, 1, 7);
        try (RawClient client = new RawClient(gateway.port())) {
            client.send(ApiKeys.PRODUCE, (short) 12, 1, produce((short) 12));
            FakeBroker.next(broker.appends).fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            broker.view = view(2, -1, 7);
            broker.view = view(2, 2, 8);
            ProduceResponseData response = (ProduceResponseData) client.receive(ApiKeys.PRODUCE, (short) 12, 1);

            PartitionProduceResponse partition =
                    response.responses().iterator().next().partitionResponses().get(0);
            assertThat(ErrorCode.of(partition.errorCode())).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            assertThat(partition.currentLeader().leaderId()).isEqualTo(2);
            assertThat(partition.currentLeader().leaderEpoch()).isEqualTo(8);
        }
    }

    @Test
    void anAppendToAPartitionThatNobodyComesToLeadIsAnsweredAllTheSame() throws Exception {
        broker.view = view(2, -1, 7);
        try (RawClient client = new RawClient(gateway.port())) {
            client.send(ApiKeys.PRODUCE, (short) 12, 1, produce((short) 12));
            FakeBroker.next(broker.appends).fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            ProduceResponseData response = (ProduceResponseData) client.receive(ApiKeys.PRODUCE, (short) 12, 1);

            PartitionProduceResponse partition =
                    response.responses().iterator().next().partitionResponses().get(0);
            assertThat(ErrorCode.of(partition.errorCode())).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            assertThat(partition.currentLeader().leaderId()).isEqualTo(-1);
        }
    }

    private static ProduceRequestData produce(short version) {
        byte[] batch = new byte[70];
        ByteBuffer.wrap(batch).putInt(8, batch.length - 12).put(16, (byte) 2);
        ProduceRequestData.TopicProduceData topic = new ProduceRequestData.TopicProduceData()
                .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                        .setIndex(1)
                        .setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(batch)))));
        if (version >= 13) {
            topic.setTopicId(FakeBroker.TOPIC_ID);
        } else {
            topic.setName("t");
        }
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1_000);
        request.topicData().add(topic);
        return request;
    }

    @ParameterizedTest
    @ValueSource(shorts = {4, 11, 12, 15, 16, 17})
    void aFetchAtTheWrongBrokerIsToldWhoLeads(short version) throws Exception {
        broker.fetchAnswer = request -> failed(request, ErrorCode.NOT_LEADER_OR_FOLLOWER);

        FetchResponseData response = (FetchResponseData) ask(ApiKeys.FETCH, version, fetch(version, 1, ""));

        PartitionData partition = response.responses().get(0).partitions().get(0);
        assertThat(ErrorCode.of(partition.errorCode())).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(partition.currentLeader().leaderId()).isEqualTo(version >= 12 ? 2 : -1);
        assertThat(partition.currentLeader().leaderEpoch()).isEqualTo(version >= 12 ? 7 : -1);
        assertThat(response.nodeEndpoints())
                .extracting(found -> found.nodeId() + " " + found.host() + ":" + found.port())
                .containsExactlyElementsOf(version >= 16 ? List.of("2 host-2:9092") : List.of());
    }

    @Test
    void aConsumerInTheRackOfAFollowerInSyncIsSentThereAtOnce() throws Exception {
        CompletableFuture<FetchRequest> asked = new CompletableFuture<>();
        broker.fetchAnswer = request -> {
            asked.complete(request);
            return failed(request, ErrorCode.NONE);
        };

        FetchResponseData response = (FetchResponseData) ask(ApiKeys.FETCH, 16, fetch((short) 16, 0, "b"));

        assertThat(response.responses().get(0).partitions().get(0).preferredReadReplica())
                .isEqualTo(2);
        assertThat(asked.get().maxWaitMillis()).isZero();
        assertThat(asked.get().anyReplica()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "c"})
    void aConsumerWithoutACloserReplicaStays(String rack) throws Exception {
        broker.fetchAnswer = request -> failed(request, ErrorCode.NONE);

        FetchResponseData response = (FetchResponseData) ask(ApiKeys.FETCH, 16, fetch((short) 16, 0, rack));

        assertThat(response.responses().get(0).partitions().get(0).preferredReadReplica())
                .isEqualTo(-1);
    }

    @Test
    void aConsumerThatReadsFromThisFollowerStaysAndWaits() throws Exception {
        CompletableFuture<FetchRequest> asked = new CompletableFuture<>();
        broker.fetchAnswer = request -> {
            asked.complete(request);
            return failed(request, ErrorCode.NONE);
        };

        FetchResponseData response = (FetchResponseData) ask(ApiKeys.FETCH, 16, fetch((short) 16, 1, "b"));

        assertThat(response.responses().get(0).partitions().get(0).preferredReadReplica())
                .isEqualTo(-1);
        assertThat(asked.get().maxWaitMillis()).isEqualTo(500);
    }

    @Test
    void aConsumerThatAsksForWhatIsNotThereIsToldSoAndNotSentAway() throws Exception {
        broker.fetchAnswer = request -> failed(request, ErrorCode.OFFSET_OUT_OF_RANGE);

        FetchResponseData response = (FetchResponseData) ask(ApiKeys.FETCH, 16, fetch((short) 16, 0, "b"));

        PartitionData partition = response.responses().get(0).partitions().get(0);
        assertThat(ErrorCode.of(partition.errorCode())).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(partition.preferredReadReplica()).isEqualTo(-1);
    }

    private static FetchRequestData fetch(short version, int partition, String rack) {
        FetchRequestData request = new FetchRequestData().setMaxWaitMs(500).setSessionEpoch(-1);
        if (version >= 11) {
            request.setRackId(rack);
        }
        FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic()
                .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartition(partition)));
        if (version >= 13) {
            topic.setTopicId(FakeBroker.TOPIC_ID);
        } else {
            topic.setTopic("t");
        }
        request.topics().add(topic);
        return request;
    }

    private static FetchResult failed(FetchRequest request, ErrorCode error) {
        return new FetchResult(request.partitions().stream()
                .map(partition -> new FetchedPartition(
                        partition.partition(), error, 1, 1, 0, List.of(), null, RecordSlices.EMPTY))
                .toList());
    }

    @Test
    void aGroupsCoordinatorIsFoundOnAnotherBrokerAndNotOnADeadOne() throws Exception {
        broker.groups = groups(2);
        FindCoordinatorResponseData found = (FindCoordinatorResponseData)
                ask(ApiKeys.FIND_COORDINATOR, 4, new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g")));
        broker.groups = groups(3);
        FindCoordinatorResponseData lost = (FindCoordinatorResponseData)
                ask(ApiKeys.FIND_COORDINATOR, 4, new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g")));

        assertThat(found.coordinators().get(0).nodeId()).isEqualTo(2);
        assertThat(found.coordinators().get(0).host()).isEqualTo("host-2");
        assertThat(ErrorCode.of(lost.coordinators().get(0).errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    }

    /** Knows coordinators and nothing else. */
    private static io.thalweg.coordination.group.api.GroupsApi groups(int coordinator) {
        return (io.thalweg.coordination.group.api.GroupsApi) Proxy.newProxyInstance(
                ClusterDoorIT.class.getClassLoader(),
                new Class<?>[] {io.thalweg.coordination.group.api.GroupsApi.class},
                (proxy, method, arguments) -> Future.succeededFuture(coordinator));
    }

    @Test
    void movesUnderWayAreListed() throws Exception {
        ListPartitionReassignmentsResponseData all = (ListPartitionReassignmentsResponseData) ask(
                ApiKeys.LIST_PARTITION_REASSIGNMENTS, 0, new ListPartitionReassignmentsRequestData().setTopics(null));

        assertThat(all.topics()).hasSize(1);
        OngoingPartitionReassignment move = all.topics().get(0).partitions().get(0);
        assertThat(move.partitionIndex()).isEqualTo(1);
        assertThat(move.replicas()).containsExactly(2, 1, 3);
        assertThat(move.addingReplicas()).containsExactly(1);
        assertThat(move.removingReplicas()).containsExactly(3);
    }

    @Test
    void movesAreOrderedAndCalledOffAndRefusedOneByOne() throws Exception {
        Commands commands = new Commands();
        broker.admin = commands;
        AlterPartitionReassignmentsRequestData request = new AlterPartitionReassignmentsRequestData();
        request.topics()
                .add(new ReassignableTopic()
                        .setName("t")
                        .setPartitions(List.of(
                                new ReassignablePartition().setPartitionIndex(0).setReplicas(List.of(2, 1)),
                                new ReassignablePartition().setPartitionIndex(1).setReplicas(null),
                                new ReassignablePartition().setPartitionIndex(2).setReplicas(List.of()),
                                new ReassignablePartition().setPartitionIndex(9).setReplicas(List.of(1)))));

        AlterPartitionReassignmentsResponseData response =
                (AlterPartitionReassignmentsResponseData) ask(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, 1, request);

        assertThat(commands.reassigned)
                .containsOnly(
                        Map.entry(new TopicPartition("t", 0), List.of(2, 1)),
                        Map.entry(new TopicPartition("t", 1), List.of()),
                        Map.entry(new TopicPartition("t", 9), List.of(1)));
        assertThat(response.responses().get(0).partitions())
                .extracting(ReassignablePartitionResponse::errorCode)
                .extracting(ErrorCode::of)
                .containsExactly(
                        ErrorCode.NONE,
                        ErrorCode.NONE,
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void aMoveThatChangesTheNumberOfReplicasIsRefusedIfTheRequestForbidsIt() throws Exception {
        broker.admin = new Commands();
        AlterPartitionReassignmentsRequestData request =
                new AlterPartitionReassignmentsRequestData().setAllowReplicationFactorChange(false);
        request.topics()
                .add(new ReassignableTopic()
                        .setName("t")
                        .setPartitions(List.of(
                                new ReassignablePartition().setPartitionIndex(0).setReplicas(List.of(2)))));

        AlterPartitionReassignmentsResponseData response =
                (AlterPartitionReassignmentsResponseData) ask(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, 1, request);

        assertThat(ErrorCode.of(response.responses().get(0).partitions().get(0).errorCode()))
                .isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR);
    }

    @Test
    void leadersAreElectedAndUncleanOnesWhereThatWasAskedFor() throws Exception {
        broker.admin = new Commands();
        ElectLeadersRequestData request = new ElectLeadersRequestData().setElectionType((byte) 0);
        request.topicPartitions().add(new TopicPartitions().setTopic("t").setPartitions(List.of(0, 2)));
        ElectLeadersResponseData preferred = (ElectLeadersResponseData) ask(ApiKeys.ELECT_LEADERS, 2, request);
        ElectLeadersResponseData unclean =
                (ElectLeadersResponseData) ask(ApiKeys.ELECT_LEADERS, 2, request.setElectionType((byte) 1));

        assertThat(preferred.replicaElectionResults().get(0).partitionResult())
                .extracting(PartitionResult::errorCode)
                .extracting(ErrorCode::of)
                .containsExactly(ErrorCode.NONE, ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
        assertThat(unclean.replicaElectionResults().get(0).partitionResult())
                .extracting(PartitionResult::errorCode)
                .extracting(ErrorCode::of)
                .containsExactly(ErrorCode.ELECTION_NOT_NEEDED, ErrorCode.NONE);
    }

    @Test
    void withoutAControllerTheWholeRequestFails() throws Exception {
        broker.admin = new Commands() {
            @Override
            public Future<Map<TopicPartition, ErrorCode>> electLeaders(List<TopicPartition> partitions) {
                return Future.failedFuture(new ThalwegException(ErrorCode.NOT_CONTROLLER, "there is none"));
            }
        };

        ElectLeadersResponseData response = (ElectLeadersResponseData)
                ask(ApiKeys.ELECT_LEADERS, 2, new ElectLeadersRequestData().setTopicPartitions(null));

        assertThat(ErrorCode.of(response.errorCode())).isEqualTo(ErrorCode.NOT_CONTROLLER);
    }

    /** A controller that knows partitions 0 to 3, of which 2 cannot be led by the preferred replica. */
    private static class Commands implements ClusterAdmin {
        final Map<TopicPartition, List<Integer>> reassigned = new HashMap<>();

        @Override
        public Future<Map<TopicPartition, ErrorCode>> reassign(Map<TopicPartition, List<Integer>> targets) {
            reassigned.putAll(targets);
            Map<TopicPartition, ErrorCode> errors = new HashMap<>();
            targets.keySet()
                    .forEach(name -> errors.put(
                            name, name.partition() > 3 ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE));
            return Future.succeededFuture(errors);
        }

        @Override
        public Future<Map<TopicPartition, ErrorCode>> electLeaders(List<TopicPartition> partitions) {
            Map<TopicPartition, ErrorCode> errors = new java.util.LinkedHashMap<>();
            partitions.forEach(name -> errors.put(
                    name, name.partition() == 2 ? ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE : ErrorCode.NONE));
            return Future.succeededFuture(errors);
        }

        @Override
        public Future<Map<TopicPartition, ErrorCode>> electUncleanLeaders(List<TopicPartition> partitions) {
            Map<TopicPartition, ErrorCode> errors = new java.util.LinkedHashMap<>();
            partitions.forEach(
                    name -> errors.put(name, name.partition() == 2 ? ErrorCode.NONE : ErrorCode.ELECTION_NOT_NEEDED));
            return Future.succeededFuture(errors);
        }

        @Override
        public Future<Plan> plan() {
            return ClusterAdmin.NONE.plan();
        }

        @Override
        public Future<Void> drain(int broker, boolean away) {
            return ClusterAdmin.NONE.drain(broker, away);
        }

        @Override
        public Future<Void> pause(boolean paused) {
            return ClusterAdmin.NONE.pause(paused);
        }

        @Override
        public List<ReplicationStatus> replication() {
            return List.of();
        }
    }

    private org.apache.kafka.common.protocol.ApiMessage ask(
            ApiKeys key, int version, org.apache.kafka.common.protocol.ApiMessage request) throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            client.send(key, version, 1, request);
            return client.receive(key, version, 1);
        }
    }
}
