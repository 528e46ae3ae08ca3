package io.thalweg.replication.node;

import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Replica;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * When each replica that hears no leader asks to be elected. The first time soon after a leader is suspected, one replica of a
 * partition after the other in order of preference, so that votes are not split; then again after a while that is drawn at
 * random and doubles. Without connections to a majority nobody is asked.
 *
 * <p>When a node fails, thousands of partitions lose their leader at once, and an election takes as long as all of them take that
 * go on beside it. Whoever is first in order asks at once; everybody else waits longer the more replicas wait here, until that
 * many have had their time. Or two replicas would stand where one was about to win, and each election that nobody wins makes
 * the others slower.
 */
final class Elections {

    private static final int DOUBLINGS_MAX = 20;

    private final Site site;

    private final PriorityQueue<Due> agenda = new PriorityQueue<>();
    private long order;

    /** They wait for connections. */
    private final Set<HostedReplica> parked = new LinkedHashSet<>();

    /** How many have an election that is due some time: as many are going on, here or with others. */
    private int waiting;

    private boolean stopped;

    /** An election that is due then, unless the candidacy has another turn by then. */
    private record Due(long nanos, long order, HostedReplica replica, int turn) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return nanos == other.nanos ? Long.compare(order, other.order) : Long.compare(nanos - other.nanos, 0);
        }
    }

    /** What gets its time before this replica asks. */
    private enum First {
        NOTHING,
        /** To hear of a leader over a connection that has just been made. */
        NEWS,
        /** Somebody else's election. */
        ANOTHER
    }

    /** What is kept of one replica. */
    static final class Candidacy {
        /** How often it asked since it last heard a leader. */
        private int attempts;

        private boolean scheduled;
        private int scheduledInEpoch;
        private long sinceNanos;

        private First first = First.NOTHING;

        /** Of the part of its time that is drawn at random, from 0 to 1. */
        private double luck;

        /** One more with each that was scheduled or cancelled. */
        private int turn;
    }

    Elections(Site site) {
        this.site = site;
    }

    void settled(HostedReplica hosted) {
        Candidacy candidacy = hosted.candidacy;
        Replica replica = hosted.replica();
        if (stopped || !replica.awaitsElection() || !replica.mayStand()) {
            removed(hosted);
            return;
        }
        if (parked.contains(hosted)) {
            if (!reachesMajority(hosted)) {
                return;
            }
            parked.remove(hosted);
        }
        if (!candidacy.scheduled) {
            schedule(hosted, First.NOTHING);
        } else if (candidacy.scheduledInEpoch != replica.epoch()) {
            // Somebody else stands: that election gets its time.
            schedule(hosted, First.ANOTHER);
        }
    }

    void removed(HostedReplica hosted) {
        parked.remove(hosted);
        hosted.candidacy.attempts = 0;
        hosted.candidacy.turn++;
        unscheduled(hosted.candidacy);
    }

    private void unscheduled(Candidacy candidacy) {
        if (candidacy.scheduled) {
            candidacy.scheduled = false;
            waiting--;
        }
    }

    private void schedule(HostedReplica hosted, First first) {
        Candidacy candidacy = hosted.candidacy;
        if (!candidacy.scheduled) {
            candidacy.scheduled = true;
            waiting++;
        }
        candidacy.scheduledInEpoch = hosted.replica().epoch();
        candidacy.sinceNanos = site.now();
        candidacy.first = first;
        candidacy.luck = site.random().nextDouble();
        candidacy.turn++;
        lookIn(hosted, delayNanos(hosted));
    }

    private void lookIn(HostedReplica hosted, long nanos) {
        long at = site.now() + nanos;
        agenda.add(new Due(at, order++, hosted, hosted.candidacy.turn));
        site.turn().at(at);
    }

    /** From the time when it was scheduled on. */
    private long delayNanos(HostedReplica hosted) {
        ReplicationConfig config = site.config();
        Candidacy candidacy = hosted.candidacy;
        int rank = rank(hosted);
        boolean again = candidacy.attempts > 0;
        boolean unhindered = rank == 0 && !again && candidacy.first != First.ANOTHER;
        long others = unhindered ? 0 : waiting * (long) config.electionMicros() * Site.NANOS_PER_MICRO;
        long stagger = bounded(Site.nanos(config.staggerMillis()) + others);
        long doubled = (long) config.electionMillis() << Math.min(DOUBLINGS_MAX, Math.max(0, candidacy.attempts - 1));
        long election = bounded(Site.nanos(Math.min(config.electionMillisMax(), doubled)) + others);
        long inOrder = stagger * rank + drawn(candidacy, stagger);
        if (awaitsItsCandidate(hosted)) {
            return inOrder + Site.nanos(config.successorMillis()) + drawn(candidacy, election);
        }
        if (again) {
            return election + drawn(candidacy, election);
        }
        if (awaitsSuccessor(hosted)) {
            return inOrder + Site.nanos(config.successorMillis()) + drawn(candidacy, election);
        }
        boolean lost = hosted.replica().leader() >= 0;
        boolean fresh = hosted.store().end().equals(LogPosition.EMPTY)
                && hosted.replica().epoch() == 0;
        if (fresh && candidacy.first == First.NOTHING) {
            // Nobody waits for a partition that has just been made as for one that has lost its leader.
            return inOrder + election * rank;
        }
        return lost && candidacy.first == First.NOTHING ? inOrder : inOrder + election + drawn(candidacy, election);
    }

    /** Only while it is connected: then it has been told, or is being told. */
    private boolean awaitsSuccessor(HostedReplica hosted) {
        int successor = hosted.replica().successor();
        return successor != EpochPromise.NOBODY
                && successor != site.broker()
                && hosted.candidacy.first == First.NOTHING
                && site.link().isUp(successor);
    }

    /**
     * It gave its vote to another that is still connected. That one may well lead already, and be too busy to say so: it gets as
     * much time as one that a leader named. So does, by itself, who was named and stands without having asked first: nobody else
     * stands meanwhile, and votes that are on their way would be void.
     */
    private boolean awaitsItsCandidate(HostedReplica hosted) {
        int candidate = hosted.replica().votedFor();
        if (candidate == site.broker()) {
            return hosted.replica().isCandidate() && hosted.candidacy.attempts == 0;
        }
        return candidate != EpochPromise.NOBODY
                && hosted.candidacy.first == First.ANOTHER
                && site.link().isUp(candidate);
    }

    private long bounded(long nanos) {
        return Math.min(nanos, Site.nanos(site.config().electionMillisMax()));
    }

    private static long drawn(Candidacy candidacy, long of) {
        return (long) (candidacy.luck * of);
    }

    /** How many of those that are preferred to it may stand themselves: not who is gone, nor who has just been lost. */
    private int rank(HostedReplica hosted) {
        int rank = 0;
        int before = hosted.preference();
        for (int broker : hosted.following.hints) {
            if (broker == site.broker()) {
                continue;
            }
            if (before-- == 0) {
                return rank;
            }
            if (site.link().isUp(broker) && broker != hosted.replica().leader()) {
                rank++;
            }
        }
        return rank + Math.max(0, before);
    }

    /** It told somebody that it would vote for it: that one's election gets its time, or the two would split the votes. */
    void gaveWay(HostedReplica hosted) {
        if (hosted.candidacy.scheduled) {
            schedule(hosted, First.ANOTHER);
        }
    }

    /**
     * Somebody asks who leads, who may have had no replica when it was asked for its vote: nodes that start, and partitions that
     * are made, come one after the other. Whoever is first in order asks once more, and need not wait.
     */
    void sought(HostedReplica hosted) {
        Candidacy candidacy = hosted.candidacy;
        boolean asks = candidacy.scheduled && candidacy.first != First.ANOTHER && candidacy.attempts > 0;
        if (asks && !hosted.replica().isCandidate() && rank(hosted) == 0) {
            candidacy.attempts = 0;
            candidacy.turn++;
            lookIn(hosted, drawn(candidacy, Site.nanos(site.config().staggerMillis())));
        }
    }

    private boolean reachesMajority(HostedReplica hosted) {
        List<Integer> reached = new ArrayList<>();
        for (int voter : hosted.store().voters().ids()) {
            if (voter == site.broker() || site.link().isUp(voter)) {
                reached.add(voter);
            }
        }
        return hosted.store().voters().isMajority(reached);
    }

    /** Ends the elections whose time has come, and lets those ask anew who can. */
    void act(long now) {
        while (!agenda.isEmpty() && agenda.peek().nanos() - now <= 0) {
            Due due = agenda.poll();
            HostedReplica hosted = due.replica();
            if (hosted.candidacy.turn != due.turn() || !hosted.isOpen()) {
                continue;
            }
            long left = hosted.candidacy.sinceNanos + delayNanos(hosted) - now;
            if (left > 0) {
                // More wait than did then; when fewer do, it is looked at sooner.
                long stagger = Site.nanos(site.config().staggerMillis());
                lookIn(hosted, Math.max(left / 2, Math.min(left, stagger)));
                continue;
            }
            unscheduled(hosted.candidacy);
            if (reachesMajority(hosted)) {
                hosted.candidacy.attempts++;
                hosted.tell(Replica::electionTimeout);
            } else {
                parked.add(hosted);
                hosted.tell(Replica::electionOver);
            }
        }
        if (!agenda.isEmpty()) {
            site.turn().at(agenda.peek().nanos());
        }
    }

    /** Those that waited for a connection get time to hear of a leader first. */
    void peerUp() {
        for (HostedReplica hosted : List.copyOf(parked)) {
            if (hosted.isIdle() && reachesMajority(hosted)) {
                parked.remove(hosted);
                hosted.candidacy.attempts = 0;
                schedule(hosted, First.NEWS);
            }
        }
    }

    /** Nobody here stands for anything any more. */
    void stop() {
        stopped = true;
        agenda.clear();
        parked.clear();
    }
}
