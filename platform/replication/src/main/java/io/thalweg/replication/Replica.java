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
import io.thalweg.replication.Role.Leading;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * One replica of one partition. Each call is an event and returns what is to be done about it, in order; see the package
 * for the owner's duties. Which event comes when is the owner's: it alone has a clock.
 */
public final class Replica {

    private final int self;
    private final int incarnation;
    private final ReplicaLog log;
    private final ReplicaState state;
    private final Election election;

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
        this.state = new ReplicaState(self, log, promise, trusted, highWatermark);
        this.election = new Election(state);
    }

    public int epoch() {
        return state.epoch();
    }

    /** The leader of this epoch, as far as is known, or {@link EpochPromise#NOBODY}. */
    public int leader() {
        return state.role.leader();
    }

    public boolean leads() {
        return state.role instanceof Leading;
    }

    public boolean trusted() {
        return state.trusted;
    }

    /** Whether it has promised itself this epoch, and waits for the votes of others. */
    public boolean isCandidate() {
        return state.role instanceof Candidate;
    }

    /** Whether it would ask for votes if it were told that an election is due: it has no leader, or suspects it. */
    public boolean awaitsElection() {
        return election.awaitsElection();
    }

    /** Whom this replica gave its vote in this epoch, if only itself; {@link EpochPromise#NOBODY} if it gave none. */
    public int votedFor() {
        return state.promise.votedFor();
    }

    /** Where this epoch's leader has ended it: whom it named to lead after it, who stands as soon as it hears of that; or nobody. */
    public int successor() {
        return state.successor();
    }

    /** Whether it may be elected at all: a voter that holds what it once held. */
    public boolean mayStand() {
        return state.mayStand();
    }

    /** On a leader: how far everybody is that has fetched in this epoch. Empty elsewhere. */
    public Map<Integer, Progress> followers() {
        return state.role instanceof Leading leading ? leading.followers().progress() : Map.of();
    }

    /**
     * The voters that a log that begins anew, at this one's start, is given. Not those of a record that is not committed: if
     * it never is, the log that begins anew would not hear of that.
     */
    public Voters committedVoters() {
        return log.votersOffset() > state.highWatermark ? log.votersBefore() : log.voters();
    }

    /** Whether everything that was committed in this epoch or before is among what is flushed there; of a leader's follower. */
    public boolean holdsCommitted(int follower) {
        return state.role instanceof Leading leading
                && leading.followers().holds(follower, Math.max(state.highWatermark, leading.epochStart()));
    }

    public long highWatermark() {
        return state.highWatermark;
    }

    /** On a leader: where its log ended when it was elected. */
    public long epochStart() {
        if (!(state.role instanceof Leading leading)) {
            throw new IllegalStateException("not the leader: " + this);
        }
        return leading.epochStart();
    }

    /** On a leader: below this offset all is committed, and at least so many voters hold it durably; -1 for never. */
    public long heldBy(int voters) {
        return state.role instanceof Leading leading && epochCommitted()
                ? Math.min(
                        state.highWatermark,
                        CommitRule.heldBy(voters, self, log, leading.followers().progress()))
                : -1;
    }

    /**
     * Whether readers may be told the high watermark: before a leader has committed a record of its own epoch it may stand
     * below what the leader before it said (KIP-207).
     */
    public boolean epochCommitted() {
        if (!(state.role instanceof Leading leading)) {
            return false;
        }
        return state.highWatermark > leading.epochStart() || state.isAlone();
    }

    // ---- elections

    /**
     * Once, after construction: a replica that is its own majority leads at once, in a new epoch. Not one that may have lost
     * records: among them may be the one that says that it is not alone any more.
     */
    public List<Effect> start() {
        return election.start();
    }

    /**
     * The broker is silent or gone. If it leads this partition, others are helped to take its place from now on, and this
     * replica tries to when {@link #electionTimeout} says so: all see the failure at once, and not all should stand at once.
     */
    public List<Effect> suspect(int broker) {
        return election.suspect(broker);
    }

    /** No leader was found for a while (the owner draws the while at random): asks whether it should lead. */
    public List<Effect> electionTimeout() {
        return election.electionTimeout();
    }

    /**
     * The election has had its time: votes that come now do not count any more. Whoever gave one may have lost its disk since,
     * and know nothing of it.
     */
    public List<Effect> electionOver() {
        return election.electionOver();
    }

    /** Leads no longer: because it is no voter any more, or a majority is silent. */
    public List<Effect> resign() {
        return election.resign(NOBODY);
    }

    /**
     * Leads no longer, to hand over. Whoever should lead instead stands at once.
     *
     * @param preferred or nobody in particular: then the most complete one
     */
    public List<Effect> resign(int preferred) {
        return election.resign(preferred);
    }

    /**
     * Tells voters that do not fetch that this epoch has begun: the first time may have been lost. One that follows another
     * leader says so, and this one hears that it was replaced.
     */
    public List<Effect> announce(Collection<Integer> fetching) {
        return election.announce(fetching);
    }

    public List<Effect> on(VoteRequest request) {
        return election.on(request);
    }

    public List<Effect> on(VoteAnswer answer) {
        return election.on(answer);
    }

    public List<Effect> on(EpochBegun begun) {
        return election.on(begun);
    }

    public List<Effect> on(EpochEnded ended) {
        return election.on(ended);
    }

    // ---- replication

    /** The next fetch, to be sent to the leader, or to any voter if none is known; not while this replica leads. */
    public FetchRequest fetchRequest() {
        state.check(!(state.role instanceof Leading), "a leader fetches from nobody");
        return new FetchRequest(self, state.epoch(), incarnation, log.end(), log.durableEnd(), state.trusted);
    }

    public List<Effect> on(FetchRequest request) {
        List<Effect> effects = new ArrayList<>();
        if (request.epoch() > state.epoch()) {
            state.moveTo(request.epoch(), effects);
        }
        if (!(state.role instanceof Leading leading) || request.epoch() < state.epoch()) {
            effects.add(new Effect.Send(request.from(), answer(request, Outcome.NOT_LEADER, request.end())));
            return effects;
        }
        if (leading.followers().isOfAnEarlierProcess(request)) {
            return effects;
        }
        leading.followers().hear(request);
        LogPosition shared = log.endOfEpoch(request.end().epoch());
        LogPosition start = log.start();
        if (request.end().offset() < start.offset() || request.end().epoch() < start.epoch()) {
            effects.add(new Effect.Send(request.from(), answer(request, Outcome.OUT_OF_RANGE, start)));
        } else if (shared.epoch() != request.end().epoch()
                || shared.offset() < request.end().offset()) {
            effects.add(new Effect.Send(request.from(), answer(request, Outcome.DIVERGED, shared)));
        } else {
            leading.followers().note(request);
            election.advance(effects);
            if (state.role == leading && leading.followers().awaitsRecord(request)) {
                effects.add(new Effect.AppendLeaderChange(state.epoch()));
            }
            // The owner puts records behind request.end() beside it, and sets position to their end.
            effects.add(new Effect.Send(request.from(), answer(request, Outcome.OK, request.end())));
        }
        return effects;
    }

    /** The follower says that it keeps no log any more: what its fetches proved is void, even within one process. */
    public List<Effect> forget(int follower) {
        if (state.role instanceof Leading leading) {
            leading.followers().forget(follower);
        }
        return List.of();
    }

    /**
     * On a leader: whether a follower that may have lost what it held, and what it promised, may vote and count again.
     * {@code Followers} says why.
     */
    public boolean restoresTrust(int follower) {
        return state.role instanceof Leading leading
                && leading.followers().restoresTrust(follower, state.highWatermark);
    }

    private FetchAnswer answer(FetchRequest request, Outcome outcome, LogPosition position) {
        boolean trusts = outcome == Outcome.OK && !request.trusted() && restoresTrust(request.from());
        return new FetchAnswer(
                self,
                state.epoch(),
                state.role.leader(),
                outcome,
                request.end(),
                position,
                state.highWatermark,
                trusts);
    }

    public List<Effect> on(FetchAnswer answer) {
        List<Effect> effects = new ArrayList<>();
        if (answer.epoch() > state.epoch()) {
            state.moveTo(answer.epoch(), effects);
        }
        if (answer.epoch() < state.epoch() || state.role instanceof Leading) {
            return effects;
        }
        if (answer.outcome() == Outcome.NOT_LEADER) {
            if (state.role.leader() == answer.from()) {
                state.unattach(effects);
            }
            if (state.isNews(answer.leader())) {
                state.follow(answer.leader(), effects);
            }
            return effects;
        }
        state.heardOf(answer.from(), effects);
        if (state.role.leader() != answer.from()) {
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
                state.raise(Math.min(answer.highWatermark(), answer.position().offset()), effects);
                if (!state.trusted && answer.trusts()) {
                    state.trusted = true;
                    effects.add(new Effect.Trusted());
                }
            }
            case DIVERGED -> {
                long target = Math.min(
                        log.endOfEpoch(answer.position().epoch()).offset(),
                        answer.position().offset());
                state.check(target < log.end().offset(), "a divergence is behind the end, target=" + target);
                state.check(
                        target >= state.highWatermark || !state.trusted,
                        "nothing committed is truncated, target=" + target);
                state.highWatermark = Math.min(state.highWatermark, target);
                state.check(target >= log.start().offset(), "what retention deleted was committed, target=" + target);
                effects.add(new Effect.TruncateTo(target));
            }
            case OUT_OF_RANGE -> {
                // What the leader deleted was committed, and this log holds less of it, or something else.
                state.check(
                        answer.position().offset() >= state.highWatermark || !state.trusted,
                        "a log starts within what is committed");
                state.highWatermark =
                        Math.min(state.highWatermark, answer.position().offset());
                effects.add(new Effect.RestartAt(answer.position()));
                state.raise(answer.position().offset(), effects);
            }
            case NOT_LEADER -> throw new IllegalArgumentException("handled before: " + answer);
        }
    }

    /** The log's durable end has moved, by an append of this replica's own or of a fetch. */
    public List<Effect> logForced() {
        List<Effect> effects = new ArrayList<>();
        election.advance(effects);
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
        if (!(state.role instanceof Leading leading)) {
            throw new VoterChangeRefused("not the leader, leader=" + state.role.leader());
        }
        if (!epochCommitted()) {
            throw new VoterChangeRefused("nothing of epoch " + state.epoch() + " is committed yet; retry");
        }
        if (log.votersOffset() > state.highWatermark) {
            throw new VoterChangeRefused("the last change is not committed yet; retry");
        }
        if (!next.isOneStepFrom(log.voters())) {
            throw new VoterChangeRefused("one at a time: found " + next + " against " + log.voters());
        }
        List<Integer> caughtUp = new ArrayList<>();
        for (int voter : next.ids()) {
            if (voter == self || leading.followers().holds(voter, state.highWatermark)) {
                caughtUp.add(voter);
            } else if (!log.voters().contains(voter)) {
                throw new VoterChangeRefused("replica " + voter + " has not caught up; retry");
            }
        }
        if (!next.isMajority(caughtUp)) {
            throw new VoterChangeRefused("of " + next.ids() + " only " + caughtUp + " have caught up; retry");
        }
        return new ArrayList<>(List.of(new Effect.AppendVoters(state.epoch(), next)));
    }

    /** Call it when all effects so far are carried out. */
    public void checkInvariants() {
        state.checkInvariants();
    }

    @Override
    public String toString() {
        return state.toString();
    }
}
