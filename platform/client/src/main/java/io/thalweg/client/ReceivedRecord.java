package io.thalweg.client;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record read from the log. The byte arrays are this record's own. */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record ReceivedRecord(
        String topic,
        int partition,
        long offset,
        long timestampMillis,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers) {}
