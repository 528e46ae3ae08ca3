package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.Serde;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the records of a topic. */
class SourceOperator extends Operator {

    final TaskContext task;
    private final String topic;
    private final Serde<Object> keySerde;
    private final Serde<Object> valueSerde;

    SourceOperator(OperatorContext context, String topic, Serde<Object> keySerde, Serde<Object> valueSerde) {
        this.task = context.task();
        this.topic = topic;
        this.keySerde = keySerde;
        this.valueSerde = valueSerde;
    }

    String topic() {
        return topic;
    }

    void read(
            byte @Nullable [] keyBytes,
            byte @Nullable [] valueBytes,
            long timestampMillis,
            List<RecordHeader> headers) {
        Object key = keyBytes == null ? null : keySerde.deserialize(keyBytes);
        Object value = valueBytes == null ? null : valueSerde.deserialize(valueBytes);
        task.source(key, keySerde, keyBytes, value, valueSerde, valueBytes);
        forward(key, value, timestampMillis, headers);
    }

    @Override
    void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
        throw new IllegalStateException("a source has nothing upstream");
    }
}
