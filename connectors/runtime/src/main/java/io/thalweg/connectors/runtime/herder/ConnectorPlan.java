package io.thalweg.connectors.runtime.herder;

import io.thalweg.connectors.runtime.herder.Effect.ForgetTask;
import io.thalweg.connectors.runtime.herder.Effect.Gone;
import io.thalweg.connectors.runtime.herder.Effect.StartTask;
import io.thalweg.connectors.runtime.herder.Effect.StopTask;
import io.thalweg.connectors.runtime.herder.TaskSlot.Phase;
import io.thalweg.connectors.runtime.store.TargetState;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One connector: what it should be doing, and what its tasks are doing. Immutable; an event gives the next plan and the
 * effects that bring the tasks nearer to it.
 *
 * <pre>
 *   IDLE --wanted--> STARTING --started--> RUNNING
 *    ^                  |  \                 |
 *    |               unwanted \failed     unwanted, or other configuration, or restart
 *    |                  v      v             v
 *    +---- ended --- STOPPING  FAILED <---failed
 *    +---- restarted, reconfigured or stopped --+
 * </pre>
 *
 * <p>A task that is wanted waits in IDLE while there is an instance of an earlier configuration, of whichever task.
 *
 * @param target what it should be doing
 * @param deleted nothing is wanted any more; {@link Gone} when nothing is left
 * @param generation grows with each configuration
 * @param wanted a configuration for each task; null while there is none that could be used
 * @param trace why there is none
 * @param nextInstance greater than any instance so far
 */
public record ConnectorPlan(
        String name,
        TargetState target,
        boolean deleted,
        long generation,
        @Nullable List<JsonObject> wanted,
        @Nullable String trace,
        long nextInstance,
        Map<Integer, TaskSlot> slots) {

    /** What follows an event. */
    public record Decision(ConnectorPlan next, List<Effect> effects) {}

    public ConnectorPlan {
        slots = java.util.Collections.unmodifiableMap(new TreeMap<>(slots));
    }

    public static ConnectorPlan create(String name, TargetState target) {
        return new ConnectorPlan(name, target, false, 0, null, null, 1, Map.of());
    }

    // ---- events

    /** There is a configuration, which {@code taskConfigs} divide. Tasks of earlier ones are replaced. */
    public Decision configured(List<JsonObject> taskConfigs) {
        return new ConnectorPlan(
                        name, target, deleted, generation + 1, List.copyOf(taskConfigs), null, nextInstance, slots)
                .forgivingOlder()
                .decide();
    }

    /** There is a configuration that no tasks can be made of. */
    public Decision unusable(String reason) {
        return new ConnectorPlan(name, target, deleted, generation + 1, null, reason, nextInstance, slots).decide();
    }

    public Decision targeted(TargetState newTarget) {
        return new ConnectorPlan(name, newTarget, deleted, generation, wanted, trace, nextInstance, slots).decide();
    }

    public Decision delete() {
        return new ConnectorPlan(name, target, true, generation, wanted, trace, nextInstance, slots).decide();
    }

    public Decision started(int index, long instance) {
        TaskSlot slot = slots.get(index);
        return slot == null || slot.instance() != instance || slot.phase() != Phase.STARTING
                ? new Decision(this, List.of())
                : with(slot.running()).decide();
    }

    /**
     * An instance exists no more.
     *
     * @param reason why it failed; null if it was told to stop
     */
    public Decision ended(int index, long instance, @Nullable String reason) {
        TaskSlot slot = slots.get(index);
        if (slot == null || slot.instance() != instance || !slot.phase().exists()) {
            return new Decision(this, List.of());
        }
        boolean failed = reason != null && slot.phase() != Phase.STOPPING;
        return with(failed ? slot.failed(String.valueOf(reason)) : slot.ended()).decide();
    }

    /** Somebody wants this task to run anew. */
    public Decision restart(int index) {
        TaskSlot slot = slots.get(index);
        if (slot == null) {
            return new Decision(this, List.of());
        }
        return switch (slot.phase()) {
            case FAILED -> with(slot.forgiven(true)).decide();
            case STARTING, RUNNING -> {
                Decision after = with(slot.stopping(true)).decide();
                List<Effect> effects = new ArrayList<>(after.effects());
                effects.add(new StopTask(index, slot.instance()));
                yield new Decision(after.next(), effects);
            }
            case IDLE, STOPPING -> new Decision(this, List.of());
        };
    }

    /** This task had better run elsewhere: it is stopped, and started where it is put next. */
    public Decision move(int index) {
        TaskSlot slot = slots.get(index);
        if (slot == null || (slot.phase() != Phase.STARTING && slot.phase() != Phase.RUNNING)) {
            return new Decision(this, List.of());
        }
        Decision after = with(slot.stopping(false)).decide();
        List<Effect> effects = new ArrayList<>(after.effects());
        effects.add(new StopTask(index, slot.instance()));
        return new Decision(after.next(), effects);
    }

    // ---- decisions

    private boolean wants(int index) {
        return target == TargetState.STARTED && !deleted && wanted != null && index < wanted.size();
    }

    /** Whether a task should be known at all, running or not. */
    private boolean keeps(int index) {
        return target != TargetState.STOPPED && !deleted && wanted != null && index < wanted.size();
    }

    private ConnectorPlan forgivingOlder() {
        Map<Integer, TaskSlot> changed = new TreeMap<>(slots);
        changed.replaceAll((index, slot) -> slot.phase() == Phase.FAILED ? slot.forgiven(false) : slot);
        return withSlots(changed, nextInstance);
    }

    private Decision decide() {
        List<Effect> effects = new ArrayList<>();
        Map<Integer, TaskSlot> changed = new TreeMap<>(slots);
        List<JsonObject> configs = wanted == null ? List.of() : wanted;
        boolean clear = noOlderInstance(changed);
        if (target != TargetState.STOPPED && !deleted) {
            for (int index = 0; index < configs.size(); index++) {
                changed.putIfAbsent(index, TaskSlot.idle(index));
            }
        }
        long instance = nextInstance;
        for (TaskSlot slot : List.copyOf(changed.values())) {
            int index = slot.index();
            switch (slot.phase()) {
                case IDLE, FAILED -> {
                    if (!keeps(index)) {
                        changed.remove(index);
                        effects.add(new ForgetTask(index));
                    } else if (slot.phase() == Phase.IDLE && wants(index) && clear) {
                        changed.put(index, slot.starting(instance, generation));
                        effects.add(new StartTask(index, instance, configs.get(index)));
                        instance++;
                    }
                }
                case STARTING, RUNNING -> {
                    if (!wants(index) || slot.generation() != generation) {
                        changed.put(index, slot.stopping(false));
                        effects.add(new StopTask(index, slot.instance()));
                    }
                }
                case STOPPING -> {
                    // what is next is decided when it has ended
                }
            }
        }
        if (deleted && changed.isEmpty()) {
            effects.add(new Gone());
        }
        return new Decision(withSlots(changed, instance), effects);
    }

    /**
     * Whether every instance is of the present configuration. Another one may divide the work otherwise, so that two tasks
     * would do the same: none of it begins before the last one of the old has ended.
     */
    private boolean noOlderInstance(Map<Integer, TaskSlot> among) {
        return among.values().stream().noneMatch(slot -> slot.phase().exists() && slot.generation() != generation);
    }

    private ConnectorPlan with(TaskSlot slot) {
        Map<Integer, TaskSlot> changed = new TreeMap<>(slots);
        changed.put(slot.index(), slot);
        return withSlots(changed, nextInstance);
    }

    private ConnectorPlan withSlots(Map<Integer, TaskSlot> changed, long instance) {
        return new ConnectorPlan(name, target, deleted, generation, wanted, trace, instance, changed);
    }

    // ---- what people are told

    /** Kafka Connect's name for what the connector is doing. */
    public String connectorState() {
        if (trace != null) {
            return "FAILED";
        }
        return switch (target) {
            case STARTED -> wanted == null ? "UNASSIGNED" : "RUNNING";
            case PAUSED -> "PAUSED";
            case STOPPED -> "STOPPED";
        };
    }

    /** Kafka Connect's name for what a task is doing. */
    public String taskState(TaskSlot slot) {
        return switch (slot.phase()) {
            case RUNNING -> "RUNNING";
            case FAILED -> "FAILED";
            case STARTING -> slot.restarting() ? "RESTARTING" : "UNASSIGNED";
            case IDLE, STOPPING -> {
                if (target == TargetState.PAUSED) {
                    yield "PAUSED";
                }
                yield slot.restarting() ? "RESTARTING" : "UNASSIGNED";
            }
        };
    }

    /** Whether no instance of any task exists. */
    public boolean quiet() {
        return slots.values().stream().noneMatch(slot -> slot.phase().exists());
    }

    /** Facts that always hold; throws if one does not. */
    public void checkInvariants() {
        slots.forEach((index, slot) -> {
            if (slot.index() != index || slot.instance() >= nextInstance) {
                throw new IllegalStateException("slot out of place: " + slot + " nextInstance=" + nextInstance);
            }
            if (slot.phase() == Phase.RUNNING && !wants(index)) {
                throw new IllegalStateException("runs unwanted: " + slot);
            }
            if (slot.phase() == Phase.IDLE && wants(index) && noOlderInstance(slots)) {
                throw new IllegalStateException("wanted and idle: " + slot);
            }
        });
    }
}
