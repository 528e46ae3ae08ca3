package io.thalweg.streams.runtime;

import io.thalweg.streams.topology.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who runs which task: each exactly one member, the numbers differing by one at most, and as many as possible stay where they
 * were, since state would have to be restored elsewhere. Pure.
 */
final class StickyAssignment {

    private StickyAssignment() {}

    /** @param previous what each member ran before; the keys are the members */
    static Map<String, Set<TaskId>> assign(Collection<TaskId> tasks, Map<String, Set<TaskId>> previous) {
        Map<String, Set<TaskId>> assigned = new TreeMap<>();
        previous.keySet().forEach(member -> assigned.put(member, new TreeSet<>()));
        if (assigned.isEmpty()) {
            return assigned;
        }
        Set<TaskId> open = new TreeSet<>(tasks);
        int least = open.size() / assigned.size();
        int withOneMore = open.size() % assigned.size();
        // Those that had most keep most: so that few move.
        List<String> members = new ArrayList<>(assigned.keySet());
        members.sort(Comparator.<String>comparingInt(member -> -kept(previous.getOrDefault(member, Set.of()), tasks))
                .thenComparing(Comparator.naturalOrder()));
        for (String member : members) {
            Set<TaskId> own = of(assigned, member);
            int quota = least + (withOneMore > 0 ? 1 : 0);
            for (TaskId task : new TreeSet<>(previous.getOrDefault(member, Set.of()))) {
                if (own.size() < quota && open.remove(task)) {
                    own.add(task);
                }
            }
            if (own.size() > least) {
                withOneMore--;
            }
        }
        // Sub-topologies differ in weight: their tasks are dealt out one after the other.
        for (TaskId task : open) {
            String lightest = members.stream()
                    .min(Comparator.<String>comparingInt(
                                    member -> of(assigned, member).size())
                            .thenComparing(Comparator.naturalOrder()))
                    .orElseThrow();
            of(assigned, lightest).add(task);
        }
        return assigned;
    }

    private static Set<TaskId> of(Map<String, Set<TaskId>> assigned, String member) {
        return Objects.requireNonNull(assigned.get(member), member);
    }

    private static int kept(Set<TaskId> before, Collection<TaskId> tasks) {
        Set<TaskId> both = new HashSet<>(before);
        both.retainAll(new HashSet<>(tasks));
        return both.size();
    }
}
