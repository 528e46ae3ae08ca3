package io.thalweg.system.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.VoidSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every member of a group is bounced in turn, half of them without leaving, and the coordinator is killed: no partition
 * has two owners in a generation, no acknowledged commit goes back, no record is missed (scenarios 30 and 31).
 */
class GroupBounceIT {

    private static final String TOPIC = "work";
    private static final String GROUP = "workers";

    /** However slow this machine is, nobody is put out of the group in between. */
    private static final int NEVER_MISSED_MILLIS = 600_000;

    @TempDir
    Path directory;

    private final Ownership ownership = new Ownership();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final List<GroupMember> members = new ArrayList<>();
    private @Nullable NodeProcess node;
    private int names;
    private int partitions;
    private int size;
    private Class<?> assignor = RangeAssignor.class;
    /** Short, so that the group soon misses a member that did not leave. */
    private int sessionMillis = 2_000;

    @AfterEach
    void stopMembersAndNode() throws InterruptedException {
        for (GroupMember member : members) {
            member.stop(true);
        }
        if (node != null) {
            node.close();
        }
    }

    @Test
    void rollingBounceOfSixMembers() throws Exception {
        bounceAll(6, 24);
    }

    @Test
    void rollingBounceOfSixCooperativeMembers() throws Exception {
        assignor = CooperativeStickyAssignor.class;
        bounceAll(6, 24);
    }

    @Test
    @Tag("heavy")
    void rollingBounceOfTwentyMembers() throws Exception {
        bounceAll(20, 100);
    }

    private void bounceAll(int memberCount, int partitionCount) throws Exception {
        start(memberCount, partitionCount);
        List<Long> rebalanceMillis = new ArrayList<>();
        for (int bounce = 0; bounce < size; bounce++) {
            produce(5);
            GroupMember old = members.remove(0);
            old.stop(bounce % 2 == 0);
            members.add(newMember(null));
            rebalanceMillis.add(ownership.awaitCovered(size, partitions, old.name()));
            checkCommits();
        }
        finish();
        Collections.sort(rebalanceMillis);
        System.out.printf(
                "group bounce: members=%d partitions=%d assignor=%s rebalance median=%d ms max=%d ms commits=%d%n",
                size,
                partitions,
                assignor.getSimpleName(),
                rebalanceMillis.get(size / 2),
                rebalanceMillis.get(size - 1),
                ownership.commits());
    }

    @Test
    void staticMemberThatRestartsTroublesNobody() throws Exception {
        sessionMillis = NEVER_MISSED_MILLIS;
        startNode(12);
        size = 3;
        for (int i = 0; i < size; i++) {
            members.add(newMember("instance-" + i));
        }
        ownership.awaitCovered(size, partitions, null);
        produce(5);
        int before = ownership.assignments();
        GroupMember old = members.remove(1);
        old.stop(false);
        members.add(newMember("instance-1"));
        ownership.awaitCovered(size, partitions, old.name());

        assertThat(ownership.assignments())
                .as("only the one that came back was told")
                .isEqualTo(before + 1);
        finish();
    }

    @Test
    void killedCoordinatorLosesNoCommitAndMembersContinue() throws Exception {
        start(4, 16);
        for (int kill = 0; kill < 3; kill++) {
            long before = ownership.commits();
            produce(20);
            ownership.awaitCommits(before + 2);
            node().kill();
            node().start();
            checkCommits();
            long after = ownership.commits();
            produce(1);
            ownership.awaitCommits(after + 1);
            ownership.awaitCovered(size, partitions, null);
        }
        finish();
    }

    @Test
    void describeShowsMembersHostsAndAssignments() throws Exception {
        sessionMillis = NEVER_MISSED_MILLIS;
        start(2, 4);
        try (Admin admin = admin()) {
            ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(GROUP))
                    .describedGroups()
                    .get(GROUP)
                    .get();

            assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(group.partitionAssignor()).isEqualTo("range");
            assertThat(group.members()).hasSize(2).allSatisfy(member -> {
                assertThat(member.host()).contains("127.0.0.1");
                assertThat(member.clientId()).startsWith("member-");
                assertThat(member.assignment().topicPartitions()).hasSize(2);
            });
            assertThat(admin.listGroups().all().get())
                    .anyMatch(listed -> listed.groupId().equals(GROUP));
        }
    }

    private void start(int memberCount, int partitionCount) throws Exception {
        startNode(partitionCount);
        size = memberCount;
        for (int i = 0; i < memberCount; i++) {
            members.add(newMember(null));
        }
        ownership.awaitCovered(memberCount, partitionCount, null);
    }

    private void startNode(int partitionCount) throws Exception {
        partitions = partitionCount;
        node = NodeProcess.in(directory).withOptions("--set", "groups.sessionTimeoutMinMillis=500");
        node.start();
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, partitionCount, (short) 1)))
                    .all()
                    .get();
        }
    }

    private GroupMember newMember(@Nullable String instanceId) {
        return new GroupMember(
                ownership, "member-" + names++, node().kafka(), GROUP, TOPIC, assignor, sessionMillis, instanceId);
    }

    private NodeProcess node() {
        return Objects.requireNonNull(node, "node is not started");
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", node().kafka()));
    }

    private void produce(int perPartition) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", node().kafka(), "acks", "all");
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<Void, Long> producer =
                new KafkaProducer<>(properties, new VoidSerializer(), new LongSerializer())) {
            for (int i = 0; i < perPartition * partitions; i++) {
                sent.add(producer.send(new ProducerRecord<>(TOPIC, i % partitions, null, (long) i)));
            }
        }
        for (Future<RecordMetadata> record : sent) {
            RecordMetadata at = record.get();
            ends.merge(new TopicPartition(at.topic(), at.partition()), at.offset() + 1, Math::max);
        }
    }

    private void checkCommits() throws Exception {
        Map<TopicPartition, Long> acknowledged = ownership.acknowledged();
        try (Admin admin = admin()) {
            Map<TopicPartition, Long> read =
                    admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().entrySet().stream()
                            .collect(Collectors.toMap(
                                    Map.Entry::getKey, entry -> entry.getValue().offset()));
            ownership.onRead(acknowledged, read);
        }
    }

    private void finish() throws Exception {
        produce(1);
        ownership.awaitConsumed(ends);
        checkCommits();
        assertThat(ends.keySet())
                .hasSize(partitions)
                .containsAll(IntStream.range(0, partitions)
                        .mapToObj(partition -> new TopicPartition(TOPIC, partition))
                        .toList());
        assertThat(ownership.violations()).isEmpty();
    }
}
