package io.thalweg.cluster.hazelcast;

import static io.thalweg.cluster.hazelcast.TestNode.config;
import static io.thalweg.cluster.hazelcast.TestNode.freePort;
import static io.thalweg.cluster.hazelcast.TestNode.member;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.cluster.Ownership;
import io.thalweg.cluster.PartitionId;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Splits, merges, and Hazelcast members that hang or die while their node lives. */
class RejoinFaultIT {

    /** Longer than any call takes that does not hang, also on a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final Duration LATE = Duration.ofMinutes(1);
    private static final Duration NEVER = Duration.ofDays(1);
    private static final PartitionId PARTITION = new PartitionId(new UUID(1, 1), 0);

    private final List<TestNode> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(TestNode::close);
    }

    @Test
    void twoSidesThatFindEachOtherMergeAndKeepTheirEventBus() {
        // Each began alone: the second looked for the first before it was there.
        int port = freePort();
        TestNode two = start(config(0, List.of("127.0.0.1:" + port), NEVER), 2);
        two.vertx.eventBus().consumer("greet", (Message<String> message) -> message.reply("hello " + message.body()));
        two.cluster.ownership().publish(List.of(ownership(2, 1)));
        TestNode one = start(config(port, List.of(), NEVER), 1);
        one.assertSees(1);

        // Either side may be the one that merges into the other.
        one.awaitMembers(1, 2);
        two.awaitMembers(1, 2);
        assertServes(one, two);
    }

    @Test
    void aSplitThatHazelcastDoesNotHealIsHealedByTheLesserSide() {
        int port = freePort();
        TestNode two = start(config(0, List.of("127.0.0.1:" + port), SOON), 2);
        two.vertx.eventBus().consumer("greet", (Message<String> message) -> message.reply("hello " + message.body()));
        two.cluster.ownership().publish(List.of(ownership(2, 1)));
        TestNode one = start(config(port, List.of(), LATE), 1);
        // Their peer transports are connected.
        one.cluster.watch(() -> Set.of(2));
        two.cluster.watch(() -> Set.of(1));

        assertThat(two.nextEvent()).isEqualTo("rejoining");
        one.awaitMembers(1, 2);
        two.awaitMembers(1, 2);
        assertThat(one.events).doesNotContain("rejoining");
        assertServes(one, two);
    }

    @Test
    void aMemberThatStopsByItselfIsReplacedAndTheNodeSeesNobodyGo() {
        TestNode one = start(config(0, List.of(), LATE), 1);
        TestNode two = start(config(0, List.of(one.cluster.address().toString()), LATE), 2);
        two.vertx.eventBus().consumer("greet", (Message<String> message) -> message.reply("hello " + message.body()));
        two.cluster.ownership().publish(List.of(ownership(2, 1)));
        assertThat(one.nextEvent()).isEqualTo("joined 2/1");
        assertThat(two.nextEvent()).isEqualTo("joined 1/1");

        two.killMember();

        assertThat(two.nextEvent()).isEqualTo("rejoining");
        assertThat(two.nextEvent()).isEqualTo("rejoined");
        assertThat(two.events).isEmpty();
        // The other may have seen it go and come, or not at all.
        one.awaitMembers(1, 2);
        assertServes(one, two);
    }

    /** The other's Vert.x tidies up behind the member that went when the next one has said already where the node is. */
    @Test
    void whoIsTidiedUpLateSaysAgainWhereItIs() throws InterruptedException {
        TestNode one = start(config(0, List.of(), LATE), 1);
        TestNode two = start(config(0, List.of(one.cluster.address().toString()), LATE), 2);
        two.vertx.eventBus().consumer("greet", (Message<String> message) -> message.reply("hello " + message.body()));
        two.cluster.ownership().publish(List.of(ownership(2, 1)));
        assertThat(one.nextEvent()).isEqualTo("joined 2/1");
        assertThat(two.nextEvent()).isEqualTo("joined 1/1");
        CountDownLatch late = new CountDownLatch(1);
        CountDownLatch tidied = new CountDownLatch(1);
        one.session().callbacks().execute(() -> {
            try {
                late.await();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });

        two.killMember();
        assertThat(two.nextEvent()).isEqualTo("rejoining");
        assertThat(two.nextEvent()).isEqualTo("rejoined");
        late.countDown();
        one.session().callbacks().execute(tidied::countDown);

        assertThat(tidied.await(60, TimeUnit.SECONDS)).isTrue();
        assertServes(one, two);
    }

    @Test
    void aCallThatHangsCostsTheMemberAndNotTheNode() {
        TestNode one = start(config(0, List.of(), LATE), 1);
        TestNode two = start(config(0, List.of(one.cluster.address().toString()), SOON), 2);
        two.vertx.eventBus().consumer("greet", (Message<String> message) -> message.reply("hello " + message.body()));
        two.cluster.ownership().publish(List.of(ownership(2, 1)));
        assertThat(two.nextEvent()).isEqualTo("joined 1/1");
        Session before = two.session();
        CountDownLatch never = new CountDownLatch(1);

        before.calls().execute(() -> {
            try {
                never.await();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });

        assertThat(two.nextEvent()).isEqualTo("rejoining");
        assertThat(two.nextEvent()).isEqualTo("rejoined");
        assertThat(two.session()).isNotSameAs(before);
        assertThat(before.isRunning()).isFalse();
        assertServes(one, two);
    }

    /** What the second node said before is known to the first, and it is reached there. */
    private static void assertServes(TestNode one, TestNode two) {
        one.awaitOwnership(() -> one.cluster.ownership().ownership(PARTITION) != null);
        assertThat(one.cluster.ownership().ownership(PARTITION).leader()).isEqualTo(2);
        assertThat(TestNode.await(greet(one, 0))).isEqualTo("hello one");
        two.cluster.ownership().publish(List.of(ownership(2, 2)));
        one.awaitOwnership(() -> one.cluster.ownership().ownership(PARTITION).leaderEpoch() == 2);
    }

    /** The bus hears of registrations a little later than membership of the node, and loses what it cannot deliver meanwhile. */
    private static io.vertx.core.Future<Object> greet(TestNode from, int attempts) {
        Promise<Object> answered = Promise.promise();
        DeliveryOptions soon = new DeliveryOptions().setSendTimeout(1_000);
        from.vertx.eventBus().request("greet", "one", soon).onComplete(reply -> {
            if (reply.succeeded()) {
                answered.complete(reply.result().body());
            } else if (attempts < 200) {
                from.vertx.setTimer(50, again -> greet(from, attempts + 1).onComplete(answered));
            } else {
                answered.fail(reply.cause());
            }
        });
        return answered.future();
    }

    private static Ownership ownership(int leader, int epoch) {
        return new Ownership(PARTITION, leader, epoch, List.of(1, 2), List.of(leader), 0, 0, List.of(0L, 0L));
    }

    private TestNode start(HazelcastClusterConfig config, int brokerId) {
        TestNode node = TestNode.start(config, member(brokerId, 1));
        nodes.add(node);
        return node;
    }
}
