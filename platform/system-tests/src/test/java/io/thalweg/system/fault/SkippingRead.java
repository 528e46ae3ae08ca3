package io.thalweg.system.fault;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryEvent.Poll;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Reads a partition to its end, stepping forward wherever the client reports a failure. */
final class SkippingRead {

    private SkippingRead() {}

    static void into(History history, String bootstrap, String topic, int partition) {
        TopicPartition only = new TopicPartition(topic, partition);
        try (KafkaConsumer<byte[], Long> consumer = CompleteRead.consumer(bootstrap)) {
            consumer.assign(List.of(only));
            consumer.seekToBeginning(List.of(only));
            long end = consumer.endOffsets(List.of(only)).get(only);
            long step = 1;
            while (consumer.position(only) < end) {
                long before = consumer.position(only);
                if (poll(history, consumer, partition)) {
                    step = 1;
                } else {
                    // Twice as far each time: damage may span a whole batch of thousands of offsets.
                    consumer.seek(only, Math.min(end, before + step));
                    step *= 2;
                }
            }
        }
    }

    private static boolean poll(History history, KafkaConsumer<byte[], Long> consumer, int partition) {
        try {
            ConsumerRecords<byte[], Long> records = consumer.poll(Duration.ofSeconds(1));
            if (!records.isEmpty()) {
                history.add(new Poll("reader-" + partition, CompleteRead.entries(records), false));
                return true;
            }
            return false;
        } catch (KafkaException unreadable) {
            return false;
        }
    }
}
