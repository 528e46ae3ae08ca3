package io.thalweg.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own clients against a real broker in this process. */
@ExtendWith(LeakWatch.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings(
        "FutureReturnValueIgnored") // closing the producer waits for what it sent, and what is read back says the rest
class KafkaClientsIT {

    private static final long SECONDS = 120;

    private KafkaNode node;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        node = KafkaNode.start(directory);
    }

    @AfterAll
    void stop() throws Exception {
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void recordsComeBackAsTheyWereSentInEveryCodec(String codec) throws Exception {
        String topic = "codec-" + codec;
        node.createTopic(topic, 3);
        Map<Integer, List<byte[]>> sent = new HashMap<>();
        Random random = new Random(codec.hashCode());
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("compression.type", codec, "linger.ms", "5"))) {
            for (int i = 0; i < 2_000; i++) {
                byte[] value = new byte[random.nextInt(2_000)];
                Arrays.fill(value, (byte) i);
                sent.computeIfAbsent(i % 3, partition -> new ArrayList<>()).add(value);
                producer.send(new ProducerRecord<>(topic, i % 3, null, value));
            }
        }
        for (int partition = 0; partition < 3; partition++) {
            List<byte[]> expected = sent.get(partition);
            List<ConsumerRecord<byte[], byte[]>> read = read(new TopicPartition(topic, partition), expected.size());
            for (int i = 0; i < expected.size(); i++) {
                assertThat(read.get(i).offset()).isEqualTo(i);
                assertThat(read.get(i).value()).isEqualTo(expected.get(i));
            }
        }
    }

    @Test
    void fiveRequestsInFlightKeepTheirOrderForAnIdempotentProducer() throws Exception {
        node.createTopic("ordered", 1);
        Map<String, String> config = Map.of(
                ProducerConfig.BATCH_SIZE_CONFIG, "1",
                ProducerConfig.LINGER_MS_CONFIG, "0",
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "5");
        List<Future<RecordMetadata>> acks = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = producer(config)) {
            for (int i = 0; i < 3_000; i++) {
                acks.add(producer.send(new ProducerRecord<>("ordered", 0, null, bytes(i))));
            }
        }
        for (int i = 0; i < acks.size(); i++) {
            assertThat(acks.get(i).get(SECONDS, TimeUnit.SECONDS).offset()).isEqualTo(i);
        }
        List<ConsumerRecord<byte[], byte[]>> read = read(new TopicPartition("ordered", 0), 3_000);
        for (int i = 0; i < 3_000; i++) {
            assertThat(number(read.get(i).value())).isEqualTo(i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void producersThatDoNotWaitForAllAreServed(String acks) throws Exception {
        String topic = "acks-" + acks;
        node.createTopic(topic, 1);
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("acks", acks, "enable.idempotence", "false"))) {
            for (int i = 0; i < 500; i++) {
                producer.send(new ProducerRecord<>(topic, bytes(i)));
            }
        }
        assertThat(read(new TopicPartition(topic, 0), 500)).hasSize(500);
    }

    @Test
    void messagesOfManyMegabytesPass() throws Exception {
        node.createTopic("big", 1, Map.of("max.message.bytes", "20000000"));
        byte[] value = new byte[15_000_000];
        new Random(7).nextBytes(value);
        try (KafkaProducer<byte[], byte[]> producer =
                producer(Map.of("max.request.size", "20000000", "buffer.memory", "40000000"))) {
            for (int i = 0; i < 3; i++) {
                producer.send(new ProducerRecord<>("big", value)).get(SECONDS, TimeUnit.SECONDS);
            }
        }
        List<ConsumerRecord<byte[], byte[]>> read = read(new TopicPartition("big", 0), 3);
        read.forEach(record -> assertThat(Arrays.equals(record.value(), value)).isTrue());
    }

    @Test
    void aMessageThatIsTooLargeIsRefusedAndTheProducerGoesOn() throws Exception {
        node.createTopic("small", 1, Map.of("max.message.bytes", "1000"));
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("small", new byte[5_000]))
                            .get(SECONDS, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(org.apache.kafka.common.errors.RecordTooLargeException.class);
            assertThat(producer.send(new ProducerRecord<>("small", new byte[10]))
                            .get(SECONDS, TimeUnit.SECONDS)
                            .offset())
                    .isZero();
        }
    }

    @Test
    void aConsumerOfTwoHundredPartitionsReadsAllOfThemThroughItsSession() throws Exception {
        node.createTopic("wide", 200);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of());
                KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            List<TopicPartition> partitions = IntStream.range(0, 200)
                    .mapToObj(partition -> new TopicPartition("wide", partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            for (int round = 0; round < 5; round++) {
                for (int partition = 0; partition < 200; partition++) {
                    producer.send(new ProducerRecord<>("wide", partition, null, bytes(round)));
                }
                producer.flush();
                Map<Integer, Integer> seen = new HashMap<>();
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
                while (seen.size() < 200 && System.nanoTime() < deadline) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                        assertThat(record.offset()).isEqualTo(round);
                        seen.merge(record.partition(), 1, Integer::sum);
                    }
                }
                assertThat(seen)
                        .hasSize(200)
                        .allSatisfy((partition, count) -> assertThat(count).isEqualTo(1));
            }
        }
    }

    @Test
    void offsetsAreFoundByTime() throws Exception {
        node.createTopic("times", 1);
        long base = System.currentTimeMillis() - 100_000;
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            for (int i = 0; i < 100; i++) {
                producer.send(new ProducerRecord<>("times", 0, base + i * 100L, null, bytes(i)));
            }
        }
        TopicPartition partition = new TopicPartition("times", 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of())) {
            OffsetAndTimestamp found =
                    consumer.offsetsForTimes(Map.of(partition, base + 4_250)).get(partition);
            assertThat(found.offset()).isEqualTo(43);
            assertThat(found.timestamp()).isEqualTo(base + 4_300);
            assertThat(consumer.offsetsForTimes(Map.of(partition, base + 1_000_000))
                            .get(partition))
                    .isNull();
            assertThat(consumer.beginningOffsets(Set.of(partition))).containsEntry(partition, 0L);
            assertThat(consumer.endOffsets(Set.of(partition))).containsEntry(partition, 100L);
        }
        try (Admin admin = node.admin()) {
            assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()))
                            .partitionResult(partition)
                            .get(SECONDS, TimeUnit.SECONDS)
                            .offset())
                    .isEqualTo(99);
        }
    }

    @Test
    void deletedRecordsAreGone() throws Exception {
        node.createTopic("deleted", 1);
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of());
                Admin admin = node.admin()) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>("deleted", bytes(i)));
            }
            producer.flush();
            TopicPartition partition = new TopicPartition("deleted", 0);
            assertThat(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4)))
                            .lowWatermarks()
                            .get(partition)
                            .get(SECONDS, TimeUnit.SECONDS)
                            .lowWatermark())
                    .isEqualTo(4);
            assertThat(read(partition, 6).get(0).offset()).isEqualTo(4);
            assertThatThrownBy(() -> admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(99)))
                            .all()
                            .get(SECONDS, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(org.apache.kafka.common.errors.OffsetOutOfRangeException.class);
        }
    }

    @Test
    void topicsAreCreatedGrownConfiguredAndDeleted() throws Exception {
        try (Admin admin = node.admin()) {
            admin.createTopics(List.of(new NewTopic("life", 2, (short) 1).configs(Map.of("retention.ms", "1234567"))))
                    .all()
                    .get(SECONDS, TimeUnit.SECONDS);
            assertThatThrownBy(() -> node.createTopic("life", 1)).hasCauseInstanceOf(TopicExistsException.class);
            assertThatThrownBy(() -> node.createTopic("no/such name", 1))
                    .hasCauseInstanceOf(InvalidTopicException.class);
            assertThat(admin.listTopics().names().get(SECONDS, TimeUnit.SECONDS))
                    .contains("life");
            admin.createPartitions(Map.of("life", NewPartitions.increaseTo(5)))
                    .all()
                    .get(SECONDS, TimeUnit.SECONDS);
            TopicDescription description = admin.describeTopics(List.of("life"))
                    .allTopicNames()
                    .get(SECONDS, TimeUnit.SECONDS)
                    .get("life");
            assertThat(description.partitions()).hasSize(5);
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, "life");
            assertThat(config(admin, resource).get("retention.ms").value()).isEqualTo("1234567");
            admin.incrementalAlterConfigs(Map.of(
                            resource,
                            List.of(
                                    new AlterConfigOp(new ConfigEntry("retention.ms", ""), AlterConfigOp.OpType.DELETE),
                                    new AlterConfigOp(
                                            new ConfigEntry("segment.bytes", "1048576"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get(SECONDS, TimeUnit.SECONDS);
            assertThat(config(admin, resource).get("retention.ms").isDefault()).isTrue();
            assertThat(config(admin, resource).get("segment.bytes").value()).isEqualTo("1048576");
            admin.deleteTopics(List.of("life")).all().get(SECONDS, TimeUnit.SECONDS);
            assertThatThrownBy(() -> admin.describeTopics(List.of("life"))
                            .allTopicNames()
                            .get(SECONDS, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void topicsAreDescribedInPages() throws Exception {
        node.createTopic("paged-a", 7);
        node.createTopic("paged-b", 3);
        node.createTopic("paged-c", 1);
        try (Admin admin = node.admin()) {
            Map<String, TopicDescription> described = admin.describeTopics(
                            List.of("paged-c", "paged-a", "paged-b"),
                            new DescribeTopicsOptions().partitionSizeLimitPerResponse(3))
                    .allTopicNames()
                    .get(SECONDS, TimeUnit.SECONDS);
            assertThat(described.get("paged-a").partitions()).hasSize(7);
            assertThat(described.get("paged-b").partitions()).hasSize(3);
            assertThat(described.get("paged-c").partitions()).hasSize(1);
            assertThat(described.get("paged-a").partitions())
                    .extracting(partition -> partition.partition())
                    .containsExactly(0, 1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void theClusterIsDescribed() throws Exception {
        try (Admin admin = node.admin()) {
            var cluster = admin.describeCluster();
            assertThat(cluster.nodes().get(SECONDS, TimeUnit.SECONDS))
                    .singleElement()
                    .satisfies(found -> assertThat(found.port()).isEqualTo(node.gateway.port()));
            assertThat(cluster.clusterId().get(SECONDS, TimeUnit.SECONDS)).isNotEmpty();
            int id = cluster.controller().get(SECONDS, TimeUnit.SECONDS).id();
            ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(id));
            assertThat(config(admin, resource)).isNotEmpty();
            node.createTopic("sized", 1);
            try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
                producer.send(new ProducerRecord<>("sized", new byte[1000])).get(SECONDS, TimeUnit.SECONDS);
            }
            assertThat(admin.describeLogDirs(List.of(id))
                            .allDescriptions()
                            .get(SECONDS, TimeUnit.SECONDS)
                            .get(id)
                            .values()
                            .iterator()
                            .next()
                            .replicaInfos()
                            .get(new TopicPartition("sized", 0))
                            .size())
                    .isGreaterThan(1000);
            assertThat(admin.listPartitionReassignments().reassignments().get(SECONDS, TimeUnit.SECONDS))
                    .isEmpty();
            assertThatThrownBy(() ->
                            admin.describeAcls(AclBindingFilter.ANY).values().get(SECONDS, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(SecurityDisabledException.class);
        }
    }

    @Test
    void aTransactionalProducerIsToldThatThereAreNoTransactions() {
        try (KafkaProducer<byte[], byte[]> producer =
                producer(Map.of("transactional.id", "t", "max.block.ms", "60000"))) {
            assertThatThrownBy(producer::initTransactions)
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("coordinator");
        }
    }

    @Test
    void topicsAreCreatedWhenAProducerFirstNamesThem() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            assertThat(producer.send(new ProducerRecord<>("automatic", bytes(1)))
                            .get(SECONDS, TimeUnit.SECONDS)
                            .offset())
                    .isZero();
        }
    }

    @Test
    void clientsDoNotWriteToInternalTopics() {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("max.block.ms", "3000"))) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("__consumer_offsets", 0, null, bytes(1)))
                            .get(SECONDS, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
        }
    }

    @Test
    void aGroupSharesPartitionsCommitsAndGoesOnWhereItStopped() throws Exception {
        node.createTopic("shared", 4);
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            for (int i = 0; i < 400; i++) {
                producer.send(new ProducerRecord<>("shared", i % 4, null, bytes(i)));
            }
        }
        Map<String, String> config =
                Map.of("group.id", "sharing", "auto.offset.reset", "earliest", "enable.auto.commit", "false");
        try (KafkaConsumer<byte[], byte[]> first = consumer(config);
                KafkaConsumer<byte[], byte[]> second = consumer(config)) {
            first.subscribe(List.of("shared"));
            second.subscribe(List.of("shared"));
            Set<Integer> seen = new HashSet<>();
            pollUntil(
                    () -> seen.size() == 400
                            && first.assignment().size() == 2
                            && second.assignment().size() == 2,
                    seen,
                    first,
                    second);
            first.commitSync();
            second.commitSync();
        }
        try (Admin admin = node.admin()) {
            assertThat(admin.listGroups().all().get(SECONDS, TimeUnit.SECONDS))
                    .anyMatch(group -> group.groupId().equals("sharing"));
            assertThat(admin.describeConsumerGroups(List.of("sharing"))
                            .all()
                            .get(SECONDS, TimeUnit.SECONDS)
                            .get("sharing")
                            .members())
                    .isEmpty();
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets("sharing")
                    .partitionsToOffsetAndMetadata()
                    .get(SECONDS, TimeUnit.SECONDS);
            assertThat(offsets).hasSize(4);
            assertThat(offsets.values())
                    .allSatisfy(offset -> assertThat(offset.offset()).isEqualTo(100));
            admin.alterConsumerGroupOffsets(
                            "sharing", Map.of(new TopicPartition("shared", 1), new OffsetAndMetadata(90)))
                    .all()
                    .get(SECONDS, TimeUnit.SECONDS);
        }
        try (KafkaConsumer<byte[], byte[]> again = consumer(config)) {
            again.subscribe(List.of("shared"));
            Set<Integer> seen = new HashSet<>();
            pollUntil(() -> seen.size() == 10, seen, again);
            assertThat(seen).allSatisfy(number -> assertThat(number % 4).isEqualTo(1));
        }
        try (Admin admin = node.admin()) {
            admin.deleteConsumerGroupOffsets("sharing", Set.of(new TopicPartition("shared", 0)))
                    .all()
                    .get(SECONDS, TimeUnit.SECONDS);
            admin.deleteConsumerGroups(List.of("sharing")).all().get(SECONDS, TimeUnit.SECONDS);
            assertThatThrownBy(() ->
                            admin.deleteConsumerGroups(List.of("sharing")).all().get(SECONDS, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(org.apache.kafka.common.errors.GroupIdNotFoundException.class);
        }
    }

    @SafeVarargs
    private static void pollUntil(BooleanSupplier done, Set<Integer> seen, KafkaConsumer<byte[], byte[]>... consumers) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime()).as("seen %d in time", seen.size()).isLessThan(deadline);
            for (KafkaConsumer<byte[], byte[]> consumer : consumers) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> seen.add(number(record.value())));
            }
        }
    }

    private static Map<String, ConfigEntry> config(Admin admin, ConfigResource resource) throws Exception {
        Config config = admin.describeConfigs(List.of(resource))
                .all()
                .get(SECONDS, TimeUnit.SECONDS)
                .get(resource);
        Map<String, ConfigEntry> entries = new HashMap<>();
        config.entries().forEach(entry -> entries.put(entry.name(), entry));
        return entries;
    }

    private List<ConsumerRecord<byte[], byte[]>> read(TopicPartition partition, int count) {
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            while (read.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(500)).forEach(read::add);
            }
        }
        assertThat(read).hasSize(count);
        return read;
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, String> overrides) {
        Map<String, Object> config = new HashMap<>(overrides);
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, node.bootstrap());
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer(Map<String, String> overrides) {
        Map<String, Object> config = new HashMap<>(overrides);
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, node.bootstrap());
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static byte[] bytes(int number) {
        return java.nio.ByteBuffer.allocate(4).putInt(number).array();
    }

    private static int number(byte[] bytes) {
        return java.nio.ByteBuffer.wrap(bytes).getInt();
    }
}
