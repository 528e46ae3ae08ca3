package io.thalweg.broker;

import io.thalweg.broker.fetch.FetchHandler;
import io.thalweg.broker.storage.LogWriter;
import io.thalweg.broker.storage.PendingAppend;
import io.thalweg.log.Append;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Uuid;

/**
 * What a broker counted since its start. Counters only grow; gauges ({@code inFlightBytes}, {@code fetchWaiters}) go
 * both ways. May be read from any thread at any time.
 */
public final class BrokerMetrics {

    final LongAdder appendRequests = new LongAdder();
    final LongAdder appendBytes = new LongAdder();
    final LongAdder appendRecords = new LongAdder();
    final LongAdder appendFailures = new LongAdder();
    final LongAdder appendsThrottled = new LongAdder();
    final LongAdder appendDuplicates = new LongAdder();
    final LongAdder commitGroups = new LongAdder();
    final LongAdder commitNanos = new LongAdder();
    final LongAdder fetchRequests = new LongAdder();
    final LongAdder fetchBytes = new LongAdder();
    final LongAdder fetchesDelayed = new LongAdder();
    final LongAdder tailReads = new LongAdder();
    final LongAdder coldReads = new LongAdder();
    final LongAdder fetchWaiters = new LongAdder();
    private final TopicMetrics topics = new TopicMetrics(TopicMetrics.TOPICS_MAX);
    final LongAdder elections = new LongAdder();
    private final LongSupplier inFlightBytes;
    private LongSupplier fetchLentBytes = () -> 0;

    BrokerMetrics(LongSupplier inFlightBytes) {
        this.inFlightBytes = inFlightBytes;
    }

    /** Before the broker is handed out. */
    void fetchLentBytes(LongSupplier source) {
        fetchLentBytes = source;
    }

    public long appendRequests() {
        return appendRequests.sum();
    }

    /** Bytes of batches that were appended. */
    public long appendBytes() {
        return appendBytes.sum();
    }

    public long appendRecords() {
        return appendRecords.sum();
    }

    public long appendFailures() {
        return appendFailures.sum();
    }

    /** Appends refused because too many bytes were in flight; part of {@link #appendFailures}. */
    public long appendsThrottled() {
        return appendsThrottled.sum();
    }

    /** Batches of idempotent producers that were there already. */
    public long appendDuplicates() {
        return appendDuplicates.sum();
    }

    /** Groups that the log writer committed; {@link #appendRequests} over this is the mean group. */
    public long commitGroups() {
        return commitGroups.sum();
    }

    /** Time that the log writer spent committing. */
    public long commitNanos() {
        return commitNanos.sum();
    }

    public long fetchRequests() {
        return fetchRequests.sum();
    }

    public long fetchBytes() {
        return fetchBytes.sum();
    }

    /** Fetches that had to wait. */
    public long fetchesDelayed() {
        return fetchesDelayed.sum();
    }

    /** Partition reads answered from memory. */
    public long tailReads() {
        return tailReads.sum();
    }

    /** Partition reads answered from files. */
    public long coldReads() {
        return coldReads.sum();
    }

    /** Gauge: bytes of appends accepted and not yet answered. */
    public long inFlightBytes() {
        return inFlightBytes.getAsLong();
    }

    /** Gauge: long polls waiting. */
    public long fetchWaiters() {
        return fetchWaiters.sum();
    }

    /** Gauge: log memory that answers to fetches hold until they were sent. */
    public long fetchLentBytes() {
        return fetchLentBytes.getAsLong();
    }

    /** By topic. */
    public TopicMetrics topics() {
        return topics;
    }

    /** Leaderships that this node won, of replicated partitions. */
    public long elections() {
        return elections.sum();
    }

    LogWriter.Observer writerObserver() {
        return this::onCommit;
    }

    FetchHandler.Observer fetchObserver() {
        return new FetchHandler.Observer() {
            @Override
            public void onRead(boolean fromDisk) {
                (fromDisk ? coldReads : tailReads).increment();
            }

            @Override
            public void onWaiting() {
                fetchesDelayed.increment();
                fetchWaiters.increment();
            }

            @Override
            public void onWaited() {
                fetchWaiters.decrement();
            }

            @Override
            public void onFetched(Uuid topicId, long records, int bytes) {
                topics.fetched(topicId, records, bytes);
            }

            @Override
            public void onAnswered(int bytes) {
                fetchRequests.increment();
                fetchBytes.add(bytes);
            }
        };
    }

    private void onCommit(List<PendingAppend> group, long nanos) {
        long bytes = 0;
        long records = 0;
        long failures = 0;
        long duplicates = 0;
        for (PendingAppend pending : group) {
            Append append = pending.append();
            if (!append.done() || append.failure() != null) {
                failures++;
            } else if (append.duplicate()) {
                duplicates++;
            } else {
                int size = append.batches().sizeInBytes();
                int count = append.batches().recordCount();
                bytes += size;
                records += count;
                topics.appended(append.log().id().topicId(), count, size);
            }
        }
        commitGroups.increment();
        commitNanos.add(nanos);
        appendBytes.add(bytes);
        appendRecords.add(records);
        appendFailures.add(failures);
        appendDuplicates.add(duplicates);
    }
}
