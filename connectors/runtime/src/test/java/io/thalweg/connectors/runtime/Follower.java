package io.thalweg.connectors.runtime;

import io.thalweg.client.Consumer;
import io.thalweg.client.ReceivedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** All of a topic as it grows, for a test that waits for what comes there. */
public final class Follower {

    /** What a test waits for. */
    public interface Condition {
        boolean holds(List<ReceivedRecord> records) throws Exception;
    }

    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final List<ReceivedRecord> records = new ArrayList<>();

    Follower(Consumer consumer) {
        consumer.batchHandler(this::add);
    }

    private synchronized void add(List<ReceivedRecord> batch) {
        records.addAll(batch);
        notifyAll();
    }

    /** Asks at first and after each batch that came. */
    public List<ReceivedRecord> until(Condition condition) throws Exception {
        long deadline = System.nanoTime() + WAIT_NANOS;
        List<ReceivedRecord> seen = seen();
        while (!condition.holds(seen)) {
            seen = more(seen.size(), deadline);
        }
        return seen;
    }

    /** What has come so far. */
    public synchronized List<ReceivedRecord> seen() {
        return List.copyOf(records);
    }

    private synchronized List<ReceivedRecord> more(int than, long deadline) throws Exception {
        while (records.size() == than) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new TimeoutException("not within a minute; records=" + records);
            }
            wait(left);
        }
        return seen();
    }
}
