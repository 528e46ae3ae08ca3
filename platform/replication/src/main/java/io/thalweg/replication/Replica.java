package io.thalweg.replication;

import static io.thalweg.replication.EpochPromise.NOBODY;

import io.thalweg.replication.Message.EpochBegun;
import io.thalweg.replication.Message.EpochEnded;
import io.thalweg.replication.Message.FetchAnswer;
import io.thalweg.replication.Message.FetchRequest;
import io.thalweg.replication.Message.Outcome;
import io.thalweg.replication.Message.VoteAnswer;
import io.thalweg.replication.Message.VoteRequest;
import io.thalweg.replication.Role.Candidate;
import io.thalweg.replication.Role.Following;
import io.thalweg.replication.Role.Leading;
import io.thalweg.replication.Role.Prospective;
import io.thalweg.replication.Role.Returning;
import io.thalweg.replication.Role.Unattached;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One replica of one partition. Each call is an event and returns what is to be done about it, in order; see the package
 * for the owner's duties. Which event comes when is the owner's: it alone has a clock.
 */
public final class Replica {

    private final int self;
    private final int incarnation;
    private final ReplicaLog log;

    /** Kept on disk by the owner; epoch only ever grows. */
    private EpochPromise promise;

    private Role role = new Unattached();

    /** False while records or promises may be missing that this replica once held durably. */
    private boolean trusted;

    /** Never goes back. */
    private long highWatermark;

    /** The last epoch of which its leader said that it is over; not kept. Who still believes in it is not believed. */
    private int endedEpoch = -1;

    /** Whom that leader named to lead after it; or nobody. */
    private int successor = NOBODY;

    /**
     * @param incarnation this broker's epoch: greater with each start of the process
     * @param promise as it was last made durable
     * @param trusted false if the machine may have lost what was not flushed, or if the disk was replaced
     * @param highWatermark a lower bound from before; what the log does not hold of it is not believed
     */
    public Replica(
            int self, int incarnation, ReplicaLog log, EpochPromise promise, boolean trusted, long highWatermark) {
        this.self = self;
        this.incarnation = incarnation;
        this.log = log;
        this.promise = promise;
        this.trusted = trusted;
        this.highWatermark = Math.min(highWatermark, log.end().offset());
        check(log.end().epoch() <= promise.epoch(), "a log holds no epoch that was not promised");
    }

    public int epoch() {
        return promise.epoch();
    }

    /** The leader of this epoch, as far as is known, or {@link EpochPromise#NOBODY}. */
    public int leader() {
        return role.leader();
    }

    public boolean leads() {
        return role instanceof Leading;
    }

    public boolean trusted() {
        return trusted;
    }

    /** Whether it has promised itself this epoch, and waits for the votes of others. */
    public boolean isCandidate() {
        return role instanceof Candidate;
    }

    /** Whether it would ask for votes if it were told that an election is due: it has no leader, or suspects it. */
    public boolean awaitsElection() {
        return !(role instanceof Leading) && !(role instanceof Following following && !following.suspected());
    }

    /** Where this epoch's leader has ended it: whom it named to lead after it, who stands as soon as it hears of that; or nobody. */
    public int successor() {
        return endedEpoch == epoch() ? successor : NOBODY;
    }

    /** Whether it may be elected at all: a voter that holds what it once held. */
    public boolean mayStand() {
        return trusted && isVoter();
    }

    /** On a leader: how far everybody is that has fetched in this epoch. Empty elsewhere. */
    public Map<Integer, Progress> followers() {
        return role instanceof Leading leading ? Collections.unmodifiableMap(leading.progress()) : Map.of();
    }

    /**
     * The voters that a log that begins anew, at this one's start, is given. Not those of a record that is not committed: if
     * it never is, the log that begins anew would not hear of that.
     */
    public Voters committedVoters() {
        return log.votersOffset() > highWatermark ? log.votersBefore() : log.voters();
    }

    /** Whether everything that was committed in this epoch or before is among what is flushed there; of a leader's follower. */
    public boolean holdsCommitted(int follower) {
        if (!(role instanceof Leading leading)) {
            return false;
        }
        Progress progress = leading.progress().get(follower);
        return progress != null && hasCaughtUp(progress) && progress.durableEnd() >= leading.epochStart();
    }

    public long highWatermark() {
        return highWatermark;
    }

    /** On a leader: where its log ended when it was elected. */
    public long epochStart() {
        if (!(role instanceof Leading leading)) {
            throw new IllegalStateException("not the leader: " + this);
        }
        return leading.epochStart();
    }

    /** On a leader: below this offset all is committed, and at least so many voters hold it durably; -1 for never. */
    public long heldBy(int voters) {
        return role instanceof Leading leading && epochCommitted()
                ? Math.min(highWatermark, CommitRule.heldBy(voters, self, log, leading))
                : -1;
    }

    /**
     * Whether readers may be told the high watermark: before a leader has committed a record of its own epoch it may stand
     * below what the leader before it said (KIP-207).
     */
    public boolean epochCommitted() {
        if (!(role instanceof Leading leading)) {
            return false;
        }
        return highWatermark > leading.epochStart() || isAlone();
    }

    /**
     * Once, after construction: a replica that is its own majority leads at once, in a new epoch. Not one that may have lost
     * records: among them may be the one that says that it is not alone any more.
     */
    public List<Effect> start() {
        List<Effect> effects = new ArrayList<>();
        if (isAlone() && mayStand()) {
            stand(effects);
        }
        return effects;
    }

    // ---- elections

    /**
     * The broker is silent or gone. If it leads this partition, others are helped to take its place from now on, and this
     * replica tries to when {@link #electionTimeout} says so: all see the failure at once, and not all should stand at once.
     */
    public List<Effect> suspect(int broker) {
        if (role instanceof Following following && following.leader() == broker) {
            role = new Following(broker, true);
        }
        return List.of();
    }

    /** No leader was found for a while (the owner draws the while at random): asks whether it should lead. */
    public List<Effect> electionTimeout() {
        List<Effect> effects = new ArrayList<>();
        if (awaitsElection()) {
            ask(effects);
        }
        return effects;
    }

    /**
     * The election has had its time: votes that come now do not count any more. Whoever gave one may have lost its disk since,
     * and know nothing of it.
     */
    public List<Effect> electionOver() {
        if (role instanceof Candidate) {
            role = new Unattached();
        }
        return List.of();
    }

    /** Leads no longer: because it is no voter any more, or a majority is silent. */
    public List<Effect> resign() {
        return resign(NOBODY);
    }

    /**
     * Leads no longer, to hand over. Whoever should lead instead stands at once.
     *
     * @param preferred or nobody in particular: then the most complete one
     */
    public List<Effect> resign(int preferred) {
        List<Effect> effects = new ArrayList<>();
        if (role instanceof Leading leading) {
            List<Integer> successors = successors(leading, preferred);
            ended(successors, effects);
            sendToOthers(new EpochEnded(self, epoch(), successors), effects);
        }
        return effects;
    }

    /**
     * Tells voters that do not fetch that this epoch has begun: the first time may have been lost. One that follows another
     * leader says so, and this one hears that it was replaced.
     */
    public List<Effect> announce(Collection<Integer> fetching) {
        List<Effect> effects = new ArrayList<>();
        if (role instanceof Leading) {
            for (int voter : log.voters().ids()) {
                if (voter != self && !fetching.contains(voter)) {
                    effects.add(new Effect.Send(voter, new EpochBegun(self, epoch())));
                }
            }
        }
        return effects;
    }

    public List<Effect> on(VoteRequest request) {
        List<Effect> effects = new ArrayList<>();
        if (request.epoch() > epoch()) {
            moveTo(request.epoch(), effects);
        }
        boolean granted = request.epoch() == epoch()
                && trusted
                && request.end().isAtLeast(log.end())
                && (request.preVote() ? wouldVote() : mayVoteFor(request.from()));
        if (granted && !request.preVote() && promise.votedFor() != request.from()) {
            promise = promise.vote(request.from());
            // One flush for the epoch and the vote.
            effects.removeIf(effect -> effect instanceof Effect.Promise);
            effects.add(0, new Effect.Promise(promise));
            role = new Unattached();
        }
        effects.add(new Effect.Send(
                request.from(),
                new VoteAnswer(self, epoch(), request.epoch(), request.preVote(), granted, role.leader())));
        return effects;
    }

    /** A leader that is heard of keeps its followers' votes (KIP-996). */
    private boolean wouldVote() {
        return !(role instanceof Leading) && !(role instanceof Following following && !following.suspected());
    }

    private boolean mayVoteFor(int candidate) {
        return role.leader() == NOBODY && (promise.votedFor() == NOBODY || promise.votedFor() == candidate);
    }

    public List<Effect> on(VoteAnswer answer) {
        List<Effect> effects = new ArrayList<>();
        if (answer.epoch() > epoch()) {
            moveTo(answer.epoch(), effects);
        }
        if (answer.epoch() != epoch()) {
            return effects;
        }
        if (isNews(answer.leader())) {
            follow(answer.leader(), effects);
        } else if (answer.granted() && answer.asked() == epoch()) {
            count(answer, effects);
        }
        return effects;
    }

    private void count(VoteAnswer answer, List<Effect> effects) {
        if (role instanceof Prospective prospective && answer.preVote()) {
            prospective.granted().add(answer.from());
            if (log.voters().isMajority(prospective.granted())) {
                stand(effects);
            }
        } else if (role instanceof Candidate candidate && !answer.preVote()) {
            candidate.granted().add(answer.from());
            if (log.voters().isMajority(candidate.granted())) {
                lead(effects);
            }
        }
    }

    public List<Effect> on(EpochBegun begun) {
        List<Effect> effects = new ArrayList<>();
        if (begun.epoch() < epoch()) {
            effects.add(new Effect.Send(
                    begun.from(), new VoteAnswer(self, epoch(), begun.epoch(), false, false, role.leader())));
            return effects;
        }
        if (begun.epoch() > epoch()) {
            moveTo(begun.epoch(), effects);
        }
        heardOf(begun.from(), effects);
        return effects;
    }

    public List<Effect> on(EpochEnded ended) {
        List<Effect> effects = new ArrayList<>();
        if (ended.epoch() == epoch() && !(role instanceof Leading)) {
            ended(ended.successors(), effects);
            if (successor == self && mayStand()) {
                // Pre-votes ask whether a leader still lives, and this one has just said that it leads no more.
                stand(effects);
            }
        }
        return effects;
    }

    private void ended(List<Integer> successors, List<Effect> effects) {
        endedEpoch = epoch();
        successor = successors.isEmpty() ? NOBODY : successors.get(0);
        unattach(effects);
    }

    /** Asks for pre-votes, or stands at once where no one else's vote is needed. */
    private void ask(List<Effect> effects) {
        if (!mayStand()) {
            return;
        }
        if (isAlone()) {
            stand(effects);
            return;
        }
        become(Prospective.of(self, role.leader()), effects);
        sendToOthers(new VoteRequest(self, epoch(), true, log.end()), effects);
    }

    /**
     * A replica that is being removed may hold, of all that are left, the only copy of the record that says so: until that
     * is committed it is needed to get it committed (Raft dissertation, section 4.2.2).
     */
    private boolean isVoter() {
        return log.voters().contains(self)
                || (log.votersOffset() > highWatermark && log.votersBefore().contains(self));
    }

    private void stand(List<Effect> effects) {
        promise = promise.seen(epoch() + 1).vote(self);
        effects.add(new Effect.Promise(promise));
        become(Candidate.of(self), effects);
        if (isAlone()) {
            lead(effects);
        } else {
            sendToOthers(new VoteRequest(self, epoch(), false, log.end()), effects);
        }
    }

    private void lead(List<Effect> effects) {
        check(promise.votedFor() == self, "a leader voted for itself");
        check(log.end().epoch() < epoch(), "an epoch begins with its leader");
        role = new Leading(self, log.end().offset());
        effects.add(new Effect.LeaderIs(epoch(), self));
        if (!isAlone()) {
            // Before the disk is asked for anything: those that hear nothing for so long stand themselves.
            sendToOthers(new EpochBegun(self, epoch()), effects);
            effects.add(new Effect.AppendLeaderChange(epoch()));
        }
        advance(effects);
    }

    private List<Integer> successors(Leading leading, int preferred) {
        return leading.progress().entrySet().stream()
                .filter(entry -> log.voters().contains(entry.getKey())
                        && entry.getValue().counts())
                .sorted(Comparator.comparing((Map.Entry<Integer, Progress> entry) -> entry.getKey() == preferred)
                        .thenComparingLong(entry -> entry.getValue().end())
                        .reversed())
                .map(Map.Entry::getKey)
                .toList();
    }

    // ---- replication

    /** The next fetch, to be sent to the leader, or to any voter if none is known; not while this replica leads. */
    public FetchRequest fetchRequest() {
        check(!(role instanceof Leading), "a leader fetches from nobody");
        return new FetchRequest(self, epoch(), incarnation, log.end(), log.durableEnd(), trusted);
    }

    public List<Effect> on(FetchRequest request) {
        List<Effect> effects = new ArrayList<>();
        if (request.epoch() > epoch()) {
            moveTo(request.epoch(), effects);
        }
        if (!(role instanceof Leading leading) || request.epoch() < epoch()) {
            effects.add(new Effect.Send(request.from(), answer(request, Outcome.NOT_LEADER, request.end())));
            return effects;
        }
        if (isOfAnEarlierProcess(leading, request)) {
            return effects;
        }
        hear(leading, request);
        LogPosition shared = log.endOfEpoch(request.end().epoch());
        LogPosition start = log.start();
        if (request.end().offset() < start.offset() || request.end().epoch() < start.epoch()) {
            effects.add(new Effect.Send(request.from(), answer(request, Outcome.OUT_OF_RANGE, start)));
        } else if (shared.epoch() != request.end().epoch()
                || shared.offset() < request.end().offset()) {
            effects.add(new Effect.Send(request.from(), answer(request, Outcome.DIVERGED, shared)));
        } else {
            note(leading, request);
            advance(effects);
            if (role == leading && awaitsRecord(leading, request)) {
                effects.add(new Effect.AppendLeaderChange(epoch()));
            }
            // The owner puts records behind request.end() beside it, and sets position to their end.
            effects.add(new Effect.Send(request.from(), answer(request, Outcome.OK, request.end())));
        }
        return effects;
    }

    /** The follower says that it keeps no log any more: what its fetches proved is void, even within one process. */
    public List<Effect> forget(int follower) {
        if (role instanceof Leading leading) {
            leading.progress().remove(follower);
            leading.returning().remove(follower);
        }
        return List.of();
    }

    /**
     * Messages overtake each other: only a new process may be less far than was proved before, or one that does not count: its
     * log may have begun anew within the process, after it was removed and its data deleted.
     */
    private static void note(Leading leading, FetchRequest request) {
        Progress before = leading.progress().get(request.from());
        long end = request.end().offset();
        long durable = Math.min(request.durableEnd(), end);
        if (before != null && before.incarnation() == request.incarnation() && request.trusted()) {
            end = Math.max(end, before.end());
            durable = Math.max(durable, before.durableEnd());
        }
        leading.progress().put(request.from(), new Progress(request.incarnation(), end, durable, request.trusted()));
    }

    private void hear(Leading leading, FetchRequest request) {
        if (request.trusted()) {
            leading.returning().remove(request.from());
            return;
        }
        Returning before = leading.returning().get(request.from());
        if (before == null || before.incarnation() < request.incarnation()) {
            Returning now = new Returning(request.incarnation(), log.end().offset());
            leading.returning().put(request.from(), now);
        }
    }

    /** Whether a follower that has all else waits for a record to be trusted for, and no client has brought one. */
    private boolean awaitsRecord(Leading leading, FetchRequest request) {
        Returning returning = leading.returning().get(request.from());
        return returning != null
                && returning.incarnation() == request.incarnation()
                && request.end().offset() >= returning.heardEnd()
                && log.end().offset() == returning.heardEnd();
    }

    /**
     * On a leader: whether a follower W that may have lost what it held, and what it promised, may vote and count again. It may
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
    public boolean restoresTrust(int follower) {
        if (!(role instanceof Leading leading)) {
            return false;
        }
        Returning returning = leading.returning().get(follower);
        Progress progress = leading.progress().get(follower);
        return returning != null
                && progress != null
                && progress.incarnation() == returning.incarnation()
                && progress.durableEnd() > returning.heardEnd()
                && CommitRule.heldWithout(follower, highWatermark, self, log, leading) > returning.heardEnd();
    }

    private static boolean isOfAnEarlierProcess(Leading leading, FetchRequest request) {
        Progress known = leading.progress().get(request.from());
        return known != null && request.incarnation() < known.incarnation();
    }

    private FetchAnswer answer(FetchRequest request, Outcome outcome, LogPosition position) {
        boolean trusts = outcome == Outcome.OK && !request.trusted() && restoresTrust(request.from());
        return new FetchAnswer(self, epoch(), role.leader(), outcome, request.end(), position, highWatermark, trusts);
    }

    public List<Effect> on(FetchAnswer answer) {
        List<Effect> effects = new ArrayList<>();
        if (answer.epoch() > epoch()) {
            moveTo(answer.epoch(), effects);
        }
        if (answer.epoch() < epoch() || role instanceof Leading) {
            return effects;
        }
        if (answer.outcome() == Outcome.NOT_LEADER) {
            if (role.leader() == answer.from()) {
                unattach(effects);
            }
            if (isNews(answer.leader())) {
                follow(answer.leader(), effects);
            }
            return effects;
        }
        heardOf(answer.from(), effects);
        if (role.leader() != answer.from()) {
            return effects;
        }
        // What was asked before a truncation or an append says nothing about the log as it is now.
        if (answer.asked().equals(log.end())) {
            take(answer, effects);
        }
        return effects;
    }

    private void take(FetchAnswer answer, List<Effect> effects) {
        switch (answer.outcome()) {
            case OK -> {
                if (answer.position().offset() > log.end().offset()) {
                    effects.add(new Effect.AppendFetched(answer.position()));
                }
                raise(Math.min(answer.highWatermark(), answer.position().offset()), effects);
                if (!trusted && answer.trusts()) {
                    trusted = true;
                    effects.add(new Effect.Trusted());
                }
            }
            case DIVERGED -> {
                long target = Math.min(
                        log.endOfEpoch(answer.position().epoch()).offset(),
                        answer.position().offset());
                check(target < log.end().offset(), "a divergence is behind the end, target=" + target);
                check(target >= highWatermark || !trusted, "nothing committed is truncated, target=" + target);
                highWatermark = Math.min(highWatermark, target);
                check(target >= log.start().offset(), "what retention deleted was committed, target=" + target);
                effects.add(new Effect.TruncateTo(target));
            }
            case OUT_OF_RANGE -> {
                // What the leader deleted was committed, and this log holds less of it, or something else.
                check(answer.position().offset() >= highWatermark || !trusted, "a log starts within what is committed");
                highWatermark = Math.min(highWatermark, answer.position().offset());
                effects.add(new Effect.RestartAt(answer.position()));
                raise(answer.position().offset(), effects);
            }
            case NOT_LEADER -> throw new IllegalArgumentException("handled before: " + answer);
        }
    }

    /** The log's durable end has moved, by an append of this replica's own or of a fetch. */
    public List<Effect> logForced() {
        List<Effect> effects = new ArrayList<>();
        advance(effects);
        return effects;
    }

    /**
     * Adds or removes one voter. The change holds from the moment its record is in the log.
     *
     * @throws VoterChangeRefused if this replica does not lead or has committed nothing in its epoch yet, if the last
     *     change is not committed, if it is not one step, if the new voter has not caught up, or if less than a majority
     *     of those that remain have
     */
    public List<Effect> changeVoters(Voters next) {
        if (!(role instanceof Leading leading)) {
            throw new VoterChangeRefused("not the leader, leader=" + role.leader());
        }
        if (!epochCommitted()) {
            throw new VoterChangeRefused("nothing of epoch " + epoch() + " is committed yet; retry");
        }
        if (log.votersOffset() > highWatermark) {
            throw new VoterChangeRefused("the last change is not committed yet; retry");
        }
        if (!next.isOneStepFrom(log.voters())) {
            throw new VoterChangeRefused("one at a time: found " + next + " against " + log.voters());
        }
        List<Integer> caughtUp = new ArrayList<>();
        for (int voter : next.ids()) {
            if (voter == self || hasCaughtUp(leading.progress().get(voter))) {
                caughtUp.add(voter);
            } else if (!log.voters().contains(voter)) {
                throw new VoterChangeRefused("replica " + voter + " has not caught up; retry");
            }
        }
        if (!next.isMajority(caughtUp)) {
            throw new VoterChangeRefused("of " + next.ids() + " only " + caughtUp + " have caught up; retry");
        }
        return new ArrayList<>(List.of(new Effect.AppendVoters(epoch(), next)));
    }

    private boolean hasCaughtUp(@Nullable Progress progress) {
        return progress != null && progress.counts() && progress.durableEnd() >= highWatermark;
    }

    private void advance(List<Effect> effects) {
        if (!(role instanceof Leading leading)) {
            return;
        }
        raise(CommitRule.committed(self, log, leading), effects);
        if (!log.voters().contains(self) && highWatermark >= log.votersOffset()) {
            effects.addAll(resign());
        }
    }

    private void raise(long offset, List<Effect> effects) {
        if (offset > highWatermark) {
            highWatermark = offset;
            effects.add(new Effect.HighWatermark(offset));
        }
    }

    // ---- transitions

    private void moveTo(int newer, List<Effect> effects) {
        promise = promise.seen(newer);
        effects.add(new Effect.Promise(promise));
        unattach(effects);
    }

    /** Whether somebody else knows of a leader of this epoch, and this replica does not. */
    private boolean isNews(int leader) {
        return role.leader() == NOBODY && leader != NOBODY && leader != self && epoch() != endedEpoch;
    }

    private void heardOf(int leader, List<Effect> effects) {
        if (role.leader() == NOBODY) {
            if (isNews(leader)) {
                follow(leader, effects);
            }
        } else {
            check(role.leader() == leader, "an epoch has one leader, found " + leader);
            role = new Following(leader, false);
        }
    }

    private void follow(int leader, List<Effect> effects) {
        check(leader != self, "a replica does not follow itself");
        role = new Following(leader, false);
        effects.add(new Effect.LeaderIs(epoch(), leader));
    }

    private void unattach(List<Effect> effects) {
        become(new Unattached(), effects);
    }

    /** A role in which nobody new leads. */
    private void become(Role next, List<Effect> effects) {
        boolean had = role.leader() != NOBODY;
        role = next;
        if (had && next.leader() == NOBODY) {
            effects.add(new Effect.LeaderIs(epoch(), NOBODY));
        }
    }

    private void sendToOthers(Message message, List<Effect> effects) {
        for (int voter : log.voters().ids()) {
            if (voter != self) {
                effects.add(new Effect.Send(voter, message));
            }
        }
    }

    private boolean isAlone() {
        return log.voters().ids().size() == 1 && log.voters().contains(self);
    }

    /** Call it when all effects so far are carried out. */
    public void checkInvariants() {
        check(highWatermark <= log.end().offset(), "the high watermark is within the log");
        check(log.durableEnd() <= log.end().offset(), "what is flushed is in the log");
        check(log.end().epoch() <= promise.epoch(), "a log holds no epoch that was not promised");
        check(!(role instanceof Leading) || promise.votedFor() == self, "a leader voted for itself");
    }

    private void check(boolean holds, String rule) {
        InvariantViolation.check(holds, rule, this);
    }

    @Override
    public String toString() {
        return "replica=" + self + " promise=" + promise + " role=" + role + " trusted=" + trusted + " highWatermark="
                + highWatermark + " end=" + log.end() + " durableEnd=" + log.durableEnd() + " voters="
                + log.voters().ids();
    }
}
