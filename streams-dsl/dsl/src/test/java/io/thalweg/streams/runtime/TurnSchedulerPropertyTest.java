package io.thalweg.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Goal: nobody who has something to do is passed over, nobody has a turn without. Method: a random crowd gets work at random,
 * leaves at random, and asks for more after its turn at random; a model counts whom each waits for.
 */
class TurnSchedulerPropertyTest {

    private static final int STEPS = 2_000;

    private final TurnScheduler<Integer> scheduler = new TurnScheduler<>();

    /** For each that waits: who had a turn since it began to. */
    private final Map<Integer, List<Integer>> turnsSince = new HashMap<>();

    @Seeds(count = 50)
    void betweenTwoTurnsOfOneEveryOtherThatWaitsHasOne(long seed) {
        Random random = new Random(seed);
        int crowd = 1 + random.nextInt(12);
        Set<Integer> greedy = new HashSet<>();
        for (int step = 0; step < STEPS; step++) {
            int who = random.nextInt(crowd);
            switch (random.nextInt(6)) {
                case 0, 1 -> ready(who);
                case 2 -> {
                    scheduler.remove(who);
                    turnsSince.remove(who);
                }
                case 3 -> greedy.add(who);
                default -> turn(greedy);
            }
            assertThat(scheduler.isEmpty()).isEqualTo(turnsSince.isEmpty());
        }
    }

    private void ready(int who) {
        scheduler.ready(who);
        turnsSince.putIfAbsent(who, new ArrayList<>());
    }

    private void turn(Set<Integer> greedy) {
        Integer next = scheduler.next();
        if (next == null) {
            assertThat(turnsSince).isEmpty();
            return;
        }
        assertThat(turnsSince).as("had something to do").containsKey(next);
        assertThat(turnsSince.remove(next))
                .as("waited for each other once at most")
                .doesNotHaveDuplicates();
        turnsSince.values().forEach(turns -> turns.add(next));
        if (greedy.contains(next)) {
            ready(next);
        }
    }
}
