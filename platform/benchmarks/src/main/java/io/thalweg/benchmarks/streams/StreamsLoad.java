package io.thalweg.benchmarks.streams;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * The records of a cell as bytes: keys of 10,000, values of 100 characters, a millisecond of event time every ten records.
 *
 * @param topics index 0 for {@code a}, 1 for {@code b}
 */
record StreamsLoad(byte[] topics, byte[][] keys, byte[][] values, long[] timestamps) {

    private static final int KEYS = 10_000;

    static StreamsLoad of(StreamsCell cell, int records) {
        SplittableRandom random = new SplittableRandom(7);
        byte[][] known = new byte[KEYS][];
        for (int i = 0; i < KEYS; i++) {
            known[i] = "customer-%06d".formatted(i).getBytes(StandardCharsets.UTF_8);
        }
        byte[] topics = new byte[records];
        byte[][] keys = new byte[records][];
        byte[][] values = new byte[records][];
        long[] timestamps = new long[records];
        byte[] value = "v".repeat(100).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < records; i++) {
            boolean row = cell.table() && i < KEYS;
            topics[i] = (byte) (row || (cell.twoStreams() && i % 2 == 1) ? 1 : 0);
            keys[i] = row ? known[i] : known[random.nextInt(KEYS)];
            values[i] = value;
            timestamps[i] = 1_700_000_000_000L + i / 10;
        }
        return new StreamsLoad(topics, keys, values, timestamps);
    }

    int size() {
        return topics.length;
    }

    String topic(int record) {
        return topics[record] == 0 ? "a" : "b";
    }
}
