package io.thalweg.connectors.runtime.spread;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.thalweg.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Goal: whoever comes and goes, tasks are balanced, none is placed twice, and no more move than have to. Method: random nodes
 * join and die, connectors come and go; what dies or moves is placed anew; invariants after each event.
 */
final class PlacementPropertyTest {

    private final TreeMap<Integer, List<TaskIdentity>> nodes = new TreeMap<>();

    @Seeds(count = 300)
    void countsDifferByOneAtMostAndOnlyWhatHasToMoves(long seed) {
        Random random = new Random(seed);
        nodes.put(1, new ArrayList<>());
        int named = 0;
        for (int step = 0; step < 200; step++) {
            String what = "seed=" + seed + " step=" + step;
            switch (random.nextInt(4)) {
                case 0 -> {
                    String connector = "c" + named++;
                    int count = 1 + random.nextInt(6);
                    for (int index = 0; index < count; index++) {
                        place(new TaskIdentity(connector, index));
                    }
                }
                case 1 -> {
                    String gone = "c" + random.nextInt(named + 1);
                    nodes.values()
                            .forEach(tasks ->
                                    tasks.removeIf(task -> task.connector().equals(gone)));
                }
                case 2 -> nodes.putIfAbsent(1 + random.nextInt(6), new ArrayList<>());
                default -> {
                    int dead = new ArrayList<>(nodes.keySet()).get(random.nextInt(nodes.size()));
                    if (nodes.size() > 1) {
                        List.copyOf(nodes.remove(dead)).forEach(this::place);
                    }
                }
            }
            rebalance(what);
        }
    }

    private void place(TaskIdentity task) {
        nodes.get(Placement.choose(nodes, task.connector())).add(task);
    }

    private void rebalance(String what) {
        int fewestMoves = fewestMoves();
        List<TaskIdentity> moves = Placement.misplaced(nodes);
        assertThat(moves).as(what).hasSize(fewestMoves).doesNotHaveDuplicates();
        for (TaskIdentity move : moves) {
            assertThat(nodes.values().stream().filter(tasks -> tasks.remove(move)))
                    .as(what)
                    .hasSize(1);
        }
        moves.forEach(this::place);
        Set<TaskIdentity> seen = new HashSet<>();
        nodes.values()
                .forEach(tasks -> tasks.forEach(task ->
                        assertThat(seen.add(task)).as(what + " twice: " + task).isTrue()));
        int most = nodes.values().stream().mapToInt(Collection::size).max().orElseThrow();
        int fewest = nodes.values().stream().mapToInt(Collection::size).min().orElseThrow();
        assertThat(most - fewest).as(what + " " + nodes).isLessThanOrEqualTo(1);
        assertThat(Placement.misplaced(nodes)).as(what).isEmpty();
    }

    /** What is above its share, where the nodes that have most already keep one more as far as one more is left. */
    private int fewestMoves() {
        int total = nodes.values().stream().mapToInt(Collection::size).sum();
        int share = total / nodes.size();
        int oneMore = total % nodes.size();
        int moves = 0;
        for (int size : nodes.values().stream()
                .map(Collection::size)
                .sorted(java.util.Comparator.reverseOrder())
                .toList()) {
            int keeps = oneMore > 0 && size > share ? share + 1 : share;
            oneMore -= keeps > share ? 1 : 0;
            moves += Math.max(0, size - keeps);
        }
        return moves;
    }

    @Test
    void tasksOfOneConnectorGoToSeveralNodes() {
        TaskIdentity other = new TaskIdentity("a", 0);
        Map<Integer, List<TaskIdentity>> two =
                Map.of(1, List.of(new TaskIdentity("b", 0)), 2, List.of(other), 3, List.of(other));
        assertThat(Placement.choose(two, "b")).isEqualTo(2);
        assertThat(Placement.choose(two, "a")).isEqualTo(1);
    }

    @Test
    void nothingMovesWhereOneNodeIsAlone() {
        assertThat(Placement.misplaced(Map.of(1, List.of(new TaskIdentity("a", 0), new TaskIdentity("a", 1)))))
                .isEmpty();
    }
}
