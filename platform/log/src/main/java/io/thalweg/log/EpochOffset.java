package io.thalweg.log;

/**
 * A place between two records of a log, as replication compares logs: by epoch first, then by offset.
 *
 * @param epoch of the record before it; -1 if there never was one
 * @param offset of the record behind it
 */
public record EpochOffset(int epoch, long offset) {

    /** Whether it is the same place; replication knows no epochs below 0. */
    boolean isAt(EpochOffset other) {
        return offset == other.offset && Math.max(0, epoch) == Math.max(0, other.epoch);
    }
}
