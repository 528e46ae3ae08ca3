package io.thalweg.replication;

import static io.thalweg.replication.EpochPromise.NOBODY;

import io.thalweg.replication.Message.EpochBegun;
import io.thalweg.replication.Message.EpochEnded;
import io.thalweg.replication.Message.VoteAnswer;
import io.thalweg.replication.Message.VoteRequest;
import io.thalweg.replication.Role.Candidate;
import io.thalweg.replication.Role.Following;
import io.thalweg.replication.Role.Leading;
import io.thalweg.replication.Role.Prospective;
import io.thalweg.replication.Role.Unattached;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Who leads, and for how long: votes are asked for, given and counted, leaders begin and end. {@link Replica} says what each
 * event is.
 */
final class Election {

    private final ReplicaState state;
    private final int self;
    private final ReplicaLog log;

    Election(ReplicaState state) {
        this.state = state;
        this.self = state.self;
        this.log = state.log;
    }

    List<Effect> start() {
        List<Effect> effects = new ArrayList<>();
        if (state.isAlone() && state.mayStand()) {
            stand(effects);
        }
        return effects;
    }

    boolean awaitsElection() {
        return !(state.role instanceof Leading)
                && !(state.role instanceof Following following && !following.suspected());
    }

    List<Effect> suspect(int broker) {
        if (state.role instanceof Following following && following.leader() == broker) {
            state.role = new Following(broker, true);
        }
        return List.of();
    }

    List<Effect> electionTimeout() {
        List<Effect> effects = new ArrayList<>();
        if (awaitsElection()) {
            ask(effects);
        }
        return effects;
    }

    List<Effect> electionOver() {
        if (state.role instanceof Candidate) {
            state.role = new Unattached();
        }
        return List.of();
    }

    List<Effect> resign(int preferred) {
        List<Effect> effects = new ArrayList<>();
        if (state.role instanceof Leading leading) {
            List<Integer> successors = leading.followers().successors(preferred);
            state.ended(successors, effects);
            state.sendToOthers(new EpochEnded(self, state.epoch(), successors), effects);
        }
        return effects;
    }

    List<Effect> announce(Collection<Integer> fetching) {
        List<Effect> effects = new ArrayList<>();
        if (state.role instanceof Leading) {
            for (int voter : log.voters().ids()) {
                if (voter != self && !fetching.contains(voter)) {
                    effects.add(new Effect.Send(voter, new EpochBegun(self, state.epoch())));
                }
            }
        }
        return effects;
    }

    List<Effect> on(VoteRequest request) {
        List<Effect> effects = new ArrayList<>();
        if (request.epoch() > state.epoch()) {
            state.moveTo(request.epoch(), effects);
        }
        boolean granted = request.epoch() == state.epoch()
                && state.trusted
                && request.end().isAtLeast(log.end())
                && (request.preVote() ? wouldVote() : mayVoteFor(request.from()));
        if (granted && !request.preVote() && state.promise.votedFor() != request.from()) {
            state.promise = state.promise.vote(request.from());
            // One flush for the epoch and the vote.
            effects.removeIf(effect -> effect instanceof Effect.Promise);
            effects.add(0, new Effect.Promise(state.promise));
            state.role = new Unattached();
        }
        effects.add(new Effect.Send(
                request.from(),
                new VoteAnswer(self, state.epoch(), request.epoch(), request.preVote(), granted, state.role.leader())));
        return effects;
    }

    /** A leader that is heard of keeps its followers' votes (KIP-996). */
    private boolean wouldVote() {
        return awaitsElection();
    }

    private boolean mayVoteFor(int candidate) {
        return state.role.leader() == NOBODY
                && (state.promise.votedFor() == NOBODY || state.promise.votedFor() == candidate);
    }

    List<Effect> on(VoteAnswer answer) {
        List<Effect> effects = new ArrayList<>();
        if (answer.epoch() > state.epoch()) {
            state.moveTo(answer.epoch(), effects);
        }
        if (answer.epoch() != state.epoch()) {
            return effects;
        }
        if (state.isNews(answer.leader())) {
            state.follow(answer.leader(), effects);
        } else if (answer.granted() && answer.asked() == state.epoch()) {
            count(answer, effects);
        }
        return effects;
    }

    private void count(VoteAnswer answer, List<Effect> effects) {
        if (state.role instanceof Prospective prospective && answer.preVote()) {
            prospective.granted().add(answer.from());
            if (log.voters().isMajority(prospective.granted())) {
                stand(effects);
            }
        } else if (state.role instanceof Candidate candidate && !answer.preVote()) {
            candidate.granted().add(answer.from());
            if (log.voters().isMajority(candidate.granted())) {
                lead(effects);
            }
        }
    }

    List<Effect> on(EpochBegun begun) {
        List<Effect> effects = new ArrayList<>();
        if (begun.epoch() < state.epoch()) {
            effects.add(new Effect.Send(
                    begun.from(),
                    new VoteAnswer(self, state.epoch(), begun.epoch(), false, false, state.role.leader())));
            return effects;
        }
        if (begun.epoch() > state.epoch()) {
            state.moveTo(begun.epoch(), effects);
        }
        state.heardOf(begun.from(), effects);
        return effects;
    }

    List<Effect> on(EpochEnded ended) {
        List<Effect> effects = new ArrayList<>();
        if (ended.epoch() == state.epoch() && !(state.role instanceof Leading)) {
            state.ended(ended.successors(), effects);
            if (state.successor() == self && state.mayStand()) {
                // Pre-votes ask whether a leader still lives, and this one has just said that it leads no more.
                stand(effects);
            }
        }
        return effects;
    }

    /** Asks for pre-votes, or stands at once where no one else's vote is needed. */
    private void ask(List<Effect> effects) {
        if (!state.mayStand()) {
            return;
        }
        if (state.isAlone()) {
            stand(effects);
            return;
        }
        state.become(Prospective.of(self, state.role.leader()), effects);
        state.sendToOthers(new VoteRequest(self, state.epoch(), true, log.end()), effects);
    }

    private void stand(List<Effect> effects) {
        state.promise = state.promise.seen(state.epoch() + 1).vote(self);
        effects.add(new Effect.Promise(state.promise));
        state.become(Candidate.of(self), effects);
        if (state.isAlone()) {
            lead(effects);
        } else {
            state.sendToOthers(new VoteRequest(self, state.epoch(), false, log.end()), effects);
        }
    }

    private void lead(List<Effect> effects) {
        state.check(state.promise.votedFor() == self, "a leader voted for itself");
        state.check(log.end().epoch() < state.epoch(), "an epoch begins with its leader");
        state.role = new Leading(self, log);
        effects.add(new Effect.LeaderIs(state.epoch(), self));
        if (!state.isAlone()) {
            // Before the disk is asked for anything: those that hear nothing for so long stand themselves.
            state.sendToOthers(new EpochBegun(self, state.epoch()), effects);
            effects.add(new Effect.AppendLeaderChange(state.epoch()));
        }
        advance(effects);
    }

    /** On a leader: commits what a majority holds. One that is no voter any more leads until that is committed. */
    void advance(List<Effect> effects) {
        if (!(state.role instanceof Leading leading)) {
            return;
        }
        state.raise(CommitRule.committed(self, log, leading), effects);
        if (!log.voters().contains(self) && state.highWatermark >= log.votersOffset()) {
            effects.addAll(resign(NOBODY));
        }
    }
}
