package io.thalweg.replication.node;

import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.Message.FetchRequest;
import io.thalweg.replication.Progress;
import io.thalweg.replication.Replica;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** What a node keeps of one replica while it leads one epoch: how far behind each follower is, and what is being changed. */
final class Leadership {

    private static final int NEWCOMER_MILLIS = 30_000;

    /** So long a hand-over waits for one that is no newcomer to get what a newcomer has already. */
    private static final int ELDERS_WAIT_MILLIS = 200;

    private final HostedReplica hosted;
    private final Site site;
    private final IntFunction<Serving> sessions;
    private final int epoch;
    /** Where the log ended when this replica was elected. */
    private final long epochStart;

    private final long sinceNanos;

    private final Map<Integer, Lag> lags = new HashMap<>();

    /** When each voter was last known to fetch. */
    private final Map<Integer, Long> heardNanos = new HashMap<>();

    /** As last told to the listener. */
    private List<Integer> inSync = List.of();

    /** The log's end when it last moved. */
    private long end;

    /** The listener knows that the epoch is committed. */
    boolean committedTold;

    long heldTold = -1;

    /** Voters that do not fetch are told of this epoch again then. */
    long announceDueNanos;

    int announcements;

    @Nullable
    VoterChange voterChange;

    @Nullable
    HandingOver handingOver;

    /** @param promise completes when the change is committed */
    record VoterChange(Promise<Void> promise, long behindOffset) {}

    /** Clients are stopped, a successor gets the rest, then this replica resigns. */
    static final class HandingOver {
        /** Whom to, or nobody in particular. */
        final int to;

        final long sinceNanos;

        /** When the wait for a successor that has everything ends. */
        final long dueNanos;

        /** No client's append can enter any more. */
        boolean drained;

        boolean resigning;

        HandingOver(int to, long sinceNanos, long dueNanos) {
            this.to = to;
            this.sinceNanos = sinceNanos;
            this.dueNanos = dueNanos;
        }

        boolean isToSomebody() {
            return to != EpochPromise.NOBODY;
        }
    }

    /** How far a follower is against where this log ended when. */
    private static final class Lag {
        private long end;
        private long leaderEndThen;
        private long namedNanos;

        /** It once had everything that the leader had. */
        private boolean reached;

        private long reachedNanos;

        /** Before the follower has named anything: what the leader had when it was elected is the first that it is to have. */
        Lag(long epochStart, long sinceNanos) {
            leaderEndThen = epochStart;
            namedNanos = sinceNanos;
        }

        void reached(long nanos) {
            reachedNanos = reached && reachedNanos - nanos > 0 ? reachedNanos : nanos;
            reached = true;
        }
    }

    Leadership(HostedReplica hosted, Site site, IntFunction<Serving> sessions) {
        this.hosted = hosted;
        this.site = site;
        this.sessions = sessions;
        this.epoch = hosted.replica().epoch();
        this.epochStart = hosted.replica().epochStart();
        this.sinceNanos = site.now();
        this.announceDueNanos = sinceNanos + Site.nanos(site.config().fetchWaitMillis());
        this.end = hosted.store().end().offset();
    }

    int epoch() {
        return epoch;
    }

    List<Integer> inSync() {
        return inSync;
    }

    // ---- lag

    /** The follower has named where its log ends, and it is a prefix of this one. */
    void named(int follower, FetchRequest request, long now) {
        long leaderEnd = hosted.store().end().offset();
        Lag lag = lags.computeIfAbsent(follower, id -> new Lag(epochStart, sinceNanos));
        lag.end = request.end().offset();
        if (lag.end >= leaderEnd) {
            lag.reached(now);
        } else if (lag.end >= lag.leaderEndThen) {
            lag.reached(lag.namedNanos);
        }
        lag.leaderEndThen = leaderEnd;
        lag.namedNanos = now;
        if (isInSync(follower, now) != inSync.contains(follower)) {
            tellInSync(now);
        }
    }

    /** The log has grown: who had reached its end is behind from now on. */
    void moved(long now) {
        long newEnd = hosted.store().end().offset();
        if (newEnd != end) {
            for (Lag lag : lags.values()) {
                if (lag.end >= end) {
                    lag.reached(now);
                }
            }
            end = newEnd;
        }
    }

    /** How long ago it last had everything that the leader had then. */
    long behindNanos(int follower, long now) {
        Lag lag = lags.get(follower);
        if (lag == null || !lag.reached) {
            return now - sinceNanos;
        }
        return lag.end >= end ? 0 : now - lag.reachedNanos;
    }

    private boolean keepsUp(int follower, long now) {
        Lag lag = lags.get(follower);
        return lag != null
                && lag.reached
                && behindNanos(follower, now) <= Site.nanos(site.config().replicaLagMaxMillis());
    }

    private boolean isInSync(int follower, long now) {
        Progress progress = hosted.replica().followers().get(follower);
        return hosted.store().voters().contains(follower)
                && keepsUp(follower, now)
                && progress != null
                && progress.counts()
                && sessions.apply(follower).heardWithin(site.config().silenceMillis(), now);
    }

    /** Whether somebody waits for what this follower is sent, so that it is not throttled. */
    boolean isNeeded(int follower, long now) {
        boolean missing = inSync.size() < hosted.store().voters().majority();
        return keepsUp(follower, now) || (missing && hosted.store().voters().contains(follower));
    }

    /** Tells who is in sync, if that has changed. */
    void tellInSync(long now) {
        List<Integer> current = new ArrayList<>();
        for (int voter : hosted.store().voters().ids()) {
            if (voter == site.broker() || isInSync(voter, now)) {
                current.add(voter);
            }
        }
        if (!current.equals(inSync)) {
            inSync = List.copyOf(current);
            site.listener().onInSync(hosted.id(), epoch, inSync);
        }
    }

    /** Tells who is in sync, whether that has changed or not. */
    void tellInSyncAnew(long now) {
        inSync = List.of();
        tellInSync(now);
    }

    // ---- majority

    /**
     * Whether so few voters have fetched this partition lately, and for so long, that others may have elected a leader. That a
     * voter fetches other partitions here says nothing of this one.
     */
    boolean isIsolated(long now) {
        long limit = 2L * site.config().silenceMillis();
        Set<Integer> fetching = fetching();
        List<Integer> heard = new ArrayList<>();
        for (int voter : hosted.store().voters().ids()) {
            if (fetching.contains(voter)
                    && sessions.apply(voter).heardWithin(site.config().silenceMillis(), now)) {
                heardNanos.put(voter, now);
            }
            Long last = heardNanos.get(voter);
            if (voter == site.broker() || (last != null && now - last <= Site.nanos(limit))) {
                heard.add(voter);
            }
        }
        return now - sinceNanos > Site.nanos(limit) && !hosted.store().voters().isMajority(heard);
    }

    /** Who has a place in a session for this partition. */
    Set<Integer> fetching() {
        Set<Integer> fetching = new HashSet<>();
        for (Serving.Member member : hosted.members) {
            fetching.add(member.follower());
        }
        return fetching;
    }

    /** Whether every voter fetches. */
    boolean hasAllVoters() {
        Set<Integer> fetching = fetching();
        return hosted.store().voters().ids().stream()
                .allMatch(voter -> voter == site.broker() || fetching.contains(voter));
    }

    /** Whether a voter that can be reached does not fetch. */
    boolean missesReachableVoter() {
        Set<Integer> fetching = fetching();
        return hosted.store().voters().ids().stream()
                .anyMatch(voter -> voter != site.broker()
                        && !fetching.contains(voter)
                        && site.link().isUp(voter));
    }

    /** Whether there is anybody who could take it over. */
    boolean reachesAnotherVoter() {
        return hosted.store().voters().ids().stream()
                .anyMatch(voter -> voter != site.broker() && site.link().isUp(voter));
    }

    /** A voter that has everything durably, the one that is wanted if one is; or nobody. */
    int completeSuccessor(HandingOver handing) {
        Replica replica = hosted.replica();
        List<Integer> complete = new ArrayList<>();
        if (replica.highWatermark() >= end) {
            replica.followers().forEach((follower, progress) -> {
                if (progress.counts() && progress.durableEnd() >= end && isEligible(follower)) {
                    complete.add(follower);
                }
            });
        }
        if (handing.isToSomebody()) {
            return complete.contains(handing.to) ? handing.to : EpochPromise.NOBODY;
        }
        List<Integer> ready = withoutNewcomers(complete, handing);
        return ready.isEmpty() ? EpochPromise.NOBODY : ready.get(site.random().nextInt(ready.size()));
    }

    private boolean isEligible(int follower) {
        return hosted.store().voters().contains(follower) && site.link().isUp(follower);
    }

    /**
     * A process that has just started has compiled nothing of what a leader does and is busy with all the rest: clients wait for it
     * several times as long as for one that has been here for a while. But where all are new, those will do that were here first.
     */
    private List<Integer> withoutNewcomers(List<Integer> complete, HandingOver handing) {
        long now = site.now();
        boolean waits = now - handing.sinceNanos < Site.nanos(ELDERS_WAIT_MILLIS);
        long longest = (waits ? inSync : complete)
                .stream()
                        .filter(this::isEligible)
                        .mapToLong(follower -> sessions.apply(follower).activeForNanos(now))
                        .max()
                        .orElse(0);
        long enough = Math.min(Site.nanos(NEWCOMER_MILLIS), longest / 2);
        return complete.stream()
                .filter(follower -> sessions.apply(follower).activeForNanos(now) >= enough)
                .sorted()
                .toList();
    }
}
