package io.thalweg.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.streams.topology.TaskId;
import io.thalweg.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Goal: every task has one member, the members have as many as each other, and none moves without need. Method: members come
 * and go at random, each time assigned anew from what they had.
 */
class StickyAssignmentPropertyTest {

    @Seeds(count = 100)
    void everyTaskHasOneMemberAndFewMove(long seed) {
        Random random = new Random(seed);
        List<TaskId> tasks = new ArrayList<>();
        for (int sub = 0; sub < 1 + random.nextInt(3); sub++) {
            for (int partition = 0; partition < 1 + random.nextInt(8); partition++) {
                tasks.add(new TaskId(sub, partition));
            }
        }
        Map<String, Set<TaskId>> members = new TreeMap<>();
        members.put("m0", Set.of());
        for (int round = 1; round < 20; round++) {
            if (members.size() > 1 && random.nextBoolean()) {
                members.remove(members.keySet().iterator().next());
            } else {
                members.put("m" + round, Set.of());
            }
            Map<String, Set<TaskId>> assigned = StickyAssignment.assign(tasks, members);
            check(tasks, members, assigned);
            members = new TreeMap<>(assigned);
        }
    }

    private static void check(List<TaskId> tasks, Map<String, Set<TaskId>> before, Map<String, Set<TaskId>> after) {
        List<TaskId> all = new ArrayList<>();
        after.values().forEach(all::addAll);
        assertThat(all).containsExactlyInAnyOrderElementsOf(tasks);
        int least = tasks.size() / after.size();
        after.forEach((member, assigned) -> {
            assertThat(assigned.size()).isBetween(least, least + (tasks.size() % after.size() == 0 ? 0 : 1));
            Set<TaskId> lost = new HashSet<>(before.get(member));
            lost.removeAll(assigned);
            assertThat(lost.isEmpty() || assigned.size() >= least)
                    .as("member=%s gave up %s only for the balance", member, lost)
                    .isTrue();
            if (before.get(member).size() <= least) {
                assertThat(lost)
                        .as("member=%s had no more than its share", member)
                        .isEmpty();
            }
        });
    }
}
