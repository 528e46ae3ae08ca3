package io.thalweg.streams.runtime;

import java.util.EnumSet;
import java.util.Set;

/** Where a task of this instance stands: {@link #RESTORING} - {@link #RUNNING} - {@link #CLOSED}. */
public enum TaskState {
    /** Action: reads the changelogs of its stores. Transition: all are read to the end that they had. */
    RESTORING,

    /** Action: processes records. */
    RUNNING,

    /** Action: none; a rebalance is under way and all is committed. Transition: assigned again, or lost. */
    SUSPENDED,

    /** Action: none; a record, a store or an output failed. Transition: restarted, which restores it anew. */
    FAILED,

    /** Final. */
    CLOSED;

    boolean canTransitionTo(TaskState next) {
        return successors().contains(next);
    }

    private Set<TaskState> successors() {
        return switch (this) {
            case RESTORING -> EnumSet.of(RUNNING, FAILED, CLOSED);
            case RUNNING -> EnumSet.of(SUSPENDED, FAILED, CLOSED);
            case SUSPENDED -> EnumSet.of(RUNNING, FAILED, CLOSED);
            case FAILED -> EnumSet.of(CLOSED);
            case CLOSED -> EnumSet.noneOf(TaskState.class);
        };
    }
}
