package io.thalweg.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.Futures;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.storage.Deliveries;
import io.thalweg.broker.storage.InFlightBytes;
import io.thalweg.broker.storage.PendingAppend;
import io.thalweg.broker.storage.UndecidedAppendException;
import io.thalweg.log.Append;
import io.thalweg.log.LogConfig;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogDirectoryConfig;
import io.thalweg.log.LogId;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchValidator;
import io.thalweg.log.record.ValidatedBatches;
import io.thalweg.testkit.ManualEnvironment;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What a partition does about appends and readers while replication decides. The test is writer and replication at once. */
class ReplicatedPartitionTest {

    private static final Path ROOT = Path.of("/data");
    private static final LogId ID = new LogId(new Uuid(7, 7), 0);
    private static final int SELF = 1;

    private final Vertx vertx = Vertx.vertx();
    private final ManualEnvironment manual = ManualEnvironment.create(1, Path.of("/"));
    private final InFlightBytes inFlight = new InFlightBytes(1 << 20);
    private final AckTimeouts timeouts = new AckTimeouts(manual.clock(), manual.timers());
    private LogDirectory directory;
    private Partition partition;

    @BeforeEach
    void open() throws IOException {
        directory = LogDirectory.open(
                manual.environment(), ROOT, LogDirectoryConfig.defaults().withBounds(8 << 20, 16, 1 << 20));
        partition = replicated(ID);
        timeouts.start();
    }

    private Partition replicated(LogId id) throws IOException {
        return replicated(id, 1);
    }

    private Partition replicated(LogId id, int minInSyncReplicas) throws IOException {
        LogConfig config = LogConfig.defaults();
        Partition opened = new Partition(
                new TopicPartition("orders", id.partition()),
                id.topicId(),
                directory.log(id, config),
                0,
                config,
                minInSyncReplicas,
                false);
        opened.open();
        opened.replicate(deliveries -> {}, timeouts);
        return opened;
    }

    @AfterEach
    void close() {
        Futures.await(vertx.close());
    }

    @Test
    void anAppendIsAnsweredWhenTheHighWatermarkHasPassedIt() {
        lead(1);
        Future<AppendResult> first = append(10_000);
        Future<AppendResult> second = append(10_000);

        committed(1);

        assertThat(Futures.await(first).baseOffset()).isZero();
        assertThat(second.isComplete()).isFalse();
        committed(2);
        assertThat(Futures.await(second).baseOffset()).isOne();
        assertThat(inFlight.current()).isZero();
    }

    @Test
    void whoDoesNotWaitForReplicasIsAnsweredAtOnce() {
        lead(1);

        assertThat(Futures.await(appendOf(1, false, 0)).baseOffset()).isZero();
        assertThat(partition.log().highWatermark()).isZero();
    }

    @Test
    void anAppendThatWaitsTooLongFailsUndecided() {
        lead(1);
        Future<AppendResult> patient = append(10_000);
        Future<AppendResult> hasty = append(300);

        manual.timers().advance(400);

        assertUndecided(hasty, ErrorCode.REQUEST_TIMED_OUT);
        assertThat(patient.isComplete()).isFalse();
    }

    /** Some share a hash bin, in which what is put back comes behind the one that is looked at. */
    @Test
    @Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD) // a loop without end hears of no interrupt
    void whoGoesOnWaitingIsLookedAtOnceInATurnHoweverManyWait() throws IOException {
        List<Future<AppendResult>> waiting = new ArrayList<>();
        for (int index = 1; index <= 64; index++) {
            Partition other = replicated(new LogId(ID.topicId(), index));
            other.onLeader(1, SELF, true);
            waiting.add(appendOf(other, 1, true, 1_000));
        }

        manual.timers().advance(400);
        assertThat(waiting).noneMatch(Future::isComplete);

        manual.timers().advance(1_000);
        waiting.forEach(append -> assertUndecided(append, ErrorCode.REQUEST_TIMED_OUT));
    }

    @Test
    void whatAnotherLeaderHasIsAnsweredAlthoughTheLeadershipEnded() {
        lead(1);
        Future<AppendResult> append = append(10_000);
        partition.onLeader(2, 2, false);

        committed(1);

        assertThat(Futures.await(append).baseOffset()).isZero();
    }

    @Test
    void whatAnotherLeaderCutsOffFailsForCertain() throws IOException {
        lead(1);
        Future<AppendResult> append = append(10_000);
        partition.onLeader(2, 2, false);

        partition.log().truncateTo(0);
        partition.onCut(0);

        assertThatThrownBy(() -> Futures.await(append))
                .isNotInstanceOf(UndecidedAppendException.class)
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
    }

    @Test
    void withoutWordOfAnotherLeaderAnAppendFailsUndecidedAfterAMoment() {
        lead(1);
        Future<AppendResult> append = append(60_000);

        partition.onLeader(1, -1, false);
        manual.timers().advance(500);
        assertThat(append.isComplete()).isFalse();
        manual.timers().advance(600);

        assertUndecided(append, ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void moreThanAMajorityIsWaitedForIfItIsAskedFor() {
        lead(1);
        partition.demand(true);
        Future<AppendResult> append = append(10_000);

        committed(1);
        assertThat(append.isComplete()).isFalse();
        Deliveries deliveries = new Deliveries();
        partition.onHeld(1, deliveries);
        deliveries.flush();

        assertThat(Futures.await(append).baseOffset()).isZero();
    }

    @Test
    void readersWaitUntilTheLeaderHasCommittedItsEpoch() {
        assertThat(partition.readRefusal(-1, false)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        partition.onLeader(1, SELF, true);
        assertThat(partition.readRefusal(-1, false)).isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE);
        assertThat(partition.appendEpochFor(-1)).isOne();

        committed(0);

        assertThat(partition.readRefusal(1, false)).isEqualTo(ErrorCode.NONE);
        assertThat(partition.readRefusal(0, false)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        partition.onLeader(2, 3, false);
        assertThat(partition.readRefusal(-1, false)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(partition.readRefusal(-1, true)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void nothingIsAppendedWhileTheLeadershipIsHandedOverUnlessThatComesToNothing() {
        lead(1);
        partition.onHandOver();
        assertThatThrownBy(() -> partition.appendEpochFor(-1))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        assertThat(partition.readRefusal(-1, false)).isEqualTo(ErrorCode.NONE);

        partition.onLeader(1, SELF, true);

        assertThat(partition.appendEpochFor(-1)).isOne();
        assertThat(partition.readRefusal(-1, false)).isEqualTo(ErrorCode.NONE);
    }

    /** It has just been elected by a majority, and hears of who is in sync a moment later. */
    @Test
    void enoughAreAssumedToBeInSyncUntilTheEpochIsCommitted() throws IOException {
        partition = replicated(new LogId(ID.topicId(), 1), 2);
        partition.onLeader(1, SELF, true);
        partition.onInSync(1);
        assertThat(partition.missesReplicas()).isFalse();

        committed(0);

        assertThat(partition.missesReplicas()).isTrue();
        partition.onInSync(2);
        assertThat(partition.missesReplicas()).isFalse();
    }

    /**
     * An idempotent producer that was not answered sends a batch again, with newer ones behind it. Were it refused for a moment and
     * they taken, it would be out of order for ever.
     */
    @Test
    void whatTheLogHasIsAnsweredWhileNothingNewIsTaken() throws IOException {
        partition = replicated(new LogId(ID.topicId(), 1), 2);
        lead(1);
        partition.onInSync(2);
        appendOf(batch(0), 0);
        committed(1);

        partition.onInSync(1);
        assertThat(Futures.await(appendOf(batch(0), 10_000)).baseOffset()).isZero();
        assertRefused(appendOf(batch(1), 10_000), ErrorCode.NOT_ENOUGH_REPLICAS);
        assertRefused(appendOf(batch(2), 10_000), ErrorCode.NOT_ENOUGH_REPLICAS);

        partition.onInSync(2);
        partition.onHandOver();
        assertThat(Futures.await(appendOf(batch(0), 10_000)).baseOffset()).isZero();
        assertRefused(appendOf(batch(1), 10_000), ErrorCode.NOT_LEADER_OR_FOLLOWER);

        partition.onLeader(1, SELF, true);
        Future<AppendResult> next = appendOf(batch(1), 10_000);
        committed(2);
        assertThat(Futures.await(next).baseOffset()).isOne();
        assertThat(partition.log().logEndOffset()).isEqualTo(2);
    }

    private static void assertRefused(Future<AppendResult> append, ErrorCode error) {
        assertThatThrownBy(() -> Futures.await(append))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        refused -> assertThat(refused.error()).isEqualTo(error));
    }

    private static ByteBuffer batch(int sequence) {
        byte[] value = {1};
        return BatchBuilder.uncompressed()
                .producer(9, (short) 0, sequence, false)
                .append(0, value, value)
                .build();
    }

    private void lead(int epoch) {
        partition.onLeader(epoch, SELF, true);
        committed(0);
    }

    private void committed(long offset) {
        Deliveries deliveries = new Deliveries();
        partition.onHighWatermark(offset, deliveries);
        deliveries.flush();
    }

    private Future<AppendResult> append(long timeoutMillis) {
        return appendOf(partition.appendEpochFor(-1), true, timeoutMillis);
    }

    private Future<AppendResult> appendOf(int epoch, boolean all, long timeoutMillis) {
        return appendOf(partition, epoch, all, timeoutMillis);
    }

    /** As the writer does. */
    private Future<AppendResult> appendOf(Partition to, int epoch, boolean all, long timeoutMillis) {
        byte[] value = {1};
        ByteBuffer batch = BatchBuilder.uncompressed().append(0, value, value).build();
        return hand(
                new Append(to.log(), validated(to, batch), epoch, AppendOrigin.CLIENT), to, epoch, all, timeoutMillis);
    }

    /** As the API does for a client. */
    private Future<AppendResult> appendOf(ByteBuffer batch, long timeoutMillis) {
        int epoch = partition.ledEpoch();
        return hand(partition.append(validated(partition, batch), epoch, true), partition, epoch, true, timeoutMillis);
    }

    private ValidatedBatches validated(Partition to, ByteBuffer batch) {
        return BatchValidator.validate(batch, to.rules(), manual.clock().wallMillis());
    }

    private Future<AppendResult> hand(Append append, Partition to, int epoch, boolean all, long timeoutMillis) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        PendingAppend pending = new PendingAppend(
                append,
                to,
                epoch,
                context,
                inFlight,
                inFlight.tryAdmit(1),
                all,
                manual.clock().monotonicNanos() + timeoutMillis * 1_000_000);
        if (!to.admits(pending)) {
            pending.refuse();
        }
        directory.append(List.of(append));
        Deliveries deliveries = new Deliveries();
        boolean taken = append.failure() == null;
        if (taken && !append.duplicate()) {
            to.onAppended(append, deliveries);
        }
        if (!taken || !to.holds(pending)) {
            deliveries.add(pending);
        }
        deliveries.flush();
        return pending.future();
    }

    private static void assertUndecided(Future<AppendResult> append, ErrorCode error) {
        assertThatThrownBy(() -> Futures.await(append))
                .isInstanceOfSatisfying(
                        UndecidedAppendException.class,
                        refused -> assertThat(refused.error()).isEqualTo(error));
    }
}
