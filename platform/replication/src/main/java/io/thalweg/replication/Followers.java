package io.thalweg.replication;

import io.thalweg.replication.Message.FetchRequest;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a leader knows of the other replicas, from their fetches in its epoch: how far each has proved to be, and which of them are
 * not to be trusted yet. Decides nothing about who leads.
 */
final class Followers {

    private final int self;
    private final ReplicaLog log;

    /** How far each is; entries appear with its first fetch of this epoch. */
    private final Map<Integer, Progress> progress = new HashMap<>();

    /** Those that may have lost what they held and promised. */
    private final Map<Integer, Returning> returning = new HashMap<>();

    /**
     * A follower without trust.
     *
     * @param incarnation of the process that said so
     * @param heardEnd where the leader's log ended when it heard of that for the first time
     */
    private record Returning(int incarnation, long heardEnd) {}

    Followers(int self, ReplicaLog log) {
        this.self = self;
        this.log = log;
    }

    /** Not a copy: it changes. */
    Map<Integer, Progress> progress() {
        return Collections.unmodifiableMap(progress);
    }

    // ---- what they say

    boolean isOfAnEarlierProcess(FetchRequest request) {
        Progress known = progress.get(request.from());
        return known != null && request.incarnation() < known.incarnation();
    }

    void hear(FetchRequest request) {
        if (request.trusted()) {
            returning.remove(request.from());
            return;
        }
        Returning before = returning.get(request.from());
        if (before == null || before.incarnation() < request.incarnation()) {
            Returning now = new Returning(request.incarnation(), log.end().offset());
            returning.put(request.from(), now);
        }
    }

    /**
     * Messages overtake each other: only a new process may be less far than was proved before, or one that does not count: its
     * log may have begun anew within the process, after it was removed and its data deleted.
     */
    void note(FetchRequest request) {
        Progress before = progress.get(request.from());
        long end = request.end().offset();
        long durable = Math.min(request.durableEnd(), end);
        if (before != null && before.incarnation() == request.incarnation() && request.trusted()) {
            end = Math.max(end, before.end());
            durable = Math.max(durable, before.durableEnd());
        }
        progress.put(request.from(), new Progress(request.incarnation(), end, durable, request.trusted()));
    }

    /** What its fetches proved is void. */
    void forget(int follower) {
        progress.remove(follower);
        returning.remove(follower);
    }

    // ---- what follows from that

    /** Whether a follower that has all else waits for a record to be trusted for, and no client has brought one. */
    boolean awaitsRecord(FetchRequest request) {
        Returning back = returning.get(request.from());
        return back != null
                && back.incarnation() == request.incarnation()
                && request.end().offset() >= back.heardEnd()
                && log.end().offset() == back.heardEnd();
    }

    /** Whether one that counts holds everything durably below. */
    boolean holds(int follower, long offset) {
        Progress proved = progress.get(follower);
        return proved != null && proved.counts() && proved.durableEnd() >= offset;
    }

    /**
     * Whether a follower W that may have lost what it held, and what it promised, may vote and count again. It may
     * when it holds durably a record R that was appended after this leader had first heard of it in this incarnation, and a
     * majority of the voters does, W not counted, in this epoch (of two voters, the other). That W holds all that this leader
     * calls committed is not enough: with W's forgotten vote somebody may lead a newer epoch that nobody else has heard of.
     *
     * <p>Why this is: let E be this epoch, Q the others that hold R, and C a replica that W voted for in an epoch above E and
     * forgot. C's log has stood still since it asked W, which was before W came back, so it lacks R. C needs a majority, and
     * any majority meets Q in another than W, even if C goes by one voter more or less than this leader: it may know of a
     * change that was never committed. (Of two voters both elect each leader: so neither has a change that this leader lacks,
     * and C needs this leader's vote.) That replica either promised C's epoch before it was to take R, and then refused R,
     * or was asked when it held R, and then refuses C, whose log ends before. (C's last epoch is not above E: a leader between
     * them would have needed such votes too.) So nobody was elected with what W forgot, nobody
     * will be, and nothing was committed above E with what W held. What was committed in E or below is in this log before
     * R. In E itself W votes for nobody: its log ends in it, and no candidate's of E does.
     *
     * <p>Those of Q must be trusted themselves: what they promised must be remembered. All of this goes for replicas that are
     * no voters, too: a newer leader may have made them voters. Voters of different times meet as ever, because a change is
     * made when the one before is committed, in the epoch of who makes it (KIP-853); while the latest is not committed,
     * Q is a majority of the voters before it as well. So W may be removed, and added again, meanwhile or after: the removal is
     * committed without W, and whoever lacks that record cannot be elected by a majority of the voters before it.
     */
    boolean restoresTrust(int follower, long highWatermark) {
        Returning back = returning.get(follower);
        Progress proved = progress.get(follower);
        return back != null
                && proved != null
                && proved.incarnation() == back.incarnation()
                && proved.durableEnd() > back.heardEnd()
                && CommitRule.heldWithout(follower, highWatermark, self, log, progress) > back.heardEnd();
    }

    /** The voters that it knows of, the preferred one first, then the most complete ones. */
    List<Integer> successors(int preferred) {
        return progress.entrySet().stream()
                .filter(entry -> log.voters().contains(entry.getKey())
                        && entry.getValue().counts())
                .sorted(Comparator.comparing((Map.Entry<Integer, Progress> entry) -> entry.getKey() == preferred)
                        .thenComparingLong(entry -> entry.getValue().end())
                        .reversed())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public String toString() {
        return "progress=" + progress + ", returning=" + returning;
    }
}
