package io.thalweg.replication.node;

import io.thalweg.log.LogId;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Replica;
import io.thalweg.replication.node.Frame.Named;
import io.thalweg.replication.node.Frame.Request;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The fetch session with one peer, as the follower has it: the peer is told what changed, and remembers the rest. Both number
 * their frames, so that a lost one is noticed; then a session begins anew, with everything named again.
 */
final class Fetching {

    /** Of a named partition, at most. */
    private static final int NAMED_BYTES = 53;

    private final int peer;
    private final Site site;

    private final Set<HostedReplica> members = new LinkedHashSet<>();
    private final Set<HostedReplica> changed = new LinkedHashSet<>();
    private final Set<LogId> forgotten = new LinkedHashSet<>();

    private boolean active;
    private long session;
    private int sequence;
    private int answersSeen;
    private long sentNanos;

    /** When the peer last said something in a session, or could first have been expected to. */
    private long heardNanos;

    /** It is silent or gone, and its followers know. */
    private boolean silent;

    Fetching(int peer, Site site) {
        this.peer = peer;
        this.site = site;
    }

    int peer() {
        return peer;
    }

    boolean isActive() {
        return active;
    }

    boolean isSilent() {
        return silent;
    }

    long heardNanos() {
        return heardNanos;
    }

    Set<HostedReplica> members() {
        return members;
    }

    // ---- who fetches here

    void join(HostedReplica replica) {
        if (members.isEmpty()) {
            // What was thought of the peer while nobody fetched from it says nothing about a leader that begins now.
            heardNanos = site.now();
            silent = false;
        }
        members.add(replica);
        forgotten.remove(replica.id());
        replica.following.from = this;
        replica.following.told = null;
        changed(replica);
    }

    void leave(HostedReplica replica) {
        members.remove(replica);
        changed.remove(replica);
        replica.following.from = null;
        if (replica.following.told != null) {
            forget(replica.id());
        }
    }

    /** The peer said itself that it does not serve this one. */
    void refused(HostedReplica replica) {
        replica.following.told = null;
        leave(replica);
    }

    /** The peer serves a partition here that is none of this session any more. */
    void forget(LogId id) {
        if (active) {
            forgotten.add(id);
            site.turn().end();
        }
    }

    void changed(HostedReplica replica) {
        changed.add(replica);
        site.turn().end();
    }

    // ---- life

    void begin() {
        active = true;
        session = site.random().nextLong();
        sequence = 0;
        answersSeen = 0;
        sentNanos = site.now();
        forgotten.clear();
        for (HostedReplica member : members) {
            member.following.told = null;
            changed(member);
        }
    }

    void end() {
        active = false;
        forgotten.clear();
    }

    /** The peer is silent or gone. */
    void silence() {
        silent = true;
    }

    /** Whether the frame is the next of this session; if frames were lost, the session is over. */
    boolean accepts(Frame.Answers answers) {
        if (!active || answers.session() != session) {
            return false;
        }
        if (answers.sequence() != answersSeen) {
            end();
            return false;
        }
        answersSeen++;
        heardNanos = site.now();
        if (silent) {
            silent = false;
            for (HostedReplica member : members) {
                member.following.told = null;
                changed(member);
            }
        }
        return true;
    }

    void onLost(Frame.SessionLost lost) {
        if (active && lost.session() == session) {
            end();
        }
    }

    // ---- what is said

    void flush(long now) {
        if (!active) {
            return;
        }
        boolean due = !members.isEmpty()
                && now - sentNanos >= Site.nanos(site.config().fetchWaitMillis());
        if (changed.isEmpty() && forgotten.isEmpty() && !due) {
            return;
        }
        List<Named> named = new ArrayList<>();
        for (LogId id : forgotten) {
            named.add(new Named(id, null, 0, false));
        }
        forgotten.clear();
        for (HostedReplica replica : changed) {
            // One that waits for its disk may say nothing yet; it comes back here when it is done.
            if (replica.isIdle() && replica.following.hasNews(replica.replica(), replica.store())) {
                named.add(name(replica));
            }
        }
        changed.clear();
        if (!named.isEmpty() || due) {
            send(named, now);
        }
    }

    private static Named name(HostedReplica hosted) {
        Replica replica = hosted.replica();
        LogPosition end = hosted.store().end();
        Request request = new Request(
                replica.epoch(), end.epoch(), end.offset(), hosted.store().durableEnd(), replica.trusted());
        boolean answerWanted = hosted.following.told == null;
        hosted.following.told = request;
        hosted.following.answered = false;
        return new Named(hosted.id(), request, replica.highWatermark(), answerWanted);
    }

    private void send(List<Named> named, long now) {
        sentNanos = now;
        int most = Math.max(1, site.config().frameBytes() / NAMED_BYTES);
        int from = 0;
        do {
            int to = Math.min(named.size(), from + most);
            site.link().send(peer, FrameWriter.fetch(session, sequence++, site.incarnation(), named.subList(from, to)));
            from = to;
        } while (from < named.size());
    }

    void checkInvariants() {
        for (HostedReplica member : members) {
            Rules.check(member.following.from == this, "a member fetches here", this);
        }
        for (HostedReplica named : changed) {
            Rules.check(members.contains(named), "who is named is a member", this);
        }
    }

    @Override
    public String toString() {
        return "fetching from " + peer + " active=" + active + " silent=" + silent + " members=" + members.size();
    }
}
