package io.thalweg.replication.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.replication.Effect;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Message.EpochBegun;
import io.thalweg.replication.Message.FetchAnswer;
import io.thalweg.replication.Message.FetchRequest;
import io.thalweg.replication.Message.Outcome;
import io.thalweg.replication.Message.VoteAnswer;
import io.thalweg.replication.Replica;
import io.thalweg.replication.VoterChangeRefused;
import io.thalweg.replication.Voters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Single steps of one replica that random walks meet too seldom. */
class ReplicaTest {

    private static final Voters ONE = Voters.of(List.of(1));
    private static final Voters TWO = Voters.of(List.of(1, 2));
    private static final Voters THREE = Voters.of(List.of(1, 2, 3));
    private static final Voters FOUR = Voters.of(List.of(1, 2, 3, 4));

    private long value;

    @Test
    void whoMayHaveLostRecordsDoesNotLeadAloneWhileItReadsOfATimeWhenItWasAlone() {
        SimulatedLog log = new SimulatedLog(THREE);
        Replica replica = new Replica(1, 2, log, EpochPromise.NONE, false, 0);
        assertThat(replica.start()).isEmpty();
        // It was alone once, at offset 0; what follows, and takes two more in, is not here yet.
        replica.on(answer(7, LogPosition.EMPTY, new LogPosition(1, 1), 50));
        log.append(new Entry(1, ++value, ONE));
        log.forced(1);

        replica.suspect(2);
        assertThat(replica.mayStand()).isFalse();
        assertThat(replica.electionTimeout()).isEmpty();
        assertThat(replica.leads()).isFalse();
    }

    @Test
    void whoMayHaveLostRecordsDoesNotLeadAloneAfterARestart() {
        SimulatedLog log = new SimulatedLog(ONE);
        Replica replica = new Replica(1, 2, log, EpochPromise.NONE, false, 0);
        assertThat(replica.start()).isEmpty();
        assertThat(replica.leads()).isFalse();
    }

    @Test
    void aLogThatBeginsAnewWithinOneProcessProvesAnewWhatItHolds() {
        SimulatedLog log = new SimulatedLog(TWO);
        Replica leader = leads(log);
        fetch(leader, 2, 1, log.end(), true);
        fetch(leader, 3, 1, log.end(), true);
        change(leader, log, THREE);
        fetch(leader, 2, 1, log.end(), true);
        fetch(leader, 3, 1, log.end(), true);
        change(leader, log, TWO);
        fetch(leader, 2, 1, log.end(), true);
        fetch(leader, 3, 1, log.end(), true);
        assertThat(leader.highWatermark()).isEqualTo(log.end().offset());

        // Removed, deleted, and assigned again: the same process begins an empty log.
        fetch(leader, 3, 1, LogPosition.EMPTY, false);
        assertThatThrownBy(() -> leader.changeVoters(THREE))
                .isInstanceOf(VoterChangeRefused.class)
                .hasMessageContaining("has not caught up");
        fetch(leader, 3, 1, new LogPosition(1, 1), true);
        assertThatThrownBy(() -> leader.changeVoters(THREE)).isInstanceOf(VoterChangeRefused.class);
        fetch(leader, 3, 1, log.end(), true);
        assertThat(leader.changeVoters(THREE)).isNotEmpty();
    }

    /** Followers are sent what its own disk has not flushed yet; readers of this log must not be told of that. */
    @Test
    void whatAMajorityHoldsIsCommittedOnceTheLeaderItselfHoldsIt() {
        SimulatedLog log = new SimulatedLog(THREE);
        Replica leader = leads(log);
        fetch(leader, 2, 1, log.end(), true);
        long committed = leader.highWatermark();
        log.append(new Entry(leader.epoch(), ++value, null));
        fetch(leader, 2, 1, log.end(), true);
        fetch(leader, 3, 1, log.end(), true);
        assertThat(leader.highWatermark()).isEqualTo(committed);

        log.forced(log.end().offset());
        leader.logForced();
        assertThat(leader.highWatermark()).isEqualTo(log.end().offset());
    }

    @Test
    void anOldFetchThatArrivesLateTakesNothingBack() {
        SimulatedLog log = new SimulatedLog(TWO);
        Replica leader = leads(log);
        fetch(leader, 2, 1, log.end(), true);
        long committed = leader.highWatermark();
        fetch(leader, 2, 1, LogPosition.EMPTY, true);
        assertThat(leader.followers().get(2).durableEnd()).isEqualTo(committed);
        // A new process, though, may hold less.
        fetch(leader, 2, 2, LogPosition.EMPTY, true);
        assertThat(leader.followers().get(2).durableEnd()).isZero();
        assertThat(leader.highWatermark()).isEqualTo(committed);
    }

    /** With durability {@code os}: a truncation that was not flushed brought back what had been cut off. */
    @Test
    void whoMayHaveLostRecordsBeginsAnewEvenBelowWhatItTookForCommitted() {
        SimulatedLog log = new SimulatedLog(THREE);
        for (int i = 0; i < 10; i++) {
            log.append(new Entry(1, ++value, null));
        }
        log.forced(10);
        Replica replica = new Replica(1, 2, log, new EpochPromise(3, EpochPromise.NOBODY), false, 9);
        LogPosition start = new LogPosition(2, 7);
        List<Effect> effects = replica.on(new FetchAnswer(2, 3, 2, Outcome.OUT_OF_RANGE, log.end(), start, 20, false));
        assertThat(effects).contains(new Effect.RestartAt(start));
        log.restartAt(start, THREE);
        replica.checkInvariants();
        assertThat(replica.highWatermark()).isEqualTo(7);
    }

    @Test
    void whoLostItsDiskIsTrustedForANewRecordThatTheOthersHoldToo() {
        SimulatedLog log = new SimulatedLog(THREE);
        Replica leader = leads(log);
        fetch(leader, 2, 1, log.end(), true);
        fetch(leader, 3, 1, log.end(), true);
        Effect newRecord = new Effect.AppendLeaderChange(1);
        assertThat(fetch(leader, 3, 2, LogPosition.EMPTY, false)).doesNotContain(newRecord);
        // It has all that is committed, and no client brings more.
        assertThat(fetch(leader, 3, 2, log.end(), false)).contains(newRecord);
        append(leader, log, null);
        assertThat(fetch(leader, 3, 2, log.end(), false)).doesNotContain(newRecord);
        assertThat(leader.restoresTrust(3)).isFalse();
        fetch(leader, 2, 1, log.end(), true);
        assertThat(leader.restoresTrust(3)).isTrue();

        // Before it heard of that it lost its disk again.
        assertThat(fetch(leader, 3, 3, log.end(), false)).contains(newRecord);
        assertThat(leader.restoresTrust(3)).isFalse();
    }

    @Test
    void whoMayHaveForgottenItsVoteVouchesForNobody() {
        SimulatedLog log = new SimulatedLog(THREE);
        Replica leader = leads(log);
        fetch(leader, 2, 2, log.end(), false);
        fetch(leader, 3, 2, log.end(), false);
        append(leader, log, null);
        fetch(leader, 2, 2, log.end(), false);
        fetch(leader, 3, 2, log.end(), false);
        assertThat(leader.restoresTrust(2)).isFalse();
        assertThat(leader.restoresTrust(3)).isFalse();
    }

    @Test
    void ofTwoTheLeaderAloneRemembersEnough() {
        SimulatedLog log = new SimulatedLog(TWO);
        Replica leader = leads(log);
        fetch(leader, 2, 1, log.end(), true);
        fetch(leader, 2, 2, LogPosition.EMPTY, false);
        append(leader, log, null);
        assertThat(leader.restoresTrust(2)).isFalse();
        fetch(leader, 2, 2, log.end(), false);
        assertThat(leader.restoresTrust(2)).isTrue();
    }

    /**
     * The candidate that it voted for may know of a change to three voters, of which two are a majority: it and the one that
     * forgot. So the record must be held by everybody else (seed 2024042 of whole nodes).
     */
    @Test
    void ofFourAllOthersMustHoldTheRecord() {
        SimulatedLog log = new SimulatedLog(FOUR);
        Replica leader = leads(log);
        for (int follower = 2; follower <= 4; follower++) {
            fetch(leader, follower, 1, log.end(), true);
        }
        fetch(leader, 4, 2, LogPosition.EMPTY, false);
        append(leader, log, null);
        fetch(leader, 4, 2, log.end(), false);
        fetch(leader, 2, 1, log.end(), true);
        assertThat(leader.restoresTrust(4)).isFalse();
        fetch(leader, 3, 1, log.end(), true);
        assertThat(leader.restoresTrust(4)).isTrue();
    }

    @Test
    void whoLostItsDiskMayBeRemovedAndAddedAgain() {
        SimulatedLog log = new SimulatedLog(THREE);
        Replica leader = leads(log);
        fetch(leader, 2, 1, log.end(), true);
        fetch(leader, 3, 1, log.end(), true);
        fetch(leader, 3, 2, LogPosition.EMPTY, false);
        change(leader, log, TWO);
        fetch(leader, 3, 2, log.end(), false);
        assertThat(leader.restoresTrust(3)).isFalse();
        fetch(leader, 2, 1, log.end(), true);
        assertThatThrownBy(() -> leader.changeVoters(THREE))
                .isInstanceOf(VoterChangeRefused.class)
                .hasMessageContaining("has not caught up");
        assertThat(leader.restoresTrust(3)).isTrue();
        fetch(leader, 3, 2, log.end(), true);
        assertThat(leader.changeVoters(THREE)).isNotEmpty();
    }

    /** It hears its last vote when the leader of the next epoch has been elected, and committed what this one lacks. */
    @Test
    void aLeaderThatWasElectedTooLateCommitsNothingAndIsDeposed() {
        SimulatedLog log = new SimulatedLog(THREE);
        Replica late = new Replica(1, 1, log, new EpochPromise(4, EpochPromise.NOBODY), true, 0);
        late.electionTimeout();
        late.on(new VoteAnswer(2, 4, 4, true, true, EpochPromise.NOBODY));
        assertThat(late.on(new VoteAnswer(2, 5, 5, false, true, EpochPromise.NOBODY)))
                .contains(new Effect.LeaderIs(5, 1), new Effect.AppendLeaderChange(5));
        append(late, log, null);
        // The voter asked around before it promised epoch 6.
        fetch(late, 2, 1, LogPosition.EMPTY, true);
        assertThat(late.highWatermark()).isZero();
        assertThat(late.epochCommitted()).isFalse();

        assertThat(late.on(new FetchRequest(2, 6, 1, new LogPosition(6, 1), 1, true)))
                .contains(new Effect.Promise(new EpochPromise(6, EpochPromise.NOBODY)))
                .contains(new Effect.LeaderIs(6, EpochPromise.NOBODY));
        assertThat(late.leads()).isFalse();
        assertThat(late.highWatermark()).isZero();
    }

    @Test
    void whoPromisedANewerEpochTakesNothingOfALeaderThatWasElectedTooLate() {
        SimulatedLog log = new SimulatedLog(THREE);
        for (int i = 0; i < 3; i++) {
            log.append(new Entry(3, ++value, null));
        }
        log.forced(3);
        Replica replica = new Replica(1, 1, log, new EpochPromise(6, EpochPromise.NOBODY), true, 3);
        LogPosition start = new LogPosition(0, 0);
        assertThat(replica.on(new EpochBegun(2, 5)))
                .containsExactly(new Effect.Send(2, new VoteAnswer(1, 6, 5, false, false, EpochPromise.NOBODY)));
        for (Outcome outcome : Outcome.values()) {
            assertThat(replica.on(new FetchAnswer(2, 5, 2, outcome, log.end(), start, 0, true)))
                    .as("%s", outcome)
                    .isEmpty();
        }
    }

    private Replica leads(SimulatedLog log) {
        Replica replica = new Replica(1, 1, log, EpochPromise.NONE, true, 0);
        replica.electionTimeout();
        int majority = log.voters().majority();
        for (int voter = 2; voter <= majority; voter++) {
            replica.on(new VoteAnswer(voter, 0, 0, true, true, EpochPromise.NOBODY));
        }
        List<Effect> effects = new ArrayList<>();
        for (int voter = 2; voter <= majority; voter++) {
            effects.addAll(replica.on(new VoteAnswer(voter, 1, 1, false, true, EpochPromise.NOBODY)));
        }
        assertThat(effects).contains(new Effect.AppendLeaderChange(1));
        append(replica, log, null);
        return replica;
    }

    private void change(Replica leader, SimulatedLog log, Voters voters) {
        leader.changeVoters(voters);
        append(leader, log, voters);
    }

    private void append(Replica leader, SimulatedLog log, @Nullable Voters voters) {
        log.append(new Entry(leader.epoch(), ++value, voters));
        log.forced(log.end().offset());
        leader.logForced();
    }

    private static List<Effect> fetch(Replica leader, int from, int incarnation, LogPosition end, boolean trusted) {
        return leader.on(new FetchRequest(from, leader.epoch(), incarnation, end, end.offset(), trusted));
    }

    private static FetchAnswer answer(int epoch, LogPosition asked, LogPosition end, long highWatermark) {
        return new FetchAnswer(2, epoch, 2, Outcome.OK, asked, end, highWatermark, false);
    }
}
