package io.thalweg.client;

import io.vertx.core.Future;
import io.vertx.core.streams.WriteStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes records. Concurrent sends to one partition share a batch while an earlier one is under way, so that many
 * small callers cost few appends and no one waits for a timer. Bounded by
 * {@link ProducerConfig#bufferBytesMax()}: beyond it {@link #send} fails at once with a retriable error.
 */
public interface Producer {

    /** Completes when the record is acknowledged as configured. */
    Future<RecordMetadata> send(OutgoingRecord record);

    /**
     * Sends all, in order for each partition. Completes when each has an outcome; the outcomes are in the order of the
     * records.
     */
    Future<List<SendOutcome>> send(List<OutgoingRecord> records);

    /** A stream that writes to the log and is full while the buffer is. */
    WriteStream<OutgoingRecord> stream();

    /** Completes when all that was sent before has an outcome. */
    Future<Void> flush();

    /** Flushes, then refuses further sends. */
    Future<Void> close();

    /** What became of one record of several: exactly one of the two is set. */
    record SendOutcome(
            @Nullable RecordMetadata metadata, @Nullable Throwable failure) {}
}
