package io.thalweg.replication.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.node.ReplicaView;
import io.thalweg.replication.node.TransferRefused;
import io.thalweg.testkit.Seeds;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sequences that random walks meet too seldom: three whole nodes with one partition and the times of a real cluster. */
class NodesScenarioTest {

    private static final long SECOND = 1_000_000;

    private final NodesSimulation simulation = NodesSimulation.large(3, 1);
    private final SimulatedPartition partition = simulation.partitions().get(0);

    @Test
    void aNewLeaderIsGivenItsTimeAlthoughItsConnectionsWereLostWhileNobodyFollowedIt() {
        settled();
        int elections = partition.elections;
        // Both hear that broker 3 is gone, and nobody fetches from it who could hear that it is back.
        simulation.links().breakConnection(1, 3, 1_000);
        simulation.links().breakConnection(2, 3, 1_000);
        run(SECOND);
        assertThat(leader().leader()).isEqualTo(1);

        Future<Void> transfer = simulation.machines().get(0).node().transfer(partition.id(), 3);
        // Its first answer to each takes a while, but not as long as silence.
        while (leaderOn(1) != 3 || leaderOn(2) != 3) {
            run(10);
            for (int follower = 1; follower <= 2; follower++) {
                if (leaderOn(follower) == 3) {
                    simulation.links().mute(3, follower);
                }
            }
        }
        run(SECOND / 2);
        simulation.links().heal();
        run(10 * SECOND);

        assertThat(transfer.succeeded()).isTrue();
        assertThat(leader().leader()).isEqualTo(3);
        assertThat(partition.elections).isEqualTo(elections + 1);
    }

    @Test
    void aHandOverThatComesToNothingIsToldAsAnElectionIs() {
        settled();
        int epoch = leader().epoch();
        simulation.links().mute(2, 1);
        produce();
        Future<Void> transfer = simulation.machines().get(0).node().transfer(partition.id(), 2);
        Future<Void> another = simulation.machines().get(0).node().transfer(partition.id(), 3);
        run(2 * SECOND);
        assertThat(transfer.cause()).isInstanceOf(TransferRefused.class).hasMessageContaining("did not catch up");
        assertThat(another.cause()).isInstanceOf(TransferRefused.class).hasMessageContaining("already");

        simulation.links().heal();
        run(5 * SECOND);
        assertThat(leader().epoch()).isEqualTo(epoch);
        assertThat(leader().inSync()).containsExactly(1, 2, 3);
        simulation.verdict().brokersKnow(partition);
        produce();
        run(SECOND);
        assertThat(leader().highWatermark()).isEqualTo(leader().endOffset());
        assertThat(simulation.machines().get(0).node().transfer(partition.id(), 2))
                .satisfies(again -> {
                    run(SECOND);
                    assertThat(again.succeeded()).isTrue();
                });
    }

    @Test
    void aStopDuringATransferWaitsForClientsToo() {
        settled();
        SimulatedMachine leader = simulation.machines().get(0);
        leader.disk().slow(SECOND);
        Future<Void> written = leader.writer().write(() -> {});
        leader.node().transfer(partition.id(), 2);
        leader.node().handOver(Duration.ofSeconds(10));
        while (!written.isComplete()) {
            assertThat(leader().leader()).isEqualTo(1);
            run(100);
        }
        run(2 * SECOND);
        assertThat(leader().leader()).isNotEqualTo(1);
    }

    /** A leader that hands over takes nobody by surprise: no replica is asked first whether it misses one. */
    @Test
    void aHandOverTakesOneRoundOfVotesAndFindsAllInSyncAtOnce() {
        settled();
        int elections = partition.elections;
        long end = leader().endOffset();
        Future<Void> transfer = simulation.machines().get(0).node().transfer(partition.id(), 2);
        while (leaderOn(2) != 2) {
            run(100);
        }
        while (!transfer.succeeded()) {
            run(100);
        }
        while (leader().highWatermark() <= end) {
            run(100);
        }
        assertThat(leader().inSync().size()).isGreaterThanOrEqualTo(2);
        assertThat(partition.elections).isEqualTo(elections + 1);
    }

    /** Its first record may wait behind much else on its disk; whoever hears of no leader meanwhile would stand itself. */
    @Test
    void aNewLeaderIsHeardOfBeforeItsDiskHasItsFirstRecord() {
        settled();
        int elections = partition.elections;
        SimulatedMachine successor = handOverToOneWhoseDiskHangsFor(SECOND);
        run(SECOND / 2);
        assertThat(leaderOn(1)).isEqualTo(2);
        assertThat(leaderOn(3)).isEqualTo(2);

        run(5 * SECOND);
        assertThat(successor.promised(partition).votedFor()).isEqualTo(2);
        assertThat(leader().leader()).isEqualTo(2);
        assertThat(leader().inSync()).containsExactly(1, 2, 3);
        assertThat(partition.elections).isEqualTo(elections + 1);
    }

    @Test
    void aLeaderResignsWhileItsOwnAppendWaitsForADiskThatHangs() {
        settled();
        handOverToOneWhoseDiskHangsFor(60 * SECOND);
        // Its broker finds that the disk does not answer after twice the time of silence.
        run(7 * SECOND);
        assertThat(leaderOn(1)).isNotEqualTo(2).isNotNegative();
        ReplicaView elected = leader();
        assertThat(elected.leader()).isNotEqualTo(2);
        simulation.machines().get(elected.leader() - 1).produce(partition);
        run(SECOND);
        assertThat(leader().highWatermark()).isEqualTo(leader().endOffset());

        run(60 * SECOND);
        assertThat(leader().leader()).isEqualTo(elected.leader());
        assertThat(leader().inSync()).containsExactly(1, 2, 3);
        simulation.verdict().brokersKnow(partition);
    }

    /** Broker 2, whose disk stops to answer when it has its promise and waits for votes. */
    private SimulatedMachine handOverToOneWhoseDiskHangsFor(long micros) {
        SimulatedMachine successor = simulation.machines().get(1);
        int epoch = leader().epoch();
        simulation.machines().get(0).node().transfer(partition.id(), 2);
        while (successor.promised(partition).epoch() == epoch) {
            run(10);
        }
        run(10);
        assertThat(leaderOn(2)).isNotEqualTo(2);
        successor.hangDisk(micros);
        return successor;
    }

    /** Its promise has to reach its disk first, which may have much else to do. */
    @Test
    void whoIsToLeadAfterAHandOverIsGivenTimeForItsPromise() {
        settled();
        int elections = partition.elections;
        int epoch = leader().epoch();
        simulation.machines().get(1).hangDisk(SECOND / 3);
        simulation.machines().get(0).node().transfer(partition.id(), 2);
        run(5 * SECOND);
        assertThat(leader().leader()).isEqualTo(2);
        assertThat(leader().epoch()).isEqualTo(epoch + 1);
        assertThat(partition.elections).isEqualTo(elections + 1);
    }

    /** It leads, and who voted for it is too busy to hear so: who stands then makes two changes of leaders of one. */
    @Test
    void whoHasGivenItsVoteDoesNotStandSoon() {
        settled();
        int elections = partition.elections;
        int epoch = leader().epoch();
        simulation.machines().get(0).node().transfer(partition.id(), 2);
        while (leaderOn(2) != 2) {
            run(10);
        }
        assertThat(votedForTwo(0)).isTrue();
        assertThat(votedForTwo(2)).isTrue();
        assertThat(leaderOn(1)).isNotEqualTo(2);
        assertThat(leaderOn(3)).isNotEqualTo(2);
        simulation.machines().get(0).pause(SECOND / 3);
        simulation.machines().get(2).pause(SECOND / 3);
        run(5 * SECOND);
        assertThat(leader().leader()).isEqualTo(2);
        assertThat(leader().epoch()).isEqualTo(epoch + 1);
        assertThat(partition.elections).isEqualTo(elections + 1);
    }

    /** Nobody else stands meanwhile, and it would throw away the votes that it has. */
    @Test
    void whoIsNamedToLeadDoesNotLosePatienceWithItself() {
        settled();
        int elections = partition.elections;
        int epoch = leader().epoch();
        simulation.machines().get(0).node().transfer(partition.id(), 2);
        while (!votedForTwo(0) || !votedForTwo(2)) {
            run(10);
        }
        assertThat(leaderOn(2)).isNotEqualTo(2);
        simulation.machines().get(1).pause(SECOND / 3);
        run(5 * SECOND);
        assertThat(leader().leader()).isEqualTo(2);
        assertThat(leader().epoch()).isEqualTo(epoch + 1);
        assertThat(partition.elections).isEqualTo(elections + 1);
    }

    private boolean votedForTwo(int machine) {
        return simulation.machines().get(machine).promised(partition).votedFor() == 2;
    }

    /** It is busy with its start, and has compiled nothing of what a leader does. */
    @Test
    void whoHasJustStartedIsHandedNothingWhileAnotherIsThere() {
        NodesSimulation many = NodesSimulation.large(3, 12);
        many.begin();
        many.agenda().runUntil(60 * SECOND);
        SimulatedMachine returned = many.machines().get(2);
        returned.kill();
        many.agenda().runUntil(61 * SECOND);
        returned.start();
        many.agenda().runUntil(71 * SECOND);
        List<SimulatedPartition> led = many.partitions().stream()
                .filter(each -> many.leaders(each).get(0).leader() == 1)
                .toList();
        assertThat(led)
                .hasSizeGreaterThan(3)
                .allSatisfy(
                        each -> assertThat(many.leaders(each).get(0).inSync()).containsExactly(1, 2, 3));

        // Who has the last records first does not matter.
        led.forEach(each -> many.machines().get(0).produce(each));
        Future<Void> stopped = many.machines().get(0).node().handOver(Duration.ofSeconds(10));
        many.agenda().runUntil(72 * SECOND);
        assertThat(stopped.succeeded()).isTrue();
        assertThat(led)
                .allSatisfy(
                        each -> assertThat(many.leaders(each).get(0).leader()).isEqualTo(2));
    }

    /** Where all have just started, each gets something. */
    @Test
    void amongThoseThatStartedTogetherAllAreHandedSomething() {
        NodesSimulation many = NodesSimulation.large(3, 36);
        many.begin();
        many.agenda().runUntil(5 * SECOND);
        List<SimulatedPartition> led = many.partitions().stream()
                .filter(each -> many.leaders(each).get(0).leader() == 1)
                .toList();
        many.machines().get(0).node().handOver(Duration.ofSeconds(10));
        many.agenda().runUntil(6 * SECOND);
        assertThat(led)
                .extracting(each -> many.leaders(each).get(0).leader())
                .contains(2, 3)
                .doesNotContain(1);
    }

    @Test
    void whoStopsLastWaitsForNobody() {
        settled();
        simulation.machines().get(1).kill();
        simulation.machines().get(2).kill();
        run(10_000);
        Future<Void> stopped = simulation.machines().get(0).node().handOver(Duration.ofSeconds(10));
        assertThat(stopped.succeeded()).isTrue();
    }

    @Test
    void whoStopsDoesNotWaitForThoseThatGo() {
        settled();
        for (int follower = 2; follower <= 3; follower++) {
            simulation.machines().get(follower - 1).pause(60 * SECOND);
        }
        produce();
        Future<Void> stopped = simulation.machines().get(0).node().handOver(Duration.ofSeconds(10));
        run(SECOND);
        assertThat(stopped.isComplete()).isFalse();
        simulation.machines().get(1).kill();
        simulation.machines().get(2).kill();
        run(SECOND);
        assertThat(stopped.succeeded()).isTrue();
    }

    @Test
    void aVoteThatWaitedForAPausedCandidateKeepsItsForgetfulVoterWithoutTrust() {
        settled();
        SimulatedMachine candidate = simulation.machines().get(2);
        SimulatedMachine voter = simulation.machines().get(1);
        voter.node().prefer(partition.id(), 2);
        candidate.node().prefer(partition.id(), 0);
        int epoch = leader().epoch();
        // The leader is cut off, and goes on for a while; broker 3 stands, and does not see the vote that it gets.
        for (int other = 2; other <= 3; other++) {
            simulation.links().mute(1, other);
            simulation.links().mute(other, 1);
            simulation.links().breakConnection(1, other, 1_000);
        }
        long until = simulation.nowMicros() + SECOND;
        while (voter.promised(partition).epoch() == epoch && simulation.nowMicros() < until) {
            run(10);
        }
        assertThat(voter.promised(partition)).isEqualTo(new EpochPromise(epoch + 1, 3));
        candidate.pause(60 * SECOND);
        run(1_000);
        voter.kill();
        voter.wipe();
        simulation.links().heal();
        voter.start();
        run(SECOND);
        // One was wiped and one is away: what is left does not know what was promised.
        assertThat(leader().epoch()).isEqualTo(epoch);
        assertThat(leader().inSync()).doesNotContain(2);

        candidate.resume();
        run(10 * SECOND);
        assertThat(leader().inSync()).containsExactly(1, 2, 3);
    }

    /** Who gave the third its vote forgets that with its disk, and the leader of before does not know either. */
    @Test
    void whoLostItsVoteWithItsDiskGetsItsTrustBackFromNoLeaderThatMayBeReplaced() {
        settled();
        SimulatedMachine winner = simulation.machines().get(2);
        SimulatedMachine voter = simulation.machines().get(1);
        voter.node().prefer(partition.id(), 2);
        winner.node().prefer(partition.id(), 0);
        int epoch = leader().epoch();
        for (int other = 2; other <= 3; other++) {
            simulation.links().mute(1, other);
            simulation.links().mute(other, 1);
            simulation.links().breakConnection(1, other, 1_000);
        }
        long until = simulation.nowMicros() + SECOND;
        while (simulation.leaders(partition).size() < 2 && simulation.nowMicros() < until) {
            run(10);
        }
        assertThat(voter.promised(partition)).isEqualTo(new EpochPromise(epoch + 1, 3));
        // The winner is alone with what it knows.
        simulation.links().heal();
        simulation.links().mute(2, 3);
        simulation.links().mute(3, 2);
        simulation.links().mute(1, 3);
        simulation.links().mute(3, 1);
        voter.kill();
        voter.wipe();
        voter.start();
        run(2 * SECOND);
        assertThat(leaderOn(2)).isEqualTo(1);
        simulation.machines().get(0).node().transfer(partition.id(), 2);
        run(3 * SECOND);
        assertThat(simulation.machines().get(1).view(partition))
                .satisfies(view -> assertThat(view.trusted()).isFalse());

        simulation.links().heal();
        run(20 * SECOND);
        assertThat(leader().inSync()).containsExactly(1, 2, 3);
    }

    /** Wherever a clock counts from, and although it overflows: durations are all that is measured. */
    @Seeds(count = 5)
    void theOriginOfTheClockChangesNothing(long seed) {
        NodesSimulation.Report expected =
                NodesSimulation.withClocksFrom(seed, 0).run();
        for (long origin : new long[] {Long.MIN_VALUE, -1_000_000_000L, -1, Long.MAX_VALUE - 1_000_000_000L}) {
            assertThat(NodesSimulation.withClocksFrom(seed, origin).run())
                    .as("origin=%d", origin)
                    .isEqualTo(expected);
        }
    }

    private void settled() {
        simulation.begin();
        run(5 * SECOND);
        assertThat(leader().leader()).isEqualTo(1);
        assertThat(leader().inSync()).containsExactly(1, 2, 3);
    }

    private void produce() {
        simulation.machines().get(0).produce(partition);
        run(10_000);
    }

    private void run(long micros) {
        simulation.agenda().runUntil(simulation.nowMicros() + micros);
    }

    private ReplicaView leader() {
        assertThat(simulation.leaders(partition)).hasSize(1);
        return simulation.leaders(partition).get(0);
    }

    private int leaderOn(int broker) {
        ReplicaView view = simulation.machines().get(broker - 1).view(partition);
        return view == null ? -1 : view.leader();
    }
}
