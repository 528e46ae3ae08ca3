package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The output {@code late} of an operator with windows: records that came after all of theirs had closed. */
final class LatePort extends Operator {

    static final String NAME = "late";

    /** Of the right stream of a join. */
    static final String RIGHT = "late-right";

    @Override
    void process(@Nullable Object key, @Nullable Object value, long timestampMillis, List<RecordHeader> headers) {
        forward(key, value, timestampMillis, headers);
    }
}
