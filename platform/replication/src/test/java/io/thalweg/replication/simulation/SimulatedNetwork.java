package io.thalweg.replication.simulation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Delays, loses, repeats and reorders; cuts links one way or both. */
final class SimulatedNetwork {

    private static final int SLOW_MICROS = 200_000;

    private final SplittableRandom random;
    private final Set<List<Integer>> cut = new HashSet<>();
    private double loss;
    private double repeat;
    private double slow;

    SimulatedNetwork(SplittableRandom random) {
        this.random = random;
    }

    void worsen() {
        loss = random.nextDouble(0.2);
        repeat = random.nextDouble(0.1);
        slow = random.nextDouble(0.1);
    }

    void cut(int from, int to) {
        cut.add(List.of(from, to));
    }

    void heal() {
        cut.clear();
        loss = 0;
        repeat = 0;
        slow = 0;
    }

    boolean connects(int from, int to) {
        return !cut.contains(List.of(from, to));
    }

    /** How often a message arrives, 0 to 2 times. */
    int copies(int from, int to) {
        if (!connects(from, to) || random.nextDouble() < loss) {
            return 0;
        }
        return random.nextDouble() < repeat ? 2 : 1;
    }

    long delayMicros() {
        return 50 + random.nextLong(500) + (random.nextDouble() < slow ? random.nextLong(SLOW_MICROS) : 0);
    }
}
