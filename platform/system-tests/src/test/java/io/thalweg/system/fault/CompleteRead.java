package io.thalweg.system.fault;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryEvent.Assign;
import io.thalweg.system.history.HistoryEvent.Entry;
import io.thalweg.system.history.HistoryEvent.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.LongDeserializer;

/** Reads partitions from the oldest record to the end, as kafka-clients see them. */
public final class CompleteRead {

    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    private CompleteRead() {}

    static KafkaConsumer<byte[], Long> consumer(String bootstrap) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest", "check.crcs", "true"),
                new ByteArrayDeserializer(),
                new LongDeserializer());
    }

    /** Adds everything to the history as its closing, complete read. */
    public static void into(History history, String bootstrap, String topic, int partitions) {
        List<TopicPartition> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            all.add(new TopicPartition(topic, partition));
        }
        history.add(new Assign("final", all.stream().map(CompleteRead::key).toList()));
        try (KafkaConsumer<byte[], Long> consumer = consumer(bootstrap)) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            long progressNanos = System.nanoTime();
            while (all.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                ConsumerRecords<byte[], Long> records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    progressNanos = System.nanoTime();
                } else if (System.nanoTime() - progressNanos > PATIENCE_NANOS) {
                    throw new AssertionError("the end was not reached, and nothing more comes: ends=" + ends);
                }
                history.add(new Poll("final", entries(records), true));
            }
        }
    }

    static Map<String, List<Entry>> entries(ConsumerRecords<byte[], Long> records) {
        Map<String, List<Entry>> entries = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            entries.put(
                    key(partition),
                    records.records(partition).stream()
                            .map(read -> new Entry(read.offset(), read.value()))
                            .toList());
        }
        return entries;
    }

    private static String key(TopicPartition partition) {
        return partition.topic() + "/" + partition.partition();
    }
}
