package io.thalweg.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record to be published. The byte arrays are not copied: do not change them afterwards.
 *
 * @param partition -1 to choose by key as Kafka's clients do (murmur2), or in turn where there is no key
 * @param timestampMillis -1 for now
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record OutgoingRecord(
        String topic,
        int partition,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers,
        long timestampMillis) {

    public static OutgoingRecord of(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        return new OutgoingRecord(topic, -1, key, value, List.of(), -1);
    }

    @SuppressWarnings("ArrayRecordComponent")
    public record RecordHeader(String key, byte @Nullable [] value) {}
}
