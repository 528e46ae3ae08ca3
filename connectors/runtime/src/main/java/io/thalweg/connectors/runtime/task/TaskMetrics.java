package io.thalweg.connectors.runtime.task;

import java.util.concurrent.atomic.LongAdder;

/** Counts of one task since the node started; named after Kafka Connect's metrics. Any thread. */
public final class TaskMetrics {

    private final TaskIdentity identity;
    private final boolean source;

    /** Polled by a source; read by a sink. */
    public final LongAdder recordsIn = new LongAdder();

    /** In the log; taken by the sink. */
    public final LongAdder recordsOut = new LongAdder();

    public final LongAdder bytesOut = new LongAdder();
    public final LongAdder recordsSkipped = new LongAdder();

    /** Were in the log already when a source went on. */
    public final LongAdder recordsResumed = new LongAdder();

    public final LongAdder errors = new LongAdder();
    public final LongAdder retries = new LongAdder();
    public final LongAdder deadLetters = new LongAdder();
    public final LongAdder deadLetterFailures = new LongAdder();
    public final LongAdder commits = new LongAdder();
    public final LongAdder commitFailures = new LongAdder();

    public TaskMetrics(TaskIdentity identity, boolean source) {
        this.identity = identity;
        this.source = source;
    }

    public TaskIdentity identity() {
        return identity;
    }

    public boolean source() {
        return source;
    }
}
