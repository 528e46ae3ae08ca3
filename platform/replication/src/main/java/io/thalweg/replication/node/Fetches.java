package io.thalweg.replication.node;

import static io.thalweg.replication.EpochPromise.NOBODY;

import io.thalweg.log.LogId;
import io.thalweg.replication.Message.FetchAnswer;
import io.thalweg.replication.Message.Outcome;
import io.thalweg.replication.Replica;
import io.thalweg.replication.node.Frame.Answer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where each replica that does not lead fetches: from its leader, or, as long as it hears none, from one peer after the other
 * that may know it.
 */
final class Fetches {

    private static final int POLL_DOUBLINGS = 2;

    private final Site site;
    private final IntFunction<Fetching> sessions;
    private final Function<LogId, @Nullable HostedReplica> replicas;

    /** Those that hear no leader. */
    private final Set<HostedReplica> seeking = new LinkedHashSet<>();

    Fetches(Site site, IntFunction<Fetching> sessions, Function<LogId, @Nullable HostedReplica> replicas) {
        this.site = site;
        this.sessions = sessions;
        this.replicas = replicas;
    }

    // ---- where to

    void settled(HostedReplica hosted) {
        Following following = hosted.following;
        Replica replica = hosted.replica();
        if (replica.leads()) {
            seeking.remove(hosted);
            move(hosted, NOBODY);
            return;
        }
        if (following.hearsLeader(replica)) {
            seeking.remove(hosted);
            following.heard = true;
            following.polls = 0;
            following.polled = NOBODY;
            following.asked.clear();
            move(hosted, replica.leader());
        } else {
            if (seeking.add(hosted)) {
                // Whoever is elected in place of a leader that is lost says so itself.
                long wait = following.heard ? site.config().electionMillis() : 0;
                following.pollDueNanos = site.now() + Site.nanos(wait);
            }
            seek(hosted, site.now());
        }
        suspectIfSilent(hosted);
    }

    /** What leads here from hearsay or from before may be known to be gone. */
    private void suspectIfSilent(HostedReplica hosted) {
        int leader = hosted.replica().leader();
        if (leader != NOBODY && !hosted.replica().awaitsElection()) {
            if (!site.link().isUp(leader) || sessions.apply(leader).isSilent()) {
                hosted.tell(replica -> replica.suspect(leader));
            }
        }
    }

    private void move(HostedReplica hosted, int to) {
        Fetching now = hosted.following.from;
        if (now != null && now.peer() != to) {
            now.leave(hosted);
            now = null;
        }
        if (now == null && to != NOBODY) {
            sessions.apply(to).join(hosted);
        } else if (now != null && hosted.following.hasNews(hosted.replica(), hosted.store())) {
            now.changed(hosted);
        }
    }

    void removed(HostedReplica hosted) {
        seeking.remove(hosted);
        move(hosted, NOBODY);
    }

    // ---- looking for a leader

    /** The peer can be asked from now on. */
    void peerUp(int peer) {
        for (HostedReplica hosted : List.copyOf(seeking)) {
            if (hosted.isIdle() && candidates(hosted).contains(peer)) {
                if (waitsForAnother(hosted, peer)) {
                    hosted.following.asked.remove(peer);
                } else {
                    poll(hosted, peer);
                }
            }
        }
    }

    /** Nodes that start find each other within moments: the answer of the one that was asked first may be what is looked for. */
    private boolean waitsForAnother(HostedReplica hosted, int peer) {
        Following following = hosted.following;
        int polled = following.polled;
        return !following.heard
                && polled != peer
                && polled != NOBODY
                && site.link().isUp(polled)
                && !isDue(hosted, site.now());
    }

    void tick(long now) {
        for (HostedReplica hosted : seeking) {
            if (isDue(hosted, now) && hosted.isIdle()) {
                seek(hosted, now);
            }
        }
    }

    /**
     * The more look for a leader, the more elections are going on, and the less is to be heard. But who has never heard one asks at
     * once: by that the others know that it is here.
     */
    private boolean isDue(HostedReplica hosted, long now) {
        Following following = hosted.following;
        boolean newcomer = !following.heard && following.polls == 0;
        long others = newcomer ? 0 : seeking.size() * (long) site.config().electionMicros() * Site.NANOS_PER_MICRO;
        long most = Site.nanos((long) site.config().fetchWaitMillis() << POLL_DOUBLINGS);
        return now - following.pollDueNanos >= Math.min(others, most);
    }

    private void seek(HostedReplica hosted, long now) {
        List<Integer> candidates = isDue(hosted, now) ? candidates(hosted) : List.of();
        int next = candidates.isEmpty() ? nextOfRound(hosted) : NOBODY;
        if (!candidates.isEmpty()) {
            poll(hosted, candidates.get(hosted.following.polls % candidates.size()));
        } else if (next != NOBODY) {
            ask(hosted, next);
        } else {
            move(hosted, hosted.following.polled);
        }
    }

    /**
     * Whom to ask although the next round is not due. Who has never heard a leader, and asked somebody who does not lead, asks the
     * next at once, each once in a round; who has lost a leader waits for another to be elected.
     */
    private int nextOfRound(HostedReplica hosted) {
        Following following = hosted.following;
        if (!following.heard && following.polls > 0 && following.polled == NOBODY) {
            for (int peer : candidates(hosted)) {
                if (!following.asked.contains(peer)) {
                    return peer;
                }
            }
        }
        return NOBODY;
    }

    private void poll(HostedReplica hosted, int peer) {
        Following following = hosted.following;
        long wait = Site.nanos(site.config().fetchWaitMillis());
        following.pollDueNanos = site.now() + (wait << Math.min(following.polls, POLL_DOUBLINGS));
        following.polls = (following.polls + 1) & Integer.MAX_VALUE;
        following.asked.clear();
        ask(hosted, peer);
    }

    private void ask(HostedReplica hosted, int peer) {
        Following following = hosted.following;
        following.polled = peer;
        following.asked.add(peer);
        if (following.from != null && following.from.peer() == peer) {
            // Asked anew although it was asked before.
            following.told = null;
        }
        move(hosted, peer);
    }

    private List<Integer> candidates(HostedReplica hosted) {
        Set<Integer> all = new TreeSet<>(hosted.store().voters().ids());
        all.addAll(hosted.following.hints);
        if (hosted.replica().leader() != NOBODY) {
            all.add(hosted.replica().leader());
        }
        all.remove(site.broker());
        all.removeIf(peer -> !site.link().isUp(peer));
        return List.copyOf(all);
    }

    // ---- answers

    void on(Fetching session, Frame.Answers answers) {
        if (!session.accepts(answers)) {
            return;
        }
        for (Answer answer : answers.answers()) {
            HostedReplica hosted = replicas.apply(answer.partition());
            if (hosted == null || hosted.following.from != session) {
                session.forget(answer.partition());
            } else if (answer.message() == null) {
                unknown(session, hosted);
            } else {
                on(session, hosted, answer, answer.message());
            }
        }
    }

    /** The peer does not have the replica, or not any more: if it led there, it does not now. */
    private void unknown(Fetching session, HostedReplica hosted) {
        refused(session, hosted, hosted.replica().epoch());
        hosted.tell(replica -> replica.suspect(session.peer()));
    }

    private void on(Fetching session, HostedReplica hosted, Answer answer, FetchAnswer message) {
        if (message.outcome() == Outcome.NOT_LEADER) {
            refused(session, hosted, message.epoch());
            if (message.leader() == session.peer()) {
                // It does lead, and was asked in an earlier epoch than its own: it is asked again at once, in that one.
                hosted.following.leads(session.peer(), message.epoch());
            }
        } else {
            hosted.following.leads(session.peer(), message.epoch());
            hosted.following.answered |=
                    message.outcome() != Outcome.OK || answer.records().hasRemaining() || message.trusts();
        }
        hosted.receive(message, answer.voters(), answer.records());
    }

    private void refused(Fetching session, HostedReplica hosted, int epoch) {
        Following following = hosted.following;
        following.refused(session.peer(), epoch);
        following.polled = NOBODY;
        session.refused(hosted);
    }

    // ---- silence

    /** The peer is silent or gone: whoever follows it there should know. */
    void silence(Fetching session) {
        if (!session.isSilent()) {
            session.silence();
            for (HostedReplica hosted : List.copyOf(session.members())) {
                hosted.tell(replica -> replica.suspect(session.peer()));
            }
        }
    }
}
