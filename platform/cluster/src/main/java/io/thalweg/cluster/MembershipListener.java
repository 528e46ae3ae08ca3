package io.thalweg.cluster;

/** Told of members other than the local one. */
public interface MembershipListener {

    /** The member is here. If it is a later incarnation of a broker, {@link #onLeft} was called for the earlier one. */
    void onJoined(Member member);

    /**
     * Membership no longer sees the member: its process ended, or it is not to be reached. While the peer transport still has
     * a connection to it, only membership is in trouble, and its leaders need not be suspected.
     */
    void onLeft(Member member);

    /**
     * This node's own membership is being made anew: it was on one side of a split, or stuck. Until {@link #onRejoined} the
     * view stands still and nobody who dies is told of. What this node leads and no majority of its replicas answers for
     * should be given up now.
     */
    default void onRejoining(String reason) {}

    /** The view follows the cluster again; what changed meanwhile was told before. */
    default void onRejoined() {}
}
