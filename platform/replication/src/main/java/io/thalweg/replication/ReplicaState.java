package io.thalweg.replication;

import static io.thalweg.replication.EpochPromise.NOBODY;

import io.thalweg.replication.Role.Following;
import io.thalweg.replication.Role.Leading;
import io.thalweg.replication.Role.Unattached;
import java.util.List;

/** What a replica is at this moment, and the steps from one role to another; shared by {@link Replica} and {@link Election}. */
final class ReplicaState {

    final int self;
    final ReplicaLog log;

    /** Kept on disk by the owner; epoch only ever grows. */
    EpochPromise promise;

    Role role = new Unattached();

    /** False while records or promises may be missing that this replica once held durably. */
    boolean trusted;

    /** Never goes back. */
    long highWatermark;

    /** The last epoch of which its leader said that it is over; not kept. Who still believes in it is not believed. */
    private int endedEpoch = -1;

    /** Whom that leader named to lead after it; or nobody. */
    private int successor = NOBODY;

    /** @param highWatermark a lower bound from before; what the log does not hold of it is not believed */
    ReplicaState(int self, ReplicaLog log, EpochPromise promise, boolean trusted, long highWatermark) {
        this.self = self;
        this.log = log;
        this.promise = promise;
        this.trusted = trusted;
        this.highWatermark = Math.min(highWatermark, log.end().offset());
        check(log.end().epoch() <= promise.epoch(), "a log holds no epoch that was not promised");
    }

    int epoch() {
        return promise.epoch();
    }

    /** Where this epoch's leader has ended it: whom it named to lead after it; or nobody. */
    int successor() {
        return endedEpoch == epoch() ? successor : NOBODY;
    }

    boolean mayStand() {
        return trusted && isVoter();
    }

    /**
     * A replica that is being removed may hold, of all that are left, the only copy of the record that says so: until that
     * is committed it is needed to get it committed (Raft dissertation, section 4.2.2).
     */
    private boolean isVoter() {
        return log.voters().contains(self)
                || (log.votersOffset() > highWatermark && log.votersBefore().contains(self));
    }

    boolean isAlone() {
        return log.voters().ids().size() == 1 && log.voters().contains(self);
    }

    // ---- transitions

    void moveTo(int newer, List<Effect> effects) {
        promise = promise.seen(newer);
        effects.add(new Effect.Promise(promise));
        unattach(effects);
    }

    /** Whether somebody else knows of a leader of this epoch, and this replica does not. */
    boolean isNews(int leader) {
        return role.leader() == NOBODY && leader != NOBODY && leader != self && epoch() != endedEpoch;
    }

    void heardOf(int leader, List<Effect> effects) {
        if (role.leader() == NOBODY) {
            if (isNews(leader)) {
                follow(leader, effects);
            }
        } else {
            check(role.leader() == leader, "an epoch has one leader, found " + leader);
            role = new Following(leader, false);
        }
    }

    void follow(int leader, List<Effect> effects) {
        check(leader != self, "a replica does not follow itself");
        role = new Following(leader, false);
        effects.add(new Effect.LeaderIs(epoch(), leader));
    }

    void unattach(List<Effect> effects) {
        become(new Unattached(), effects);
    }

    /** A role in which nobody new leads. */
    void become(Role next, List<Effect> effects) {
        boolean had = role.leader() != NOBODY;
        role = next;
        if (had && next.leader() == NOBODY) {
            effects.add(new Effect.LeaderIs(epoch(), NOBODY));
        }
    }

    void sendToOthers(Message message, List<Effect> effects) {
        for (int voter : log.voters().ids()) {
            if (voter != self) {
                effects.add(new Effect.Send(voter, message));
            }
        }
    }

    void ended(List<Integer> successors, List<Effect> effects) {
        endedEpoch = epoch();
        successor = successors.isEmpty() ? NOBODY : successors.get(0);
        unattach(effects);
    }

    void raise(long offset, List<Effect> effects) {
        if (offset > highWatermark) {
            highWatermark = offset;
            effects.add(new Effect.HighWatermark(offset));
        }
    }

    // ---- checks

    void checkInvariants() {
        check(highWatermark <= log.end().offset(), "the high watermark is within the log");
        check(log.durableEnd() <= log.end().offset(), "what is flushed is in the log");
        check(log.end().epoch() <= promise.epoch(), "a log holds no epoch that was not promised");
        check(!(role instanceof Leading) || promise.votedFor() == self, "a leader voted for itself");
    }

    void check(boolean holds, String rule) {
        InvariantViolation.check(holds, rule, this);
    }

    @Override
    public String toString() {
        return "replica=" + self + " promise=" + promise + " role=" + role + " trusted=" + trusted + " highWatermark="
                + highWatermark + " end=" + log.end() + " durableEnd=" + log.durableEnd() + " voters="
                + log.voters().ids();
    }
}
