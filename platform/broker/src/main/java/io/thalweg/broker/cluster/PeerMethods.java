package io.thalweg.broker.cluster;

/** What brokers call each other for. Numbers are never used again for something else. */
public final class PeerMethods {

    /** Which cluster a broker belongs to, and who decides about its metadata. Answered to brokers that belong to none. */
    static final short INFO = 1;

    /** A command for the controller, as JSON. */
    static final short CONTROLLER = 2;

    /** What the controller asks of a partition's leader: voters, leadership. */
    static final short LEADER = 3;

    /** What a leader asks of its followers. */
    static final short FOLLOWER = 4;

    /** From here on: calls of clients that another broker must answer, see {@code broker.routing}. */
    public static final short FORWARDED = 32;

    private PeerMethods() {}
}
