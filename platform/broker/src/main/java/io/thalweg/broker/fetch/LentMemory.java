package io.thalweg.broker.fetch;

import io.thalweg.log.RecordSlices;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the memory that answers hold on to until they were sent. A reader that does not take its answer off the socket
 * keeps log memory from being used again, so while too much is lent every further fetch gets one small share only. Safe
 * for any thread.
 */
final class LentMemory {

    /** What a fetch may still get while too much is lent: one batch, in practice. */
    private static final int SHARE_BYTES = 64 << 10;

    private final long maximum;
    private final AtomicLong lent = new AtomicLong();

    LentMemory(long maximum) {
        this.maximum = maximum;
    }

    /** The most that a fetch which wants {@code bytes} should read now. */
    int limit(int bytes) {
        return lent.get() < maximum ? bytes : Math.min(bytes, SHARE_BYTES);
    }

    long current() {
        return lent.get();
    }

    /** The same records, counted until they are closed; regions of files hold no memory and do not count. */
    RecordSlices lend(RecordSlices records) {
        long bytes = 0;
        for (RecordSlices.Part part : records.parts()) {
            if (part instanceof RecordSlices.Memory) {
                bytes += part.length();
            }
        }
        if (bytes == 0) {
            return records;
        }
        lent.addAndGet(bytes);
        return new Lent(records, bytes, lent);
    }

    private record Lent(RecordSlices records, long bytes, AtomicLong counter) implements RecordSlices {

        @Override
        public int sizeInBytes() {
            return records.sizeInBytes();
        }

        @Override
        public List<Part> parts() {
            return records.parts();
        }

        @Override
        public void copyTo(ByteBuffer target) throws IOException {
            records.copyTo(target);
        }

        @Override
        public void close() {
            counter.addAndGet(-bytes);
            records.close();
        }
    }
}
