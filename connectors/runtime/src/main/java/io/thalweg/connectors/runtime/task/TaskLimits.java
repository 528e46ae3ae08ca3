package io.thalweg.connectors.runtime.task;

/**
 * Bounds of one task on this node.
 *
 * @param inFlightBytesMax keys and values that a source task has polled and that are not acknowledged yet
 * @param inFlightRecordsMax the same in records
 * @param batchBytesMax of one append
 * @param stopMillis how long a task may take to stop before it is given up
 * @param startMillis how long a task may take to start
 * @param deliveryMillis how long an append is tried again before the task fails
 */
public record TaskLimits(
        int inFlightBytesMax,
        int inFlightRecordsMax,
        int batchBytesMax,
        long stopMillis,
        long startMillis,
        long deliveryMillis) {

    public TaskLimits {
        if (inFlightBytesMax < 1 || inFlightRecordsMax < 1 || batchBytesMax < 1) {
            throw new IllegalArgumentException("task limits: inFlightBytesMax=" + inFlightBytesMax
                    + " inFlightRecordsMax=" + inFlightRecordsMax + " batchBytesMax=" + batchBytesMax
                    + " expected=1 or more");
        }
    }

    public static TaskLimits defaults() {
        return new TaskLimits(8 << 20, 65_536, 256 << 10, 10_000, 60_000, 120_000);
    }
}
