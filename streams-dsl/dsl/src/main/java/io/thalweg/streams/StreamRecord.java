package io.thalweg.streams;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record inside a topology.
 *
 * @param timestampMillis 0 or more
 */
public record StreamRecord<K, V>(@Nullable K key, @Nullable V value, long timestampMillis, List<RecordHeader> headers) {

    public StreamRecord {
        if (timestampMillis < 0) {
            throw new IllegalArgumentException("timestampMillis=" + timestampMillis + " expected 0 or more");
        }
    }

    public static <K, V> StreamRecord<K, V> of(@Nullable K key, @Nullable V value, long timestampMillis) {
        return new StreamRecord<>(key, value, timestampMillis, List.of());
    }

    public <K2> StreamRecord<K2, V> withKey(@Nullable K2 newKey) {
        return new StreamRecord<>(newKey, value, timestampMillis, headers);
    }

    public <V2> StreamRecord<K, V2> withValue(@Nullable V2 newValue) {
        return new StreamRecord<>(key, newValue, timestampMillis, headers);
    }

    public StreamRecord<K, V> withTimestamp(long newTimestampMillis) {
        return new StreamRecord<>(key, value, newTimestampMillis, headers);
    }
}
