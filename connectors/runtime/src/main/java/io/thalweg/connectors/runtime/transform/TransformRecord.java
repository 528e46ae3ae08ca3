package io.thalweg.connectors.runtime.transform;

import io.thalweg.connectors.api.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as transforms see it.
 *
 * @param partition -1 if it is not known yet
 * @param offset -1 for a record that is not in the log yet
 * @param timestampMillis -1 for none
 */
public record TransformRecord(
        String topic,
        int partition,
        long offset,
        @Nullable Object key,
        @Nullable Object value,
        List<Header> headers,
        long timestampMillis) {

    TransformRecord withTopic(String other) {
        return new TransformRecord(other, partition, offset, key, value, headers, timestampMillis);
    }

    TransformRecord withKey(@Nullable Object other) {
        return new TransformRecord(topic, partition, offset, other, value, headers, timestampMillis);
    }

    TransformRecord withValue(@Nullable Object other) {
        return new TransformRecord(topic, partition, offset, key, other, headers, timestampMillis);
    }
}
