package io.thalweg.system.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.cluster.ClusterProcesses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.VoidSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of the node that coordinates a group, while its members work: another coordinates it with all that was committed
 * (reliability scenario 31).
 */
@Tag("heavy")
class CoordinatorKillFaultIT {

    private static final String TOPIC = "work";
    private static final String GROUP = "workers";
    private static final int PARTITIONS = 8;
    private static final int MEMBERS = 4;
    private static final int SESSION_MILLIS = 6_000;

    @TempDir
    Path directory;

    private final Ownership ownership = new Ownership();
    private final Map<TopicPartition, BitSet> sent = new HashMap<>();

    @Test
    void twoKillsLoseNoCommit() throws Exception {
        killCoordinators(2);
    }

    @Test
    void tenKillsLoseNoCommit() throws Exception {
        killCoordinators(10);
    }

    private void killCoordinators(int kills) throws Exception {
        List<GroupMember> members = new ArrayList<>();
        try (ClusterProcesses cluster = ClusterProcesses.three(directory)) {
            try {
                cluster.form();
                createTopic(cluster);
                for (int member = 0; member < MEMBERS; member++) {
                    members.add(new GroupMember(
                            ownership,
                            "member-" + member,
                            cluster.bootstrap(),
                            GROUP,
                            TOPIC,
                            CooperativeStickyAssignor.class,
                            SESSION_MILLIS,
                            null));
                }
                ownership.awaitCovered(MEMBERS, PARTITIONS, null);
                for (int kill = 0; kill < kills; kill++) {
                    killOne(cluster, kill);
                }
                produce(cluster, 1);
                ownership.awaitProcessed(sent);
                checkCommits(cluster);
            } finally {
                for (GroupMember member : members) {
                    member.stop(true);
                }
            }
            cluster.stopAll();
        }
        assertThat(ownership.violations()).isEmpty();
    }

    private void killOne(ClusterProcesses cluster, int kill) throws Exception {
        produce(cluster, 20);
        ownership.awaitCommits(ownership.commits() + 1);
        int coordinator = coordinator(cluster);
        Map<TopicPartition, Long> acknowledged = ownership.acknowledged();
        long began = System.nanoTime();
        cluster.node(coordinator).kill();
        long before = ownership.commits();
        produce(cluster, 5);
        ownership.awaitCommits(before + 1);
        long resumed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        int successor = coordinator(cluster);
        System.out.printf(
                "coordinator kill %d: coordinator=%d successor=%d commits resumed after %d ms%n",
                kill + 1, coordinator, successor, resumed);
        assertThat(successor).isNotEqualTo(coordinator);
        ownership.onRead(acknowledged, committed(cluster));
        cluster.node(coordinator).start();
        cluster.awaitSettled();
    }

    private static void createTopic(ClusterProcesses cluster) throws Exception {
        try (Admin admin = admin(cluster)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                    .all()
                    .get();
        }
        cluster.awaitSettled();
    }

    private static Admin admin(ClusterProcesses cluster) {
        return Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()));
    }

    private static int coordinator(ClusterProcesses cluster) throws Exception {
        try (Admin admin = admin(cluster)) {
            return admin.describeConsumerGroups(List.of(GROUP))
                    .describedGroups()
                    .get(GROUP)
                    .get()
                    .coordinator()
                    .id();
        }
    }

    private static Map<TopicPartition, Long> committed(ClusterProcesses cluster) throws Exception {
        try (Admin admin = admin(cluster)) {
            return admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().offset()));
        }
    }

    private void checkCommits(ClusterProcesses cluster) throws Exception {
        Map<TopicPartition, Long> acknowledged = ownership.acknowledged();
        ownership.onRead(acknowledged, committed(cluster));
    }

    private void produce(ClusterProcesses cluster, int perPartition) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", cluster.bootstrap(), "acks", "all");
        List<Future<RecordMetadata>> pending = new ArrayList<>();
        try (KafkaProducer<Void, Long> producer =
                new KafkaProducer<>(properties, new VoidSerializer(), new LongSerializer())) {
            for (int i = 0; i < perPartition * PARTITIONS; i++) {
                pending.add(producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, (long) i)));
            }
        }
        for (Future<RecordMetadata> record : pending) {
            RecordMetadata at = record.get();
            sent.computeIfAbsent(new TopicPartition(at.topic(), at.partition()), partition -> new BitSet())
                    .set((int) at.offset());
        }
    }
}
