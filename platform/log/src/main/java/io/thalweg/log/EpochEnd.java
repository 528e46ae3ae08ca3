package io.thalweg.log;

/**
 * Where a leader epoch ended (KIP-101).
 *
 * @param leaderEpoch the largest epoch of the log that is not larger than the one asked for; -1 if there is none
 * @param endOffset the first offset of the next epoch, or the log end offset; -1 if there is no such epoch
 */
public record EpochEnd(int leaderEpoch, long endOffset) {

    public static final EpochEnd UNKNOWN = new EpochEnd(-1, -1);
}
