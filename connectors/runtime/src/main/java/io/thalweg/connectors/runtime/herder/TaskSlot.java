package io.thalweg.connectors.runtime.herder;

import org.jspecify.annotations.Nullable;

/**
 * One task of a connector: what its instance is doing.
 *
 * @param instance number of the instance that exists, or existed last; 0 before the first. Later ones are greater.
 * @param generation of the configuration that the instance was made with
 * @param restarting whether somebody asked for the restart that is under way
 * @param trace of the failure, in {@link Phase#FAILED}
 */
public record TaskSlot(
        int index,
        Phase phase,
        long instance,
        long generation,
        boolean restarting,
        @Nullable String trace) {

    /** Where an instance is in its life. */
    public enum Phase {
        /** There is none. */
        IDLE,
        STARTING,
        RUNNING,
        /** It was told to stop, and has not yet. */
        STOPPING,
        /** There is none, and none is made by itself: the last one failed. */
        FAILED;

        /** Whether an instance exists. */
        boolean exists() {
            return this == STARTING || this == RUNNING || this == STOPPING;
        }
    }

    static TaskSlot idle(int index) {
        return new TaskSlot(index, Phase.IDLE, 0, 0, false, null);
    }

    TaskSlot starting(long newInstance, long newGeneration) {
        check(phase == Phase.IDLE, Phase.STARTING);
        return new TaskSlot(index, Phase.STARTING, newInstance, newGeneration, restarting, null);
    }

    TaskSlot running() {
        check(phase == Phase.STARTING, Phase.RUNNING);
        return new TaskSlot(index, Phase.RUNNING, instance, generation, false, null);
    }

    /** @param again whether it is to run again at once */
    TaskSlot stopping(boolean again) {
        check(phase == Phase.STARTING || phase == Phase.RUNNING, Phase.STOPPING);
        return new TaskSlot(index, Phase.STOPPING, instance, generation, again, null);
    }

    TaskSlot ended() {
        check(phase.exists(), Phase.IDLE);
        return new TaskSlot(index, Phase.IDLE, instance, generation, restarting, null);
    }

    TaskSlot failed(String newTrace) {
        check(phase != Phase.FAILED, Phase.FAILED);
        return new TaskSlot(index, Phase.FAILED, instance, generation, false, newTrace);
    }

    /** To be tried again. */
    TaskSlot forgiven(boolean again) {
        check(phase == Phase.FAILED, Phase.IDLE);
        return new TaskSlot(index, Phase.IDLE, instance, generation, again, null);
    }

    private void check(boolean allowed, Phase next) {
        if (!allowed) {
            throw new IllegalStateException("task: index=" + index + " from=" + phase + " to=" + next);
        }
    }
}
