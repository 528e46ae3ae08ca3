package io.thalweg.log;

/**
 * A place in the log and the time that belongs to it.
 *
 * @param timestamp -1 if there is none
 * @param offset -1 if there is none
 * @param leaderEpoch -1 if it is not known
 */
public record TimestampOffset(long timestamp, long offset, int leaderEpoch) {

    /** There is no such record. */
    public static final TimestampOffset NONE = new TimestampOffset(-1, -1, -1);
}
