package io.thalweg.connectors.runtime.spread;

import io.thalweg.connectors.runtime.task.TaskIdentity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which node runs which task. Nodes' counts of tasks differ by one at most; what runs stays where it is as far as that allows;
 * tasks of one connector rather run on several nodes. Pure.
 */
final class Placement {

    private Placement() {}

    /**
     * Where one more task goes.
     *
     * @param tasks of each node, at least one node
     */
    static int choose(Map<Integer, ? extends Collection<TaskIdentity>> tasks, String connector) {
        return tasks.entrySet().stream()
                .min(Comparator.<Map.Entry<Integer, ? extends Collection<TaskIdentity>>>comparingInt(
                                node -> node.getValue().size())
                        .thenComparingLong(node -> of(connector, node.getValue()))
                        .thenComparingInt(Map.Entry::getKey))
                .orElseThrow()
                .getKey();
    }

    private static long of(String connector, Collection<TaskIdentity> tasks) {
        return tasks.stream().filter(task -> task.connector().equals(connector)).count();
    }

    /** The fewest tasks that have to leave their node, so that the counts differ by one at most when each is placed anew. */
    static List<TaskIdentity> misplaced(Map<Integer, ? extends Collection<TaskIdentity>> tasks) {
        TreeMap<Integer, List<TaskIdentity>> left = new TreeMap<>();
        tasks.forEach((node, own) -> left.put(node, new ArrayList<>(own)));
        List<TaskIdentity> moves = new ArrayList<>();
        if (left.size() < 2) {
            return moves;
        }
        // Counts alone: a task that leaves is placed where there are fewest.
        Map<Integer, Integer> counts = new HashMap<>();
        left.forEach((node, own) -> counts.put(node, own.size()));
        while (true) {
            int most = left.keySet().stream()
                    .max(Comparator.<Integer>comparingInt(counts::get).thenComparing(Comparator.reverseOrder()))
                    .orElseThrow();
            int fewest = left.keySet().stream()
                    .min(Comparator.<Integer>comparingInt(counts::get).thenComparing(Comparator.naturalOrder()))
                    .orElseThrow();
            List<TaskIdentity> own = left.getOrDefault(most, List.of());
            if (counts.getOrDefault(most, 0) - counts.getOrDefault(fewest, 0) < 2 || own.isEmpty()) {
                return moves;
            }
            TaskIdentity leaves = own.stream()
                    .max(Comparator.<TaskIdentity>comparingLong(task -> of(task.connector(), own))
                            .thenComparing(TaskIdentity::connector)
                            .thenComparingInt(TaskIdentity::index))
                    .orElseThrow();
            own.remove(leaves);
            moves.add(leaves);
            counts.merge(most, -1, Integer::sum);
            counts.merge(fewest, 1, Integer::sum);
        }
    }
}
