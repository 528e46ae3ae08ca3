package io.thalweg.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.Futures;
import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.JoinGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.coordination.group.api.GroupsApi.Protocol;
import io.thalweg.coordination.group.api.GroupsApi.SyncGroup;
import io.thalweg.coordination.group.api.MemberIdRequiredException;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client of any node sees, whoever leads. */
class RoutingIT {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);

    @TempDir
    Path directory;

    @Test
    void everyNodeServesEveryPartition() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            create(cluster, 3);
            for (TestCluster.Node node : cluster.nodes()) {
                BrokerApi api = node.routing();
                for (int index = 0; index < 3; index++) {
                    TopicPartition partition = new TopicPartition("orders", index);
                    append(api, partition, "from-" + node.id);
                    assertThat(TestCluster.values(api, partition)).endsWith("from-" + node.id);
                    assertThat(latest(api, partition)).isEqualTo(end(api, partition));
                }
                assertThatThrownBy(() -> append(api, new TopicPartition("none", 0), "x"))
                        .isInstanceOfSatisfying(
                                ThalwegException.class,
                                refused -> assertThat(refused.error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
                assertThat(Futures.await(api.describeLogs(null))).hasSize(3);
            }
            long kept = latest(cluster.node(1).routing(), P0) - 1;
            assertThat(Futures.await(cluster.node(2).routing().deleteRecords(P0, kept)))
                    .isEqualTo(kept);
            TestCluster.await(
                    "all replicas start there",
                    () -> cluster.nodes().stream()
                            .allMatch(node -> Futures.await(node.api().describeLogs(List.of(P0)))
                                            .get(0)
                                            .logStartOffset()
                                    == kept));
        }
    }

    @Test
    void aLongPollOverManyLeadersEndsWithTheFirstRecord() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            create(cluster, 3);
            List<FetchPartition> partitions = new ArrayList<>();
            for (int index = 0; index < 3; index++) {
                TopicPartition partition = new TopicPartition("orders", index);
                partitions.add(new FetchPartition(
                        partition, null, latest(cluster.node(1).routing(), partition), 1 << 20, -1, -1));
            }
            Future<FetchResult> waiting = cluster.node(1)
                    .routing()
                    .fetch(new FetchRequest(partitions, 30_000, 1, 1 << 20, IsolationLevel.READ_UNCOMMITTED));

            append(cluster.node(2).routing(), new TopicPartition("orders", 2), "at last");

            try (FetchResult result = Futures.await(waiting)) {
                assertThat(result.partitions()).allMatch(partition -> partition.error() == ErrorCode.NONE);
                assertThat(result.partitions().get(2).records().sizeInBytes()).isPositive();
            }
        }
    }

    @Test
    void whoAppendsThroughAnotherNodeSeesNothingOfACleanStop() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            create(cluster, 1);
            int leader = cluster.leader(P0).id;
            BrokerApi other = cluster.nodes().stream()
                    .filter(node -> node.id != leader)
                    .findFirst()
                    .orElseThrow()
                    .routing();
            List<Future<AppendResult>> appended = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                appended.add(append(other, P0, "a-" + i, 30_000));
            }
            cluster.node(leader).broker().close();
            for (int i = 20; i < 60; i++) {
                appended.add(append(other, P0, "a-" + i, 30_000));
            }
            cluster.stop(leader);

            List<Long> offsets = appended.stream()
                    .map(one -> Futures.await(one).baseOffset())
                    .toList();
            assertThat(offsets).isSorted().doesNotHaveDuplicates();
            assertThat(TestCluster.values(other, P0))
                    .hasSize(60)
                    .startsWith("a-0")
                    .endsWith("a-59");
        }
    }

    @Test
    void groupsAndTheirOffsetsOutliveTheirCoordinator() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            // A member that has joined and not synced is forgotten when its coordinator moves; here it must not.
            Futures.await(cluster.any().api().admin().pause(true));
            create(cluster, 1);
            for (TestCluster.Node node : cluster.nodes()) {
                String group = "group-of-" + node.id;
                JoinedGroup joined = join(node.routing(), group);
                Futures.await(node.routing()
                        .groups()
                        .sync(new SyncGroup(
                                group,
                                joined.generation(),
                                joined.memberId(),
                                null,
                                "consumer",
                                "range",
                                Map.of(joined.memberId(), new byte[] {1}))));
                assertThat(Futures.await(node.routing()
                                .groups()
                                .commitOffsets(new CommitOffsets(
                                        group,
                                        joined.generation(),
                                        joined.memberId(),
                                        null,
                                        Map.of(P0, new OffsetToCommit(40 + node.id, 0, "")),
                                        -1))))
                        .isEqualTo(Map.of(P0, ErrorCode.NONE));
            }
            TestCluster.Node any = cluster.any();
            assertThat(Futures.await(any.routing().groups().list())).hasSize(3);
            int coordinator = Futures.await(any.routing().groups().coordinatorOf("group-of-2"));

            cluster.kill(coordinator);

            for (TestCluster.Node node : cluster.nodes()) {
                for (int id = 1; id <= 3; id++) {
                    int expected = 40 + id;
                    String group = "group-of-" + id;
                    TestCluster.await("offsets of " + group + " at node " + node.id, () -> {
                        try {
                            return Futures.await(node.routing().groups().fetchOffsets(group, null, true))
                                            .get(P0)
                                            .offset()
                                    == expected;
                        } catch (ThalwegException later) {
                            assertThat(later.error().retriable()).isTrue();
                            return false;
                        }
                    });
                }
            }
        }
    }

    private static JoinedGroup join(BrokerApi api, String group) {
        try {
            return Futures.await(api.groups().join(joining(group, "")));
        } catch (MemberIdRequiredException given) {
            return Futures.await(api.groups().join(joining(group, given.memberId())));
        }
    }

    private static JoinGroup joining(String group, String memberId) {
        return new JoinGroup(
                group,
                memberId,
                null,
                "test",
                "127.0.0.1",
                30_000,
                30_000,
                "consumer",
                List.of(new Protocol("range", new byte[] {7})),
                true,
                null);
    }

    private static void create(TestCluster cluster, int partitions) {
        Futures.await(cluster.any()
                .api()
                .topics()
                .create(new NewTopic("orders", partitions, (short) 3, Map.of(), Map.of()), false));
    }

    private static long append(BrokerApi api, TopicPartition partition, String value) {
        return Futures.await(append(api, partition, value, 10_000)).baseOffset();
    }

    private static Future<AppendResult> append(
            BrokerApi api, TopicPartition partition, String value, int timeoutMillis) {
        return api.append(new AppendRequest(partition, TestCluster.batch(value), Acks.ALL, timeoutMillis));
    }

    private static long latest(BrokerApi api, TopicPartition partition) {
        return Futures.await(api.listOffset(new ListOffsetRequest(
                        partition, ListOffsetRequest.LATEST, IsolationLevel.READ_UNCOMMITTED, -1)))
                .offset();
    }

    private static long end(BrokerApi api, TopicPartition partition) {
        return Futures.await(api.describeLogs(List.of(partition))).get(0).highWatermark();
    }
}
