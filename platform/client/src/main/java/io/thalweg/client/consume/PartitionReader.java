package io.thalweg.client.consume;

import io.thalweg.client.ReceivedRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** One assigned partition: how far it was fetched, how far it was given out, and what lies between. */
final class PartitionReader {

    final TopicPartition partition;

    /** Checked by each fetch, so that a topic of the same name is not read on from where the old one stood. */
    @Nullable
    Uuid topicId;

    /** Grows when the position is moved; what was asked for before is dropped. */
    int moves;

    /** A fetch or a look-up for the present {@link #moves} is under way. */
    boolean busy;

    boolean paused;

    /** Failed for good: stands still until it is moved. */
    boolean stopped;

    /** On the monotonic clock; no fetch before. */
    long retryAtMillis;

    int failuresInARow;

    /** In the consumer's queue of partitions with something to give out. */
    boolean queued;

    /** Where the partition ended when it was fetched last, for this reader's isolation; -1 before. */
    long endOffset = -1;

    /** -1 while it is not known. */
    private long fetchOffset = -1;

    /** The next offset to be given out; -1 while it is not known. */
    private long position = -1;

    /** What was committed last, or found committed; -1 for none. */
    long committed = -1;

    private final Deque<FetchedChunk> chunks = new ArrayDeque<>();
    private List<ReceivedRecord> decoded = List.of();
    private int decodedIndex;
    private long bufferedBytes;

    PartitionReader(TopicPartition partition) {
        this.partition = partition;
    }

    boolean positioned() {
        return position >= 0;
    }

    long position() {
        return position;
    }

    long fetchOffset() {
        return fetchOffset;
    }

    /** Bytes of chunks that are not decoded to their end. */
    long bufferedBytes() {
        return bufferedBytes;
    }

    /** @return bytes given up */
    long moveTo(long offset) {
        long dropped = forget();
        fetchOffset = offset;
        position = offset;
        return dropped;
    }

    /** Gives up what was read ahead; the position stays. Answers under way are dropped. @return bytes given up */
    long forget() {
        long dropped = bufferedBytes;
        moves++;
        busy = false;
        stopped = false;
        retryAtMillis = 0;
        failuresInARow = 0;
        chunks.clear();
        decoded = List.of();
        decodedIndex = 0;
        bufferedBytes = 0;
        fetchOffset = position;
        return dropped;
    }

    void buffer(FetchedChunk chunk) {
        chunks.addLast(chunk);
        bufferedBytes += chunk.sizeInBytes();
        fetchOffset = chunk.endOffset();
    }

    /** Whether {@link #peek} may find something. */
    boolean buffered() {
        return decodedIndex < decoded.size() || !chunks.isEmpty();
    }

    /** The next record, or null when all that was buffered is given out. Decodes a batch where needed. */
    @Nullable
    ReceivedRecord peek() {
        while (decodedIndex == decoded.size()) {
            FetchedChunk chunk = chunks.peekFirst();
            if (chunk == null) {
                return null;
            }
            List<ReceivedRecord> batch = chunk.nextBatch();
            if (batch == null) {
                chunks.removeFirst();
                bufferedBytes -= chunk.sizeInBytes();
            } else {
                decoded = batch;
                decodedIndex = 0;
                if (batch.isEmpty()) {
                    position = Math.max(position, chunk.nextOffset());
                }
            }
        }
        return decoded.get(decodedIndex);
    }

    /** Moves past the record that {@link #peek} returned. */
    void advance() {
        position = decoded.get(decodedIndex).offset() + 1;
        decodedIndex++;
        if (decodedIndex == decoded.size()) {
            FetchedChunk chunk = chunks.peekFirst();
            if (chunk != null) {
                position = Math.max(position, chunk.nextOffset());
            }
            decoded = List.of();
            decodedIndex = 0;
        }
    }

    /** Records already decoded, {@link #peek} included. */
    int decodedCount() {
        return decoded.size() - decodedIndex;
    }
}
