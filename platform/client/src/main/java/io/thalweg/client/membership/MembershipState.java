package io.thalweg.client.membership;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a member stands. The usual round is {@link #STABLE} - {@link #REVOKING} - {@link #JOINING} - {@link #SYNCING} -
 * {@link #STABLE}; any step that fails for a while goes through {@link #WAITING}.
 */
enum MembershipState {
    /** Nothing was subscribed to yet. Transition: subscribe. */
    IDLE,

    /** Action: finds the coordinator and asks to join. Transition: the join phase ended, or failed. */
    JOINING,

    /** Action: the leader assigns, all wait for their part. Transition: the assignment came, or failed. */
    SYNCING,

    /** Action: heartbeats; reads its partitions. Transition: a rebalance, a lost generation, a changed subscription. */
    STABLE,

    /** Action: the partitions were given up; what was read of them is being committed. Transition: that ended. */
    REVOKING,

    /** Action: none, a timer runs. Transition: the timer. */
    WAITING,

    /** The group refused this member for good. */
    FAILED,

    /** Left. Final. */
    LEFT;

    boolean canTransitionTo(MembershipState next) {
        return successors().contains(next);
    }

    private Set<MembershipState> successors() {
        return switch (this) {
            case IDLE -> EnumSet.of(JOINING, LEFT);
            case JOINING -> EnumSet.of(SYNCING, WAITING, FAILED, LEFT);
            case SYNCING -> EnumSet.of(STABLE, WAITING, FAILED, LEFT);
            case STABLE -> EnumSet.of(REVOKING, WAITING, FAILED, LEFT);
            case REVOKING -> EnumSet.of(JOINING, FAILED, LEFT);
            case WAITING -> EnumSet.of(JOINING, LEFT);
            case FAILED -> EnumSet.of(LEFT);
            case LEFT -> EnumSet.noneOf(MembershipState.class);
        };
    }
}
