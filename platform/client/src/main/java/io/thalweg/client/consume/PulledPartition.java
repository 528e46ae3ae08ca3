package io.thalweg.client.consume;

import io.thalweg.client.ReceivedRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** One partition of {@link PulledPartitions}. Confined to their context. */
public final class PulledPartition {

    final PartitionReader reader;
    private final PulledPartitions owner;

    PulledPartition(PulledPartitions owner, PartitionReader reader) {
        this.owner = owner;
        this.reader = reader;
    }

    public TopicPartition partition() {
        return reader.partition;
    }

    /** The next record, or null while none is here: {@link PulledPartitions#handler} is called when that changes. */
    public @Nullable ReceivedRecord peek() {
        return reader.buffered() ? owner.peek(reader) : null;
    }

    /** Moves past the record that {@link #peek} returned. */
    public void advance() {
        reader.advance();
        if (reader.decodedCount() == 0) {
            owner.refill(); // a whole batch was taken: there may be room for more
        }
    }

    /** The offset that is read next; -1 while it is not known. */
    public long position() {
        return reader.position();
    }

    /** Where the partition ended when the broker was asked last; -1 before. */
    public long endOffset() {
        return reader.endOffset;
    }

    /** Whether everything was taken that the partition held when the broker was asked last. */
    public boolean caughtUp() {
        return reader.endOffset >= 0 && reader.position() >= reader.endOffset;
    }
}
