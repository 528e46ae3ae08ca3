package io.thalweg.replication.node;

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
 */
final class Elections {

    private static final int DOUBLINGS_MAX = 20;

    private final Site site;

    private final PriorityQueue<Due> agenda = new PriorityQueue<>();
    private long order;

    /** They wait for connections. */
    private final Set<HostedReplica> parked = new LinkedHashSet<>();

    private boolean stopped;

    /** An election that is due then, unless the candidacy has another turn by then. */
    private record Due(long nanos, long order, HostedReplica replica, int turn) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return nanos == other.nanos ? Long.compare(order, other.order) : Long.compare(nanos - other.nanos, 0);
        }
    }

    /** What is kept of one replica. */
    static final class Candidacy {
        /** How often it asked since it last heard a leader. */
        private int attempts;

        private boolean scheduled;
        private int scheduledInEpoch;

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
            schedule(hosted, delayNanos(hosted, false));
        } else if (candidacy.scheduledInEpoch != replica.epoch()) {
            // Somebody else stands: that election gets its time.
            schedule(hosted, delayNanos(hosted, true));
        }
    }

    void removed(HostedReplica hosted) {
        parked.remove(hosted);
        hosted.candidacy.attempts = 0;
        hosted.candidacy.scheduled = false;
        hosted.candidacy.turn++;
    }

    private void schedule(HostedReplica hosted, long delayNanos) {
        Candidacy candidacy = hosted.candidacy;
        candidacy.scheduled = true;
        candidacy.scheduledInEpoch = hosted.replica().epoch();
        candidacy.turn++;
        long at = site.now() + delayNanos;
        agenda.add(new Due(at, order++, hosted, candidacy.turn));
        site.turn().at(at);
    }

    private long delayNanos(HostedReplica hosted, boolean patient) {
        ReplicationConfig config = site.config();
        long inOrder =
                Site.nanos((long) hosted.preference() * config.staggerMillis()) + site.upTo(config.staggerMillis());
        if (hosted.candidacy.attempts == 0) {
            boolean lost = hosted.replica().leader() >= 0;
            boolean fresh = hosted.store().end().equals(LogPosition.EMPTY)
                    && hosted.replica().epoch() == 0;
            if (fresh && !patient) {
                // Nobody waits for a partition that has just been made as for one that has lost its leader.
                return inOrder + Site.nanos((long) hosted.preference() * config.electionMillis());
            }
            if (lost && !patient) {
                return inOrder;
            }
            return inOrder + Site.nanos(config.electionMillis()) + site.upTo(config.electionMillis());
        }
        long doubled = (long) config.electionMillis() << Math.min(DOUBLINGS_MAX, hosted.candidacy.attempts - 1);
        long base = Math.min(config.electionMillisMax(), doubled);
        return Site.nanos(base) + site.upTo(base);
    }

    /** It told somebody that it would vote for it: that one's election gets its time, or the two would split the votes. */
    void gaveWay(HostedReplica hosted) {
        if (hosted.candidacy.scheduled) {
            schedule(hosted, delayNanos(hosted, true));
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
            hosted.candidacy.scheduled = false;
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
                schedule(hosted, delayNanos(hosted, true));
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
