package io.thalweg.connectors.runtime.source;

/** Sequences of a producer in one partition: 0 to {@link Integer#MAX_VALUE}, then 0 again. */
final class Sequences {

    private Sequences() {}

    static int plus(int sequence, long count) {
        return (int) ((sequence + count) & Integer.MAX_VALUE);
    }

    /** How far {@code to} lies behind {@code from}; negative if before it. Right for distances below 2^30. */
    static int distance(int from, int to) {
        int forward = (to - from) & Integer.MAX_VALUE;
        return forward < 1 << 30 ? forward : forward - Integer.MAX_VALUE - 1;
    }
}
