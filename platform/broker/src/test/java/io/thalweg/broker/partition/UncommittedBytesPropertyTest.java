package io.thalweg.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.Seeds;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

class UncommittedBytesPropertyTest {

    private record Entry(long end, int bytes) {}

    /** Against a list: nothing is told too early, and all is told once the end is committed. */
    @Seeds(count = 100)
    void bytesAreToldWhenTheyAreCommittedAndOnce(long seed) {
        Random random = new Random(seed);
        UncommittedBytes bytes = new UncommittedBytes();
        Deque<Entry> model = new ArrayDeque<>();
        long end = 0;
        long committed = 0;
        long told = 0;
        long due = 0;
        for (int step = 0; step < 2_000; step++) {
            if (random.nextInt(3) > 0) {
                end += 1 + random.nextInt(10);
                int more = 1 + random.nextInt(1_000);
                bytes.add(end, more);
                model.add(new Entry(end, more));
            } else {
                committed = committed + (long) (random.nextDouble() * (end - committed));
                told += bytes.take(committed);
                while (!model.isEmpty() && model.peek().end <= committed) {
                    due += model.remove().bytes;
                }
                assertThat(told).isLessThanOrEqualTo(due);
            }
        }
        told += bytes.take(end);
        due += model.stream().mapToLong(Entry::bytes).sum();
        assertThat(told).isEqualTo(due);
        bytes.add(end + 1, 5);
        bytes.clear();
        assertThat(bytes.take(end + 1)).isZero();
    }
}
