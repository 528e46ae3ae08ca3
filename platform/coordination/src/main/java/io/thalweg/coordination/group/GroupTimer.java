package io.thalweg.coordination.group;

/** The keys of the coordinator's timers. */
sealed interface GroupTimer {

    /** A member that is not heard of until then is gone. */
    record Session(String groupId, String memberId) implements GroupTimer {}

    /** A member id that was handed out (KIP-394) and not used until then is forgotten. */
    record PendingJoin(String groupId, String memberId) implements GroupTimer {}

    /** The end of the wait for members to join, be it the initial delay or the rebalance timeout. */
    record JoinPhase(String groupId) implements GroupTimer {}

    /** The end of the wait for members to sync. */
    record SyncPhase(String groupId) implements GroupTimer {}

    /** Time to look for expired offsets. */
    record OffsetExpiry() implements GroupTimer {}
}
