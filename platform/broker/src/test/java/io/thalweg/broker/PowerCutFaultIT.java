package io.thalweg.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.BrokerApi.ProducerIdAndEpoch;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.ConfigOperation;
import io.thalweg.broker.api.TopicsApi.ConfigResource;
import io.thalweg.broker.api.TopicsApi.ConfigResourceType;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.Seeds;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Cuts the power at a random operation of the disk while topics come, change and go and records are appended; then
 * everything that was answered must be there after the restart, and nothing that was deleted.
 */
class PowerCutFaultIT {

    private static final Path DIRECTORY = Path.of("/data");
    private static final int OPERATIONS_MAX = 120;
    private static final int NAMES = 4;

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));

    // What was answered.
    private final Map<String, TopicView> topics = new HashMap<>();
    private final Map<String, String> retentions = new HashMap<>();
    private final Map<TopicPartition, List<String>> records = new HashMap<>();
    private final Set<Uuid> deleted = new HashSet<>();
    private final Set<Long> producerIds = new HashSet<>();
    /** Topics of which an operation was not answered: it may have happened or not. */
    private final Set<String> uncertain = new HashSet<>();

    @Seeds(count = 40)
    void whatWasAnsweredSurvivesAPowerCut(long seed) {
        Random random = new Random(seed);
        for (int cut = 0; cut < 3; cut++) {
            TestBroker node = TestBroker.start(DIRECTORY, disk, config -> config);
            check(node);
            disk.powerOffAfter(random.nextInt(400));
            work(node, random);
            disk.powerOffAfter(0);
            node.closeOnFailedDisk();
            disk.crash(random.nextLong());
        }
        try (TestBroker node = TestBroker.start(DIRECTORY, disk, config -> config)) {
            check(node);
            node.create("afterwards", 1);
            assertThat(node.appended(new TopicPartition("afterwards", 0), "a")).isZero();
        }
    }

    private void work(TestBroker node, Random random) {
        for (int step = 0; step < OPERATIONS_MAX && !disk.poweredOff(); step++) {
            String name = "t" + random.nextInt(NAMES);
            boolean exists = topics.containsKey(name);
            int kind = random.nextInt(10);
            if (!exists) {
                create(node, name);
            } else if (kind == 0) {
                delete(node, name);
            } else if (kind == 1) {
                alter(node, name, "retention.ms", Integer.toString(1_000_000 + random.nextInt(1_000_000)));
            } else if (kind == 2) {
                answered(name, node.api.initProducerId(-1, (short) -1), this::noteProducer);
            } else {
                append(node, new TopicPartition(name, random.nextInt(2)), "v" + step + "-" + random.nextInt());
            }
        }
    }

    private void create(TestBroker node, String name) {
        answered(name, node.api.topics().create(NewTopic.named(name, 2), false), created -> topics.put(name, created));
    }

    private void delete(TestBroker node, String name) {
        answered(name, node.api.topics().delete(name), gone -> {
            deleted.add(topics.remove(name).id());
            retentions.remove(name);
            records.keySet().removeIf(partition -> partition.topic().equals(name));
        });
    }

    private void alter(TestBroker node, String name, String setting, String value) {
        List<ConfigChange> changes = List.of(new ConfigChange(setting, ConfigOperation.SET, value));
        ConfigResource topic = new ConfigResource(ConfigResourceType.TOPIC, name);
        answered(name, node.api.topics().alterConfigs(topic, changes, false), done -> retentions.put(name, value));
    }

    private void append(TestBroker node, TopicPartition partition, String value) {
        answered(
                partition.topic(),
                node.append(partition, value),
                appended -> records.computeIfAbsent(partition, key -> new ArrayList<>())
                        .add(value));
    }

    private void noteProducer(ProducerIdAndEpoch producer) {
        assertThat(producerIds.add(producer.producerId()))
                .as("producer id %d given out twice", producer.producerId())
                .isTrue();
    }

    private <T> void answered(String name, Future<T> future, java.util.function.Consumer<T> note) {
        T answer;
        try {
            answer = Futures.await(future);
        } catch (ThalwegException failed) {
            uncertain.add(name);
            return;
        }
        note.accept(answer);
    }

    private void check(TestBroker node) {
        ClusterView view = node.api.cluster();
        assertThat(deleted).noneMatch(id -> view.topicName(id) != null);
        for (TopicView topic : topics.values()) {
            if (!uncertain.contains(topic.name())) {
                TopicView found = view.topic(topic.name());
                assertThat(found).as("topic %s", topic.name()).isNotNull();
                assertThat(found.id()).isEqualTo(topic.id());
                assertThat(found.configs().get("retention.ms")).isEqualTo(retentions.get(topic.name()));
            }
        }
        records.forEach((partition, values) -> {
            TopicView topic = view.topic(partition.topic());
            // An unanswered deletion may have happened.
            if (topic != null && topic.id().equals(topics.get(partition.topic()).id())) {
                assertThat(node.values(partition))
                        .as("records of %s", partition)
                        .containsSubsequence(values);
            }
        });
        noteProducer(Futures.await(node.api.initProducerId(-1, (short) -1)));
        adopt(view);
    }

    /** From here on what is found is what was answered: the uncertain is decided. */
    private void adopt(ClusterView view) {
        for (String name : uncertain) {
            TopicView found = view.topic(name);
            TopicView known = topics.get(name);
            if (known != null && (found == null || !found.id().equals(known.id()))) {
                deleted.add(known.id());
                records.keySet().removeIf(partition -> partition.topic().equals(name));
            }
            topics.remove(name);
            retentions.remove(name);
            if (found != null) {
                topics.put(name, found);
                if (found.configs().containsKey("retention.ms")) {
                    retentions.put(name, found.configs().get("retention.ms"));
                }
            }
        }
        uncertain.clear();
    }
}
