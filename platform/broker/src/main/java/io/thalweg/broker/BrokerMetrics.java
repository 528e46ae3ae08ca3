package io.thalweg.broker;

import java.util.concurrent.atomic.LongAdder;

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
    final LongAdder inFlightBytes = new LongAdder();
    final LongAdder fetchWaiters = new LongAdder();

    BrokerMetrics() {}

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
        return inFlightBytes.sum();
    }

    /** Gauge: long polls waiting. */
    public long fetchWaiters() {
        return fetchWaiters.sum();
    }
}
