package io.thalweg.replication;

import java.util.List;

/** What replicas of one partition say to each other. Records travel beside a {@link FetchAnswer}, not in it. */
public sealed interface Message {

    /** Broker id of the sender. */
    int from();

    /** The sender's epoch. */
    int epoch();

    /**
     * Asks for a vote, or, before that, whether a vote would be given.
     *
     * @param preVote asks only; nobody promises anything
     * @param end of the candidate's log
     */
    record VoteRequest(int from, int epoch, boolean preVote, LogPosition end) implements Message {}

    /**
     * @param asked the epoch of the request, so that an answer to an older one is known as such
     * @param leader of the sender's epoch, or nobody
     */
    record VoteAnswer(int from, int epoch, int asked, boolean preVote, boolean granted, int leader)
            implements Message {}

    /** The sender leads this epoch: fetch from it. */
    record EpochBegun(int from, int epoch) implements Message {}

    /**
     * The sender leads this epoch no longer.
     *
     * @param successors who should follow, the most complete first
     */
    record EpochEnded(int from, int epoch, List<Integer> successors) implements Message {
        public EpochEnded {
            successors = List.copyOf(successors);
        }
    }

    /**
     * Asks for records behind {@code end}, and says that everything below {@code durableEnd} is flushed.
     *
     * @param incarnation the sender's broker epoch, greater with each start of its process: what an earlier process claimed
     *     to hold may be gone
     * @param trusted false of a replica that may have lost records: it does not count
     */
    record FetchRequest(int from, int epoch, int incarnation, LogPosition end, long durableEnd, boolean trusted)
            implements Message {}

    /**
     * @param leader of the sender's epoch, or nobody
     * @param asked the end that the request named
     * @param position DIVERGED: the end of the greatest epoch that is at most the follower's last one. OUT_OF_RANGE: where
     *     the leader's log starts. OK: the end of the records beside this answer
     * @param highWatermark the leader's
     * @param trusts OK only, to a follower that may have lost what it held: it holds everything durably again, and may
     *     vote and count ({@link Replica#restoresTrust}). For the process that asked, none that comes after it
     */
    record FetchAnswer(
            int from,
            int epoch,
            int leader,
            Outcome outcome,
            LogPosition asked,
            LogPosition position,
            long highWatermark,
            boolean trusts)
            implements Message {}

    /** What became of a fetch. */
    enum Outcome {
        OK,
        /** The follower holds what the leader does not. */
        DIVERGED,
        /** The follower ends before the leader's log starts, or in an epoch before. */
        OUT_OF_RANGE,
        /** Ask the leader that the answer names, if any. */
        NOT_LEADER
    }
}
