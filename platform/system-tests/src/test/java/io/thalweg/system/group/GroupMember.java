package io.thalweg.system.group;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.VoidDeserializer;
import org.jspecify.annotations.Nullable;

/** One consumer of a group on a thread of its own, committing synchronously what it processed. */
final class GroupMember {

    private final Ownership ownership;
    private final String name;
    private final String identity;
    private final KafkaConsumer<Void, Long> consumer;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final Thread thread;
    private volatile boolean leaveGroup = true;

    /** @param sessionMillis the server's lower limit must allow it: {@code groups.sessionTimeoutMinMillis} */
    GroupMember(
            Ownership ownership,
            String name,
            String bootstrap,
            String group,
            String topic,
            Class<?> assignor,
            int sessionMillis,
            @Nullable String instanceId) {
        this.ownership = ownership;
        this.name = name;
        this.identity = instanceId == null ? name : instanceId;
        Map<String, Object> properties = new HashMap<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.GROUP_ID_CONFIG,
                group,
                ConsumerConfig.CLIENT_ID_CONFIG,
                name,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                sessionMillis,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                200,
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(assignor),
                ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                100,
                ConsumerConfig.RETRY_BACKOFF_MAX_MS_CONFIG,
                100));
        if (instanceId != null) {
            properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
        }
        this.consumer = new KafkaConsumer<>(properties, new VoidDeserializer(), new LongDeserializer());
        this.thread = new Thread(() -> run(topic), name);
        thread.start();
    }

    String name() {
        return name;
    }

    private void run(String topic) {
        try {
            consumer.subscribe(List.of(topic), new Listener());
            while (running.get()) {
                ConsumerRecords<Void, Long> records = consumer.poll(Duration.ofMillis(50));
                for (ConsumerRecord<Void, Long> record : records) {
                    ownership.onProcessed(new TopicPartition(topic, record.partition()), record.offset());
                }
                if (!records.isEmpty()) {
                    commit(records.nextOffsets());
                }
            }
        } finally {
            // Closing tells the listener that nothing is left, so this comes first.
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(5))
                    .withGroupMembershipOperation(
                            leaveGroup
                                    ? GroupMembershipOperation.LEAVE_GROUP
                                    : GroupMembershipOperation.REMAIN_IN_GROUP));
            ownership.onGone(name);
        }
    }

    private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            consumer.commitSync(offsets, Duration.ofSeconds(20));
        } catch (CommitFailedException | RebalanceInProgressException | RetriableException rebalancing) {
            return; // not acknowledged: whoever owns the partitions next reads these records again
        }
        Map<TopicPartition, Long> committed = new HashMap<>();
        offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
        ownership.onCommitted(committed);
    }

    /** Stops; without leaving, the group notices only when the session ends. */
    void stop(boolean leave) throws InterruptedException {
        leaveGroup = leave;
        running.set(false);
        thread.join();
    }

    private final class Listener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            ownership.onAssigned(name, identity, consumer.groupMetadata().generationId(), consumer.assignment());
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            Set<TopicPartition> left = new HashSet<>(consumer.assignment());
            left.removeAll(revoked);
            ownership.onRevoked(name, left);
        }
    }
}
