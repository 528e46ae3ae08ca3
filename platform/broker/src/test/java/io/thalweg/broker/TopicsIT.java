package io.thalweg.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.api.BrokerApi.ProducerIdAndEpoch;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.ConfigEntry;
import io.thalweg.broker.api.TopicsApi.ConfigOperation;
import io.thalweg.broker.api.TopicsApi.ConfigResource;
import io.thalweg.broker.api.TopicsApi.ConfigResourceType;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.log.LogId;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsIT {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);

    @TempDir
    Path directory;

    private TestBroker node;

    @BeforeEach
    void start() {
        node = TestBroker.start(directory);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void restart() {
        node.close();
        node = TestBroker.start(directory);
    }

    @Test
    void aTopicIsVisibleAndUsableWhenItsCreationIsAnswered() {
        TopicView created = node.create("orders", 3, Map.of("retention.ms", "60000"));

        assertThat(node.api.cluster().topic("orders")).isEqualTo(created);
        assertThat(node.api.cluster().topicName(created.id())).isEqualTo("orders");
        assertThat(created.partitions()).hasSize(3).allMatch(partition -> partition.leader() == 1);
        assertThat(node.appended(P0, "a")).isZero();
        assertThatThrownBy(() -> node.create("orders", 1))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.TOPIC_ALREADY_EXISTS));
    }

    @Test
    void aRestartKeepsTopicsSettingsRecordsAndIdentity() {
        TopicView created = node.create("orders", 2, Map.of("retention.ms", "60000"));
        node.appended(P0, "a", "b");
        ClusterView before = node.api.cluster();

        restart();

        ClusterView after = node.api.cluster();
        assertThat(after.topic("orders")).isEqualTo(created);
        assertThat(after.clusterId()).isEqualTo(before.clusterId()).isNotEmpty();
        assertThat(node.values(P0)).containsExactly("a", "b");
        assertThat(node.appended(P0, "c")).isEqualTo(2);
        assertThat(node.values(P0)).containsExactly("a", "b", "c");
    }

    @Test
    void producerIdsAreNeverReissued() {
        Set<Long> seen = new HashSet<>();
        for (int start = 0; start < 3; start++) {
            List<Future<ProducerIdAndEpoch>> asked = new ArrayList<>();
            for (int i = 0; i < 1_500; i++) {
                asked.add(node.api.initProducerId(-1, (short) -1));
            }
            for (Future<ProducerIdAndEpoch> one : asked) {
                ProducerIdAndEpoch id = Futures.await(one);
                assertThat(id.epoch()).isZero();
                assertThat(seen.add(id.producerId())).isTrue();
            }
            restart();
        }
        assertThat(Futures.await(node.api.initProducerId(7, (short) 3)))
                .isEqualTo(new ProducerIdAndEpoch(7, (short) 4));
    }

    @Test
    void aDeletedTopicIsGoneForGoodAndItsNameFreeAtOnce() throws IOException {
        TopicView first = node.create("orders", 2);
        node.appended(P0, "old");
        Future<FetchResult> waiting = node.fetch(P0, 1, 300_000, 1);

        Futures.await(node.api.topics().delete("orders"));

        try (FetchResult result = Futures.await(waiting)) {
            assertThat(result.partitions().get(0).error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        }
        assertThatThrownBy(() -> Futures.await(node.append(P0, "late")))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        TopicView second = node.create("orders", 1);
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(node.values(P0)).isEmpty();
        node.appended(P0, "new");

        restart();

        assertThat(node.values(P0)).containsExactly("new");
        assertThat(node.api.cluster().topic("orders")).isEqualTo(second);
        assertThat(logDirectories()).noneMatch(id -> id.topicId().equals(first.id()));
    }

    @Test
    void internalTopicsAreNotDeleted() {
        Futures.await(node.api.groups().coordinatorOf("readers"));

        assertThat(node.api.cluster().topic("__consumer_offsets").internal()).isTrue();
        assertThatThrownBy(() -> Futures.await(node.api.topics().delete("__consumer_offsets")))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.INVALID_REQUEST));
        assertThatThrownBy(() -> node.create("__transaction_state", 1))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.INVALID_TOPIC_EXCEPTION));
    }

    @Test
    void aTopicGrowsWithoutTouchingWhatItHas() {
        node.create("orders", 1);
        node.appended(P0, "a");

        Futures.await(node.api.topics().createPartitions("orders", 3, false));

        assertThat(node.api.cluster().topic("orders").partitions()).hasSize(3);
        assertThat(node.appended(new TopicPartition("orders", 2), "c")).isZero();
        assertThat(node.values(P0)).containsExactly("a");
        assertThatThrownBy(() -> Futures.await(node.api.topics().createPartitions("orders", 3, false)))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.INVALID_PARTITIONS));
    }

    @Test
    void changedSettingsTakeEffectAndStay() {
        node.create("orders", 1);
        ConfigResource topic = new ConfigResource(ConfigResourceType.TOPIC, "orders");

        Futures.await(node.api
                .topics()
                .alterConfigs(
                        topic, List.of(new ConfigChange("max.message.bytes", ConfigOperation.SET, "200")), false));

        assertThatThrownBy(() -> Futures.await(node.append(P0, "x".repeat(300))))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.MESSAGE_TOO_LARGE));
        restart();
        assertThatThrownBy(() -> Futures.await(node.append(P0, "x".repeat(300))))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.MESSAGE_TOO_LARGE));
        assertThat(value(Futures.await(node.api.topics().describeConfigs(topic)), "max.message.bytes"))
                .isEqualTo("200");
        assertThatThrownBy(() -> Futures.await(node.api
                        .topics()
                        .alterConfigs(
                                topic,
                                List.of(
                                        new ConfigChange("retention.ms", ConfigOperation.SET, "5"),
                                        new ConfigChange("segment.ms", ConfigOperation.SET, "never")),
                                false)))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.INVALID_CONFIG));
        assertThat(node.api.cluster().topic("orders").configs()).containsOnlyKeys("max.message.bytes");
    }

    @Test
    void brokerSettingsAreReadableAndReadOnly() {
        ConfigResource broker = new ConfigResource(ConfigResourceType.BROKER, "1");

        List<ConfigEntry> entries = Futures.await(node.api.topics().describeConfigs(broker));

        assertThat(value(entries, "auto.create.topics.enable")).isEqualTo("true");
        assertThat(value(entries, "message.max.bytes")).isEqualTo("1048588");
        assertThat(value(entries, "log.retention.ms")).isEqualTo("604800000");
        assertThat(entries)
                .allMatch(ConfigEntry::readOnly)
                .isSortedAccordingTo(java.util.Comparator.comparing(ConfigEntry::name));
        assertThatThrownBy(() -> Futures.await(node.api
                        .topics()
                        .alterConfigs(
                                broker, List.of(new ConfigChange("num.partitions", ConfigOperation.SET, "2")), false)))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.INVALID_REQUEST));
        assertThatThrownBy(() -> Futures.await(
                        node.api.topics().describeConfigs(new ConfigResource(ConfigResourceType.BROKER, "2"))))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void manyWhoAutoCreateOneTopicGetTheSame() {
        List<Future<TopicView>> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            asked.add(node.api.topics().getOrAutoCreate("auto"));
        }

        Set<Uuid> ids = asked.stream().map(one -> Futures.await(one).id()).collect(Collectors.toSet());

        assertThat(ids).hasSize(1);
        assertThatThrownBy(() -> Futures.await(node.api.topics().getOrAutoCreate("../x")))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.INVALID_TOPIC_EXCEPTION));
    }

    @Test
    void autoCreationCanBeSwitchedOff() {
        node.close();
        node = TestBroker.start(directory, config -> config.withAutoCreateTopics(false));

        assertThatThrownBy(() -> Futures.await(node.api.topics().getOrAutoCreate("auto")))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
    }

    @Test
    void tenThousandPartitionsTouchTheDiskOnlyWhenTheyAreUsed() throws IOException {
        node.create("wide", 10_000);
        node.appended(new TopicPartition("wide", 9_999), "a");

        assertThat(logDirectories()).hasSizeLessThan(5);
        restart();

        assertThat(node.api.cluster().topic("wide").partitions()).hasSize(10_000);
        assertThat(node.values(new TopicPartition("wide", 9_999))).containsExactly("a");
        assertThatThrownBy(() -> node.create("too-wide", 200_000))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.POLICY_VIOLATION));
    }

    @Test
    void advertisedDoorsAreInTheView() {
        long before = node.api.cluster().version();

        node.api.advertise("kafka", "127.0.0.1", 9092);

        ClusterView view = node.api.cluster();
        assertThat(view.version()).isGreaterThan(before);
        assertThat(view.controllerId()).isEqualTo(1);
        assertThat(view.brokers()).hasSize(1);
        assertThat(view.brokers().get(0).endpoints()).isEqualTo(Map.of("kafka", new Endpoint("127.0.0.1", 9092)));
    }

    @Test
    void aDirectoryIsHeldByOneNodeAtATime() {
        assertThatThrownBy(() -> TestBroker.start(directory)).hasMessageContaining("lock");
        node.create("still-alive", 1);
    }

    @Test
    void anUncleanStopKeepsWhatWasAnswered() {
        node.create("orders", 1);
        node.create("gone", 1);
        node.appended(P0, "a");
        Futures.await(node.api.topics().create(NewTopic.named("late", 1), false));
        Futures.await(node.api.topics().delete("gone"));

        Path copy = directory.resolveSibling(directory.getFileName() + "-copy");
        copyFiles(directory, copy);
        try (TestBroker other = TestBroker.start(copy)) {
            assertThat(other.values(P0)).containsExactly("a");
            assertThat(other.api.cluster().topics()).containsOnlyKeys("orders", "late");
        }
    }

    private Set<LogId> logDirectories() throws IOException {
        try (Stream<Path> all = Files.walk(directory, 2)) {
            return all.map(path -> LogId.parse(path.getFileName().toString()))
                    .filter(java.util.Objects::nonNull)
                    .collect(Collectors.toSet());
        }
    }

    /** What kill -9 leaves: the files as the system has them at this moment. */
    private static void copyFiles(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private static String value(List<ConfigEntry> entries, String name) {
        return entries.stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }
}
