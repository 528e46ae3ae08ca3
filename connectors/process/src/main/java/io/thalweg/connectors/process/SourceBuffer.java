package io.thalweg.connectors.process;

import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.process.message.ChildMessage.Records;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records between the thread that reads a child and the task. Bounded in bytes: the reader waits while it is full, and the
 * child with it. One for each child.
 */
final class SourceBuffer {

    private static final int RECORD_OVERHEAD_BYTES = 64;

    private final int bytesMax;
    private final Runnable onData;
    private final ArrayDeque<Records> messages = new ArrayDeque<>();
    private long bytes;
    /** Records of the first message that were taken before. */
    private int taken;

    private boolean closed;

    /** @param onData called on the reading thread when there is something again */
    SourceBuffer(int bytesMax, Runnable onData) {
        this.bytesMax = bytesMax;
        this.onData = onData;
    }

    /**
     * What was taken at once.
     *
     * @param position the last one that is complete; null if none is
     * @param recordsBehind records taken since that position
     */
    record Taken(List<SourceRecord> records, @Nullable Object position, int recordsBehind) {}

    /** Blocks while the buffer is full. One message larger than the bound is taken when nothing else is there. */
    void put(Records message) throws InterruptedException {
        long size = size(message);
        synchronized (this) {
            while (bytes > 0 && bytes + size > bytesMax && !closed) {
                wait();
            }
            if (closed) {
                return;
            }
            messages.addLast(message);
            bytes += size;
            if (messages.size() > 1) {
                return;
            }
        }
        onData.run();
    }

    private static long size(Records message) {
        return message.bytes()
                + (long) RECORD_OVERHEAD_BYTES * (message.records().size() + 1);
    }

    /** At most so much, at least one record or position; null if there is nothing. */
    synchronized @Nullable Taken take(int recordsMax, int bytesWanted) {
        if (messages.isEmpty()) {
            return null;
        }
        List<SourceRecord> records = new ArrayList<>();
        Object position = null;
        int behind = 0;
        long size = 0;
        Records message;
        while (records.size() < recordsMax && size < bytesWanted && (message = messages.peekFirst()) != null) {
            int left = message.records().size() - taken;
            int count = (int) Math.min(left, Math.min(recordsMax - records.size(), share(message, bytesWanted - size)));
            records.addAll(message.records().subList(taken, taken + count));
            size += (long) bytesEach(message) * count;
            behind += count;
            taken += count;
            if (taken == message.records().size()) {
                messages.removeFirst();
                bytes -= size(message);
                taken = 0;
                if (message.position() != null) {
                    position = message.position();
                    behind = 0;
                }
            }
        }
        notifyAll();
        return new Taken(records, position, behind);
    }

    /** How many of a message's records fit, taking them for equal in size; at least one. */
    private static long share(Records message, long bytesWanted) {
        return Math.max(1, bytesWanted / Math.max(1, bytesEach(message)));
    }

    private static int bytesEach(Records message) {
        return message.records().isEmpty()
                ? 0
                : message.bytes() / message.records().size();
    }

    synchronized boolean isEmpty() {
        return messages.isEmpty();
    }

    /** Lets go of the reading thread; what comes from now on is dropped. */
    synchronized void close() {
        closed = true;
        messages.clear();
        bytes = 0;
        notifyAll();
    }
}
