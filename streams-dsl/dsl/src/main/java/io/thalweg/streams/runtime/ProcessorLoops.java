package io.thalweg.streams.runtime;

import io.thalweg.streams.topology.TaskId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** An instance's processors, and which of them runs which task. The list is safe for any thread, the tasks are confined. */
final class ProcessorLoops {

    private final CopyOnWriteArrayList<ProcessorLoop> loops = new CopyOnWriteArrayList<>();
    private final Map<TaskId, ProcessorLoop> placed = new HashMap<>();

    void add(ProcessorLoop loop) {
        loops.add(loop);
    }

    List<ProcessorLoop> list() {
        return List.copyOf(loops);
    }

    int size() {
        return loops.size();
    }

    /** Closes all other tasks. */
    void retain(Set<TaskId> tasks) {
        Set<TaskId> kept = new HashSet<>(tasks);
        placed.keySet().retainAll(kept);
        each(loop -> loop.retain(kept));
    }

    /** Closes all tasks without a commit. */
    void drop() {
        placed.clear();
        each(ProcessorLoop::drop);
    }

    /** Begins tasks, or goes on with those that are suspended: where they are, else where the fewest are. */
    void begin(List<TaskStart> starts) {
        Map<ProcessorLoop, List<TaskStart>> byLoop = new HashMap<>();
        for (TaskStart start : starts) {
            byLoop.computeIfAbsent(of(start.id()), absent -> new ArrayList<>()).add(start);
        }
        byLoop.forEach((loop, tasks) -> loop.context().runOnContext(turn -> loop.begin(tasks)));
    }

    private ProcessorLoop of(TaskId task) {
        ProcessorLoop known = placed.get(task);
        if (known != null) {
            return known;
        }
        Map<ProcessorLoop, Integer> loads = new HashMap<>();
        placed.values().forEach(loop -> loads.merge(loop, 1, Integer::sum));
        ProcessorLoop lightest = loops.get(0);
        for (ProcessorLoop loop : loops) {
            if (loads.getOrDefault(loop, 0) < loads.getOrDefault(lightest, 0)) {
                lightest = loop;
            }
        }
        placed.put(task, lightest);
        return lightest;
    }

    private void each(Consumer<ProcessorLoop> task) {
        for (ProcessorLoop loop : loops) {
            loop.context().runOnContext(turn -> task.accept(loop));
        }
    }

    /** On each one's context. Completes on the caller's when all are done, with a failure if there was one. */
    Future<Void> all(Function<ProcessorLoop, Future<Void>> task) {
        List<Future<Void>> done = new ArrayList<>();
        for (ProcessorLoop loop : loops) {
            done.add(Contexts.on(loop.context(), () -> task.apply(loop)));
        }
        return Future.join(done).mapEmpty();
    }
}
