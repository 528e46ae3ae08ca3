package io.thalweg.streams.runtime;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What an application did on this instance since it was started. Any thread. */
public final class StreamsMetrics {

    final LongAdder processedRecords = new LongAdder();
    final LongAdder producedRecords = new LongAdder();
    final LongAdder producedBytes = new LongAdder();
    final LongAdder restoredRecords = new LongAdder();
    final LongAdder commits = new LongAdder();
    final LongAdder commitFailures = new LongAdder();
    final LongAdder commitNanos = new LongAdder();
    final LongAdder deadLetters = new LongAdder();
    final LongAdder skippedProductions = new LongAdder();
    final LongAdder taskFailures = new LongAdder();
    final LongAdder outputWaits = new LongAdder();
    final LongAdder turns = new LongAdder();
    final AtomicLong runningTasks = new AtomicLong();
    final AtomicLong restoringTasks = new AtomicLong();
    final AtomicLong failedTasks = new AtomicLong();

    StreamsMetrics() {}

    public long processedRecords() {
        return processedRecords.sum();
    }

    /** Outputs and changes of stores. */
    public long producedRecords() {
        return producedRecords.sum();
    }

    public long producedBytes() {
        return producedBytes.sum();
    }

    public long restoredRecords() {
        return restoredRecords.sum();
    }

    public long commits() {
        return commits.sum();
    }

    public long commitFailures() {
        return commitFailures.sum();
    }

    /** From the moment that outputs were waited for to the offsets' commit, summed up. */
    public long commitNanos() {
        return commitNanos.sum();
    }

    /** Records that failed and went to the dead letter topic. */
    public long deadLetters() {
        return deadLetters.sum();
    }

    /** Records that the broker refused and that were left out. */
    public long skippedProductions() {
        return skippedProductions.sum();
    }

    public long taskFailures() {
        return taskFailures.sum();
    }

    /** How often a processor waited for outputs to be acknowledged. */
    public long outputWaits() {
        return outputWaits.sum();
    }

    public long turns() {
        return turns.sum();
    }

    /** How many tasks are so now. */
    public long runningTasks() {
        return runningTasks.get();
    }

    public long restoringTasks() {
        return restoringTasks.get();
    }

    public long failedTasks() {
        return failedTasks.get();
    }
}
