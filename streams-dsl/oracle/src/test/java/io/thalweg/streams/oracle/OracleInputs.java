package io.thalweg.streams.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Random records: few keys and values, nulls, late ones, jumps of time, timestamps at the edges of windows. */
final class OracleInputs {

    record In(String topic, @Nullable String key, @Nullable String value, long timestampMillis) {}

    private OracleInputs() {}

    static List<In> of(long seed, int records) {
        SplittableRandom random = new SplittableRandom(seed);
        List<In> inputs = new ArrayList<>();
        long clock = 1_000_000;
        for (int i = 0; i < records; i++) {
            int step = random.nextInt(100);
            clock += step < 15 ? 0 : step < 95 ? random.nextInt(1, 1250) : random.nextInt(10_000, 60_000);
            long timestamp = clock;
            if (random.nextInt(100) < 25) {
                timestamp -= random.nextInt(random.nextInt(4) == 0 ? 50_000 : 10_000);
            }
            if (random.nextInt(100) < 15) {
                timestamp = timestamp / 10_000 * 10_000 + random.nextInt(-1, 2);
            }
            String key = random.nextInt(100) < 4 ? null : "k" + random.nextInt(5);
            String value = random.nextInt(100) < 12 ? null : "v" + random.nextInt(12);
            inputs.add(new In(random.nextInt(3) == 0 ? "b" : "a", key, value, timestamp));
        }
        return inputs;
    }

    /** A key of a global table for a value; none for some. */
    static @Nullable String key(String value) {
        int number = Integer.parseInt(value.substring(1));
        return number > 8 ? null : "k" + number % 6;
    }
}
