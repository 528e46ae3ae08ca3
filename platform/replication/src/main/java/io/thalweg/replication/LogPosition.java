package io.thalweg.replication;

/**
 * Where a log ends: by epoch first, then by offset, which is how complete it is (Raft paper, section 5.4.1).
 *
 * @param epoch of the last record, 0 if there is none
 * @param offset the next one to be written
 */
public record LogPosition(int epoch, long offset) implements Comparable<LogPosition> {

    public static final LogPosition EMPTY = new LogPosition(0, 0);

    public LogPosition {
        if (epoch < 0 || offset < 0) {
            throw new IllegalArgumentException("no position: epoch=" + epoch + " offset=" + offset);
        }
    }

    public boolean isAtLeast(LogPosition other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(LogPosition other) {
        return epoch == other.epoch ? Long.compare(offset, other.offset) : Integer.compare(epoch, other.epoch);
    }
}
