package io.thalweg.cluster.hazelcast;

import static io.thalweg.cluster.hazelcast.TestNode.config;
import static io.thalweg.cluster.hazelcast.TestNode.freePort;
import static io.thalweg.cluster.hazelcast.TestNode.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.cluster.Member;
import io.thalweg.cluster.PeerAddress;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes with real Hazelcast members in one JVM. */
class MembershipIT {

    private final List<TestNode> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(TestNode::close);
    }

    @Test
    void nodesThatJoinAreSeenAsTheyDescribedThemselves() {
        TestNode one = start(1);
        one.assertSees(1);
        TestNode two = start(2, one);
        TestNode three = start(3, one, two);

        assertThat(one.nextEvent()).isEqualTo("joined 2/1");
        assertThat(one.nextEvent()).isEqualTo("joined 3/1");
        assertThat(one.cluster.membership().members()).containsExactly(member(1, 1), member(2, 1), member(3, 1));
        assertThat(two.nextEvent()).isEqualTo("joined 1/1");
        assertThat(three.cluster.membership().members()).containsExactly(member(1, 1), member(2, 1), member(3, 1));
        assertThat(three.cluster.membership().member(2)).isEqualTo(member(2, 1));
        assertThat(three.cluster.membership().local()).isEqualTo(member(3, 1));
    }

    /** As a cluster is started: each with the same list, none of them there yet. */
    @Test
    void nodesThatStartTogetherFindEachOther() {
        List<Integer> ports = List.of(freePort(), freePort(), freePort());
        List<String> members = ports.stream().map(port -> "127.0.0.1:" + port).toList();
        List<CompletableFuture<TestNode>> starting = new ArrayList<>();
        for (int broker = 1; broker <= members.size(); broker++) {
            HazelcastClusterConfig config = config(ports.get(broker - 1), members);
            Member local = member(broker, 1);
            starting.add(CompletableFuture.supplyAsync(
                    () -> TestNode.start(config, local), task -> new Thread(task).start()));
        }
        starting.forEach(node -> nodes.add(node.join()));
        nodes.forEach(node -> node.awaitMembers(1, 2, 3));
    }

    @Test
    void theFirstOfTheListFindsWhoBeganWithoutIt() {
        int first = freePort();
        int second = freePort();
        TestNode one =
                TestNode.start(config(first, List.of("127.0.0.1:" + first, "127.0.0.1:" + second)), member(1, 1));
        nodes.add(one);
        one.assertSees(1);
        TestNode two = TestNode.start(config(second, List.of()), member(2, 1));
        nodes.add(two);
        one.awaitMembers(1, 2);
        two.awaitMembers(1, 2);
    }

    @Test
    void aNodeThatLeavesAndOneThatDiesAreMissed() {
        TestNode one = start(1);
        TestNode two = start(2, one);
        TestNode three = start(3, one);
        assertThat(one.nextEvent()).isEqualTo("joined 2/1");
        assertThat(one.nextEvent()).isEqualTo("joined 3/1");

        two.close();
        nodes.remove(two);
        assertThat(one.nextEvent()).isEqualTo("left 2/1");
        one.assertSees(1, 3);

        three.kill();
        assertThat(one.nextEvent()).isEqualTo("left 3/1");
    }

    @Test
    void theSameBrokerIdIsRefused() {
        TestNode one = start(1);

        assertThatThrownBy(() -> start(1, one))
                .hasCauseInstanceOf(ClusterJoinException.class)
                .cause()
                .hasMessage("brokerId=1 is taken by the member at " + one.cluster.address()
                        + ", incarnation=1; stop that one, or give this one a broker id of its own");
        one.assertSees(1);
        assertThat(one.events).isEmpty();
    }

    @Test
    void aBrokerThatComesBackWaitsForItsEarlierProcessToGo() {
        TestNode one = start(1);
        TestNode two = start(2, one);
        assertThat(one.nextEvent()).isEqualTo("joined 2/1");
        HazelcastClusterConfig patient = new HazelcastClusterConfig(
                "127.0.0.1",
                0,
                List.of(one.cluster.address().toString()),
                "test",
                Duration.ofSeconds(10),
                Duration.ofSeconds(50),
                Duration.ofSeconds(30));
        Promise<TestNode> started = Promise.promise();
        new Thread(() -> started.complete(TestNode.start(patient, member(2, 2)))).start();
        // It is a member of Hazelcast, but not of the view.
        while (one.session().instance().getCluster().getMembers().size() < 3) {
            Thread.onSpinWait();
        }
        assertThat(started.future().isComplete()).isFalse();
        assertThat(one.events).isEmpty();

        two.close();
        nodes.remove(two);

        nodes.add(TestNode.await(started.future()));
        assertThat(one.nextEvent()).isEqualTo("left 2/1");
        assertThat(one.nextEvent()).isEqualTo("joined 2/2");
    }

    @Test
    void membersOfAnotherClusterAreRefused() {
        TestNode one = start(1);
        Member foreign = new Member(2, 1, new PeerAddress("127.0.0.1", 10_002), null, "cluster-2");

        assertThatThrownBy(() ->
                        TestNode.start(config(0, List.of(one.cluster.address().toString())), foreign))
                .hasCauseInstanceOf(ClusterJoinException.class)
                .cause()
                .hasMessageContaining("clusterId=cluster-1 of broker 1")
                .hasMessageContaining("clusterId=cluster-2 of this one");
    }

    @Test
    void aNodeWithoutAClusterIdIsLetIn() {
        TestNode one = start(1);
        nodes.add(TestNode.start(
                config(0, List.of(one.cluster.address().toString())),
                new Member(2, 1, new PeerAddress("127.0.0.1", 10_002), null, null)));

        assertThat(one.nextEvent()).isEqualTo("joined 2/1");
        assertThat(one.cluster.membership().member(2).clusterId()).isNull();
        assertThat(one.cluster.membership().member(2).rack()).isNull();
    }

    @Test
    void anAddressThatIsTakenPublicOrElsewhereIsRefused() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> TestNode.start(config(taken.getLocalPort(), List.of()), member(1, 1)))
                    .cause()
                    .isInstanceOf(ClusterJoinException.class)
                    .hasMessageContaining("cannot listen for members at 127.0.0.1:" + taken.getLocalPort());
        }
        for (String host : List.of("0.0.0.0", "192.0.2.1")) {
            HazelcastClusterConfig elsewhere = HazelcastClusterConfig.of(host, freePort(), List.of());
            assertThatThrownBy(() -> TestNode.start(elsewhere, member(1, 1)))
                    .cause()
                    .isInstanceOf(ClusterJoinException.class)
                    .hasMessageContaining("the cluster's address is not of this machine: host=" + host);
        }
    }

    private TestNode start(int brokerId, TestNode... others) {
        TestNode node = TestNode.start(brokerId, others);
        nodes.add(node);
        return node;
    }
}
