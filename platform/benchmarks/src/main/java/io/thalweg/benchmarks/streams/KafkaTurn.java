package io.thalweg.benchmarks.streams;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.internals.StreamTask;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;

/**
 * A turn of Kafka Streams: its own {@code StreamTask} over a {@code MockProducer}, taken out of a {@code TopologyTestDriver} so that
 * the driver's work for each record is not counted. Records go in by the hundred, the producer's history is emptied every 1,000.
 * In-memory stores, no cache, changelogs on.
 */
final class KafkaTurn {

    private static final int BATCH = 100;

    private KafkaTurn() {}

    static Turn run(StreamsCell cell, StreamsLoad load) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "bench");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, -1L);
        settings.put(
                StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        settings.put(
                StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG,
                org.apache.kafka.common.serialization.Serdes.StringSerde.class);
        settings.put(
                StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG,
                org.apache.kafka.common.serialization.Serdes.StringSerde.class);
        try (TopologyTestDriver driver = new TopologyTestDriver(cell.kafkas(), settings)) {
            StreamTask task = (StreamTask) field(driver, "task");
            MockProducer<?, ?> producer = (MockProducer<?, ?>) field(driver, "producer");
            return measure(task, producer, load);
        }
    }

    private static Turn measure(StreamTask task, MockProducer<?, ?> producer, StreamsLoad load) {
        TopicPartition[] partitions = {new TopicPartition("a", 0), new TopicPartition("b", 0)};
        long count = 0;
        long before = Turn.processCpuNanos();
        List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
        for (int i = 0; i < load.size(); i++) {
            int topic = load.topics()[i];
            batch.add(new ConsumerRecord<>(
                    partitions[topic].topic(),
                    0,
                    i,
                    load.timestamps()[i],
                    TimestampType.CREATE_TIME,
                    load.keys()[i].length,
                    load.values()[i].length,
                    load.keys()[i],
                    load.values()[i],
                    new RecordHeaders(),
                    java.util.Optional.empty()));
            boolean topicEnds = i + 1 == load.size() || load.topics()[i + 1] != topic;
            if (batch.size() == BATCH || topicEnds) {
                task.addRecords(partitions[topic], batch);
                batch = new ArrayList<>();
                while (task.process(load.timestamps()[i])) {
                    task.maybePunctuateStreamTime();
                }
            }
            if (i % 1000 == 999) {
                count += producer.history().size();
                producer.clear();
            }
        }
        long nanos = Turn.processCpuNanos() - before;
        count += producer.history().size();
        return new Turn(load.size(), nanos, count);
    }

    private static Object field(TopologyTestDriver driver, String name) {
        try {
            Field field = TopologyTestDriver.class.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(driver);
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException("TopologyTestDriver has no field " + name + " any more", changed);
        }
    }
}
